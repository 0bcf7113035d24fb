"""A live release is asked about its cases each week: what it says otherwise rings, and nothing
else does."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from itertools import islice
from typing import Any

import pytest

from countersign.domain.canonical import canonical
from countersign.domain.errors import Unavailable
from countersign.domain.policy.release import Limits, Release, release_key
from countersign.domain.releases.weekly import cases_key, key, week_of
from countersign.entrypoints.tick import tick
from countersign.releases.measuring import compared, measure, written
from countersign.releases.weekly import look
from infra.cli.evaluate.inputs import case_subjects
from tests.fakes.world import World
from tests.unit.cli.terminal import Terminal
from tests.unit.releases.test_evaluating import CANDIDATE, FLOW, Prompted
from tests.unit.releases.test_shadowing import world
from workflows import WORKFLOWS

FEW = 4
SILENT = {"order": None, "wish": None}
"""What a model that was changed leaves out."""


def cased(said: Mapping[str, Any], release: Release = CANDIDATE) -> World:
    """A stage with a few cases of refunds, a release, and a model that says so to its prompt."""
    made = world(bold=said)
    made.payloads.put(release_key(release.digest), canonical(release))
    few = islice(case_subjects(FLOW, scripted=False), FEW)
    made.payloads.put(cases_key(FLOW.id), written(few))
    return made


def asks(made: World, release: Release = CANDIDATE) -> str:
    """This week's answers; the week."""
    week = week_of(made.clock.now())
    measure(made.deps, FLOW.id, release.digest, week)
    return week


def becomes(made: World, said: Mapping[str, Any]) -> None:
    """A week later; the provider has put another model behind the name."""
    made.clock.passes(days=7)
    vars(made.deps)["model"] = Prompted(said)


def test_each_live_release_is_asked_once_a_week_where_the_stage_can_ask() -> None:
    """However often `tick` looks; and never in a stage without the queue."""
    made = world("0")
    tick(made.deps)
    look(made.deps)
    first = list(made.shadow_queue.measured)
    assert {one[0] for one in first} == {*WORKFLOWS}
    assert len(first) == len(WORKFLOWS)
    made.clock.passes(days=7)
    look(made.deps)
    assert len(made.shadow_queue.measured) == 2 * len(first)
    made.settings = made.settings.model_copy(update={"shadow_queue_url": ""})
    made.clock.passes(days=7)
    look(made.deps_again())
    assert len(made.shadow_queue.measured) == 2 * len(first)


def test_a_model_that_was_changed_behind_its_name_rings(capsys: pytest.CaptureFixture[str]) -> None:
    """The first week has nothing beside it; the same model says the same; another one is named by
    the cases that it decides otherwise."""
    made = cased({})
    asks(made)
    becomes(made, {})
    week = asks(made)
    assert compared(made.deps, CANDIDATE.digest, week) == ()
    assert "VerdictsChanged" not in capsys.readouterr().out
    becomes(made, SILENT)
    found = compared(made.deps, CANDIDATE.digest, asks(made))
    assert found
    assert all(one.before != one.after for one in found)
    assert "VerdictsChanged" in capsys.readouterr().out


def test_what_a_week_costs_is_bounded_and_a_message_goes_on_where_it_stopped() -> None:
    """No case is asked about twice in a week; what does not fit is left out."""
    made = cased({})
    vars(made.deps)["model"].broken = Unavailable("away")
    with pytest.raises(Unavailable):
        asks(made)
    vars(made.deps)["model"].broken = None
    week = asks(made)
    asked = len(vars(made.deps)["model"].asked)
    asks(made)
    assert len(vars(made.deps)["model"].asked) == asked
    assert len(made.shadows.kept(key(CANDIDATE.digest, week))) == FEW
    numbers = {**CANDIDATE.limits.numbers, "weekly.usd": Decimal("0.000001")}
    limits: Limits = CANDIDATE.limits.model_copy(update={"numbers": numbers})
    poor = CANDIDATE.model_copy(update={"limits": limits})
    made = cased({}, poor)
    assert made.shadows.kept(key(poor.digest, asks(made, poor))) == {}


def test_who_asks_at_a_terminal_reads_which_verdicts_are_others(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Without any answers it says so, in numbers."""
    made = Terminal(capsys)
    made.world = world("0")
    rows = made.json("release", "weekly")["workflows"]
    assert {one["workflow"] for one in rows} == {*WORKFLOWS}
    assert all((one["answered"], one["changed"]) == (0, []) for one in rows)
