"""A workflow that says so shares its answers: the same question under one release is paid once."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from countersign.domain.policy.calls import ModelCall, calls_of
from countersign.domain.policy.proposal import Usage
from countersign.runtime.shared_answers import share, shared
from infra.steps import ROWS, SHARED, rows
from tests.fakes.journey import Journey, accept, form
from tests.fakes.world import World
from workflows import WORKFLOWS

LEAD = WORKFLOWS["lead_intake"]
SHARING = {**WORKFLOWS, "lead_intake": replace(LEAD, shares_answers=True)}


def sharing(workflows: object = SHARING) -> World:
    """A world whose leads share their answers."""
    return World(LEAD.offline, workflows)  # type: ignore[arg-type] # one of the two below


def understood(world: World, event: str) -> tuple[ModelCall, ...]:
    """The calls of one more lead with the same form."""
    journey = Journey(world, accept(world, form(country="Germany"), event=event))
    journey.goes()
    return calls_of(journey.record.results)


def kept(world: World) -> list[str]:
    """Keys of shared answers."""
    return sorted(filter(lambda key: key.startswith("answers/"), world.payloads.keys()))


def test_the_same_question_is_paid_once() -> None:
    """The second job has the same answer, for nothing, and its own trace of it."""
    world = sharing()
    (first,), (second,) = understood(world, "a"), understood(world, "b")
    assert len(world.model.asked) == 1
    assert (second.content, second.request) == (first.content, first.request)
    assert (first.usage.calls, second.usage) == (1, Usage())
    (key,) = kept(world)
    assert key.startswith("answers/lead_intake/")


def test_another_release_or_workflow_is_another_question() -> None:
    """The key begins with the workflow, and holds the release."""
    world = sharing()
    understood(world, "a")
    other = replace(
        SHARING["lead_intake"], release=LEAD.release.model_copy(update={"patience_seconds": 7})
    )
    vars(world.deps)["workflows"] = {**SHARING, "lead_intake": other}
    understood(world, "b")
    assert len(world.model.asked) == 2
    assert len(kept(world)) == 2


def test_an_invalid_answer_is_shared_with_nobody() -> None:
    """It stays with its job as evidence; the repaired one is not an answer to the question."""
    world = sharing()
    world.model.answers(json.dumps({"answer": 42}))
    first = understood(world, "a")
    assert [bool(one.faults) for one in first] == [True, False]
    assert all(json.loads(world.payloads.at(key))["content"] != "42" for key in kept(world))
    understood(world, "b")
    assert len(world.model.asked) == 3


def test_who_is_second_takes_the_first_ones_answer() -> None:
    """Two that asked at once have one answer; what each paid stays its own."""
    world = sharing()
    (first,) = understood(world, "a")
    (key,) = kept(world)
    held = shared(world.deps, key)
    assert held
    late = replace(held, content="{}", usage=first.usage)
    got = share(world.deps, key, late)
    assert (got.content, got.usage) == (first.content, first.usage)


def test_what_is_no_answer_any_more_is_asked_anew() -> None:
    """Bytes that this code does not read, and an answer that its contract does not take."""
    world = sharing()
    understood(world, "a")
    (key,) = kept(world)
    for damaged in (b"{", world.payloads.at(key).replace(b"confidence", b"certainty")):
        world.payloads.holds("", key, damaged)
        asked = len(world.model.asked)
        (call,) = understood(world, f"b{damaged[:9]!r}")
        assert (len(world.model.asked), call.faults) == (asked + 1, ())


def test_only_a_stage_that_shares_has_the_right() -> None:
    """Propose alone, on the prefix of answers alone."""
    without, with_ = rows(()), rows((), shares=True)
    assert without == ROWS
    more = [(one.name, set(one.may) - set(own.may)) for one, own in zip(with_, ROWS, strict=True)]
    assert [one for one in more if one[1]] == [("Propose", {SHARED})]


@pytest.mark.control
def test_control_without_the_word_each_job_asks() -> None:
    """And nothing is kept beside the jobs."""
    world = sharing(WORKFLOWS)
    understood(world, "a")
    understood(world, "b")
    assert (len(world.model.asked), kept(world)) == (2, [])
