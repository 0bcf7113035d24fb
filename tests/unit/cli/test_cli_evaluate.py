"""`countersign evaluate`: a changed prompt beside the current one, at a terminal and as a page."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from countersign.domain.approvals.approval import Choice
from countersign.domain.canonical import canonical
from countersign.domain.policy.release import release_key
from countersign.domain.releases.comparing import Judged
from countersign.releases.shadowing import shadow
from tests.fakes.journey import Journey
from tests.fakes.world import World
from tests.rollouts import rollout
from tests.unit.cli.terminal import Terminal
from tests.unit.releases.test_evaluating import CANDIDATE, FLOW, Prompted
from tests.unit.steps import refunds


def asks(world: World, order: str) -> Journey:
    """A refund of 799 EUR, which two people sign."""
    refunds.has_order(world, order, 79_900)
    paid = {"minor": 79_900, "currency": "EUR"}
    return refunds.begin(world, f"evt-{order}", order=order, amount=paid)


@pytest.fixture
def terminal(capsys: pytest.CaptureFixture[str]) -> Terminal:
    """Two refunds that waited for a signature, one of them rejected; a candidate is stored."""
    made = Terminal(capsys)
    made.world = refunds.world()
    asks(made.world, "1045")
    journey = asks(made.world, "1046")
    asked = journey.record.pending
    assert asked
    refunds.signs(made.world, journey, asked.approvers[0].id, Choice.REJECT)
    held = rollout(CANDIDATE.digest)
    made.world.rollouts.change([(None, held)])
    made.world.payloads.put(release_key(CANDIDATE.digest), canonical(CANDIDATE))
    vars(made.world.deps)["model"] = Prompted({})
    made.forgets()
    return made


def test_a_candidate_is_compared_on_cases_and_on_what_people_decided(
    terminal: Terminal, tmp_path: Path
) -> None:
    """With intervals, what it cost, and a page; a second time it costs nothing."""
    page = tmp_path / "evaluation.html"
    words = ("evaluate", CANDIDATE.digest, "--cases", "8", "--report", str(page))
    said = terminal.json(*words)
    assert said["inputs"]["rejection"] == 1
    assert (said["current"], said["candidate"]) == (FLOW.release.digest, CANDIDATE.digest)
    assert said["false_approvals"] == []
    assert said["sides"]["after"]["false_approvals"]["of"] >= 3
    assert said["asked_now"]["calls"] > 0
    assert "Evaluation of refund_request" in page.read_text()
    held = terminal.world.rollouts.rollout("refund_request", CANDIDATE.digest)
    stored = json.loads(terminal.world.payloads.at(f"evaluations/{held.evaluation}.json"))
    assert stored["candidate"] == CANDIDATE.digest
    assert set(held.made_for) == {"rules", "policy", "contracts", "cases"}
    again = terminal.json(*words)
    assert again["asked_now"] == {"calls": 0, "usd": "0.0000"}
    assert again["sides"] == said["sides"]
    assert "Nothing would run by itself" in terminal.types(*words)[1]


def test_a_model_that_changed_behind_its_name_ends_with_one(terminal: Terminal) -> None:
    """The same release by its kept answers and by new ones."""
    words = ("evaluate", CANDIDATE.digest, "--cases", "3", "--most", "0", "--fresh")
    assert terminal.types(*words)[0] == 0
    vars(terminal.world.deps)["model"] = Prompted({"order": None})
    assert terminal.types(*words)[0] == 1


def test_without_a_cloud_the_cases_are_judged_by_the_heuristics(terminal: Terminal) -> None:
    """No target is asked for; the page says that no model was."""
    before = list(terminal.chosen)
    said = terminal.json("evaluate", "refund_request", "--offline", "--cases", "8")
    assert (said["offline"], said["asked_now"]["calls"], terminal.chosen) == (True, 0, before)
    assert said["sides"]["after"]["right_verdicts"]["of"] >= 8


def test_a_budget_leaves_out_what_it_has_no_room_for(terminal: Terminal) -> None:
    """And says so; what is left is compared."""
    said = terminal.json("evaluate", CANDIDATE.digest, "--budget", "0.002", "--most", "0")
    assert said["left_out"] > 0
    assert "no room" in terminal.types("evaluate", CANDIDATE.digest, "--budget", "0")[1]


def test_a_candidate_in_shadow_is_shown_beside_what_people_decided(terminal: Terminal) -> None:
    """What it would let run although people said no, what is the same, and what it has cost."""
    world = terminal.world
    for journey in world.store.records():
        shadow(world.deps, journey.job.job_id, CANDIDATE.digest)
    said = terminal.json("release", "shadowed", CANDIDATE.digest)
    assert (said["jobs"], said["looks_elsewhere"], said["gone"]) == (2, [], 0)
    assert (said["same"]["fact"]["of"] > 0, said["differ"], said["may_cost"]) == (True, [], "5")
    world.shadows.keep(CANDIDATE.digest, "j-gone", Judged())
    strict = Judged(facts={"order": "9"}, elsewhere=("order",))
    world.shadows.keep(CANDIDATE.digest, world.store.records()[0].job.job_id, strict)
    told = terminal.types("release", "shadowed", CANDIDATE.digest)[1]
    assert "1 look elsewhere" in told
    assert "nothing" in told
    assert terminal.json("release", "shadowed", CANDIDATE.digest)["gone"] == 1
