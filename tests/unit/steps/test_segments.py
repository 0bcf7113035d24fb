"""A call on its way: segments side by side, stored as they come, and none lost without a word."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from countersign.domain.errors import NotYourTurn, Refused, Throttled, Unavailable
from countersign.domain.policy.calls import ModelCall, every_call
from countersign.domain.policy.proposal import Proposal
from countersign.domain.ports import ModelRequest
from countersign.model.segments import SUFFIX
from countersign.steps import propose
from tests.fakes.journey import Journey, accept
from tests.fakes.world import World
from workflows import WORKFLOWS

FLOW = WORKFLOWS["transcript_summary"]
TURNS = 220
CALL = "\n\n".join(
    f"{'Ada' if at % 2 else 'Ben'}: I will send number {at}. " + "and more words " * 13
    for at in range(TURNS)
).encode()
"""About 10,000 words: four segments."""
RAN = {"files.store": "verified", "notify.push": "verified"}


def offline(shown: str) -> Mapping[str, Any]:
    assert FLOW.segmented
    asked = json.loads(shown)["task"]
    return FLOW.segmented.offline(shown) if asked == "items" else FLOW.offline(shown)


@pytest.fixture
def world() -> World:
    return World(offline)


def begins(world: World, body: bytes = CALL) -> Journey:
    """A call was uploaded."""
    return Journey(world, accept(world, body, door="upload", workflow="transcript_summary"))


def of_segments(world: World) -> list[ModelRequest]:
    return [one for one in world.model.asked if one.schema_name.endswith(SUFFIX)]


def proposal(journey: Journey) -> Proposal:
    return journey.record.result("proposal", Proposal)


def test_a_call_is_read_in_segments_and_recorded_by_itself(world: World) -> None:
    """Each segment is asked about once, then the summary; the document and a word to the team."""
    journey = begins(world)
    journey.goes()
    assert journey.statuses() == RAN
    assert len(of_segments(world)) == 4
    assert len(world.model.asked) == 5
    assert proposal(journey).covered == 1
    assert proposal(journey).usage.calls == 5
    assert {name.rpartition("/")[2] for name in world.files.held} == {
        "call-summary.md",
        "call-summary.json",
    }


def test_a_segment_whose_answer_stays_wrong_is_not_read_and_a_person_is_asked(
    world: World,
) -> None:
    """It is repaired once, then asked of the large model once; then it counts as lost, the share is
    told, and everything asks. The trace has each of the calls."""

    def one_is_cut(shown: str) -> Mapping[str, Any]:
        asked = json.loads(shown)
        return {} if asked.get("segment") == "2 of 4" else offline(shown)

    world = World(one_is_cut)
    journey = begins(world)
    journey.goes()
    assert len(of_segments(world)) == 6
    assert 0 < proposal(journey).covered < 1
    lost = [one for one in every_call(journey.record.results) if one.faults]
    assert [(one.size, one.repairs) for one in lost] == [
        ("small", False),
        ("small", True),
        ("large", False),
    ]
    assert set(journey.statuses().values()) == {"planned"}
    assert journey.record.pending


@pytest.mark.parametrize(
    ("trouble", "ends"), [(Refused("no"), Refused), (Throttled("later", 60.0), NotYourTurn)]
)
def test_what_was_answered_is_kept_when_another_fails(
    world: World, trouble: Exception, ends: type[Exception]
) -> None:
    """The next try of the state asks for what is missing, and for nothing else."""
    world.model.answers(trouble)
    journey = begins(world)
    carried = journey.stops_before("Propose")
    with pytest.raises(ends):
        journey.enters("Propose", carried)
    journey.goes("Propose", carried)
    assert journey.statuses() == RAN
    assert len(of_segments(world)) == 5


def test_what_does_not_fit_into_a_visit_is_read_in_the_next(world: World) -> None:
    """The state is entered again as long as there is more; nothing is asked twice."""
    slow = world.model.answer

    def answer(request: ModelRequest, seconds: float) -> Any:
        world.clock.passes(seconds=18)
        return slow(request, seconds)

    world.deps.__dict__["model"] = type("Slow", (), {"answer": staticmethod(answer)})()
    journey = begins(world, CALL + b"\n\n" + CALL.replace(b"number", b"parcel"))
    journey.goes()
    assert journey.visited.count("Propose") > 1
    assert len(of_segments(world)) == len({one.messages for one in of_segments(world)})
    assert journey.statuses() == RAN


def test_a_model_that_is_down_leaves_the_heuristics_and_a_person(world: World) -> None:
    """As everywhere: they are too unsure to run alone."""
    world.model.broken = Unavailable("down")
    journey = begins(world)
    journey.goes()
    assert "Fallback" in journey.visited
    assert proposal(journey).offline
    assert journey.record.pending


@pytest.mark.control
def test_forgetting_the_answers_would_ask_again(world: World) -> None:
    """Control: without what is stored, the second try pays for all segments."""
    journey = begins(world)
    carried = journey.stops_before("Propose")
    journey.enters("Propose", carried)
    kept = [one for name, one in journey.record.results.items() if name.startswith("answer.")]
    assert len(kept) == 4
    assert all(one.as_(ModelCall).content for one in kept)
    assert propose.AT_ONCE == 4
