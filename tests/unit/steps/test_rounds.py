"""The rounds of asking: a repair, then the next size, each answer kept; who tries again goes on."""

from __future__ import annotations

import json

import pytest

from countersign.domain.errors import CountersignError, NotYourTurn, Throttled
from countersign.domain.jobs.job import Status
from countersign.domain.policy.calls import ModelCall, calls_of
from countersign.domain.policy.proposal import Proposal
from tests.fakes.journey import Journey, accept, form
from tests.fakes.world import World
from workflows import WORKFLOWS
from workflows.lead_intake.offline.answer import offline


@pytest.fixture
def world() -> World:
    return World(offline)


def begin(world: World) -> Journey:
    """A web form on its way, as far as it comes."""
    journey = Journey(world, accept(world, form()))
    journey.goes()
    return journey


def calls(journey: Journey) -> tuple[ModelCall, ...]:
    """What was asked for the job."""
    return calls_of(journey.record.results)


def test_a_good_answer_is_one_call_with_all_that_is_known_of_it(world: World) -> None:
    """Size and why, prompt and answer, tokens and cost; stored with the proposal."""
    (call,) = calls(begin(world))
    price = WORKFLOWS["lead_intake"].release.sizes[0].price
    assert (call.size, call.number, call.faults) == ("small", 0, ())
    assert call.why == "nothing unusual: asked of the small model"
    assert call.usage.usd == price.cost(call.usage) > 0
    assert json.loads(call.content)["need"]
    assert [role for role, _ in call.asked] == ["user"]
    assert "hafenwerk" in call.asked[0][1]


def test_the_next_size_is_asked_once_with_the_question_alone(world: World) -> None:
    """It is not shown what the small one said; its answer counts like any other."""
    world.model.answers("no", "no again")
    journey = begin(world)
    small, repair, large = calls(journey)
    assert (small.size, repair.size, large.size) == ("small", "small", "large")
    assert repair.asked[-2] == ("assistant", "no")
    assert large.asked == small.asked
    assert "gave no valid answer" in large.why
    models = [size.model for size in WORKFLOWS["lead_intake"].release.sizes]
    assert [one.model for one in world.model.asked] == [models[0], models[0], models[1]]
    assert journey.record.job.status is Status.WAITING_FOR_REVIEW
    cost = sum(one.usage.usd for one in (small, repair, large))
    assert journey.record.results["proposal"].as_(Proposal).usage.usd == cost


def test_a_long_text_begins_with_the_large_model(world: World) -> None:
    """And has nothing above it: after its repair a person gets the job."""
    world.model.answers("no", "no")
    body = form(message="We would like a quote for 40 licences. " * 200)
    journey = Journey(world, accept(world, body))
    journey.goes()
    assert [one.size for one in calls(journey)] == ["large", "large"]
    assert "letters, more than 6000" in calls(journey)[0].why
    assert journey.record.job.status is Status.ESCALATED


def test_the_round_that_was_reached_is_remembered(world: World) -> None:
    """A wrong answer is read by the next try, which asks for its repair and nothing else."""
    world.model.answers("no", Throttled("slow down", 60.0))
    journey = Journey(world, accept(world, form()))
    carried = journey.stops_before("Propose")
    with pytest.raises(NotYourTurn):
        journey.enters("Propose", carried)
    assert [one.content for one in calls(journey)] == ["no"]
    journey.goes("Propose", carried)
    assert [one.repairs for one in calls(journey)] == [False, True]
    assert len(world.model.asked) == 3  # one of them was told to come later


def test_whoever_asks_after_the_last_round_pays_nothing(world: World) -> None:
    """The invalid answers are evidence and never an answer; nobody is asked again."""
    world.model.answers("no", "no", "no")
    journey = begin(world)
    assert journey.record.job.status is Status.ESCALATED
    asked = len(world.model.asked)
    with pytest.raises(CountersignError):
        journey.enters("Propose", {})
    assert (len(world.model.asked), asked) == (3, 3)
