"""The rounds of asking: a repair, then the next size, each answer kept; who tries again goes on."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from countersign.domain.errors import CountersignError, NotYourTurn, Throttled
from countersign.domain.jobs.job import Status
from countersign.domain.policy.calls import ModelCall, calls_of
from countersign.domain.policy.proposal import Proposal
from countersign.domain.policy.release import Surer
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


SURER = Surer(cases=40, small=Decimal("0.71"), large=Decimal("0.86"), as_of=date(2026, 3, 1))


def measured(surer: Surer | None = SURER) -> tuple[World, str]:
    """A world whose large model was surer of the cases, and an answer to its form of which
    nobody is sure."""
    lead = WORKFLOWS["lead_intake"]
    flow = replace(lead, release=lead.release.model_copy(update={"surer": surer}))
    (good,) = calls(begin(World(offline)))
    less = {"name": None, "company": None, "phone": None, "confidence": 0}
    said = json.dumps({**json.loads(good.content), **less})
    return World(offline, {flow.id: flow}), said


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


def test_what_nobody_is_sure_of_is_asked_of_a_model_that_was_surer_of_the_cases() -> None:
    """Once, with the question alone; its answer counts, and why says what was measured."""
    world, unsure = measured()
    world.model.answers(unsure)
    journey = begin(world)
    small, large = calls(journey)
    assert (small.size, large.size, small.faults) == ("small", "large", ())
    assert large.asked == small.asked
    assert large.why.endswith(
        "less than 0.80: asked of the large model, which was surer of 40 cases (0.86, not 0.71)"
    )
    proposal = journey.record.results["proposal"].as_(Proposal)
    assert proposal.confidence >= Decimal("0.80")
    assert proposal.model == large.model
    assert proposal.usage.usd == small.usage.usd + large.usage.usd


def test_a_larger_model_that_gives_no_answer_leaves_the_first_one_as_it_is() -> None:
    """It is not asked again, and a person decides."""
    world, unsure = measured()
    world.model.answers(unsure, "no")
    journey = begin(world)
    small, _ = calls(journey)
    proposal = journey.record.results["proposal"].as_(Proposal)
    assert (proposal.model, proposal.confidence < Decimal("0.80")) == (small.model, True)
    assert journey.record.job.status is Status.WAITING_FOR_REVIEW
    assert len(world.model.asked) == 2


def test_an_unsure_answer_is_kept_before_the_next_size_is_asked() -> None:
    """Who tries again asks the larger model alone."""
    world, unsure = measured()
    world.model.answers(unsure, Throttled("slow down", 60.0))
    journey = Journey(world, accept(world, form()))
    carried = journey.stops_before("Propose")
    with pytest.raises(NotYourTurn):
        journey.enters("Propose", carried)
    assert [one.content for one in calls(journey)] == [unsure]
    journey.goes("Propose", carried)
    assert [one.size for one in calls(journey)] == ["small", "large"]


@pytest.mark.control
def test_control_where_nothing_was_measured_a_person_is_asked_at_once() -> None:
    """The same answer: no larger model is paid."""
    world, unsure = measured(None)
    world.model.answers(unsure)
    journey = begin(world)
    assert [one.size for one in calls(journey)] == ["small"]
    assert journey.record.job.status is Status.WAITING_FOR_REVIEW
