"""A model that asks to wait, is silent, fails or does not take our key: what its jobs do."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from countersign.domain.errors import Misconfigured, Throttled, Unavailable
from countersign.domain.jobs.job import Status
from countersign.domain.policy.proposal import Proposal
from countersign.domain.policy.release import CAP
from countersign.entrypoints.tick import tick
from tests.fakes.journey import Journey, accept, form
from tests.fakes.world import START, World
from workflows import WORKFLOWS
from workflows.lead_intake.offline.answer import offline

LEAD = WORKFLOWS["lead_intake"]


def world_with(**release: Any) -> World:
    """A world whose lead_intake has a release that differs in this."""
    flow = replace(LEAD, release=LEAD.release.model_copy(update=release))
    return World(offline, {flow.id: flow})


def begin(world: World, event: str = "evt-1") -> Journey:
    """A web form on its way, as far as it comes."""
    journey = Journey(world, accept(world, form(email=f"{event}@hafenwerk.example"), event))
    journey.goes()
    return journey


@pytest.mark.parametrize("seconds", [0.5, 3.0, 8.0, 61.0, 600.0])
def test_a_pause_that_the_model_asks_for_is_kept_to_the_second(seconds: float) -> None:
    """In the function where it is short, else in a wait of the same execution; then it is asked."""
    world = world_with()
    world.model.answers(Throttled("slow down", seconds))
    journey = begin(world)
    waited = (world.model.times[1] - world.model.times[0]).total_seconds()
    assert seconds <= waited < seconds + 1.0
    assert "Fallback" not in journey.visited
    assert ("WaitPropose" in journey.visited) is (seconds > 5.0)
    assert journey.record.job.turns == {}
    assert journey.record.job.status is Status.WAITING_FOR_REVIEW


def test_everybody_keeps_the_pause_that_one_was_told_of() -> None:
    """A second job, meanwhile, waits for its turn and is not told the same again."""
    world = world_with()
    world.model.answers(Throttled("slow down", 60.0))
    first = Journey(world, accept(world, form(), "evt-1"))
    first.stops_before("WaitPropose")
    second = begin(world, "evt-2")
    assert second.record.job.status is Status.WAITING_FOR_REVIEW
    assert len(world.model.times) == 2
    assert world.model.times[1] - world.model.times[0] >= timedelta(seconds=60)


@pytest.mark.parametrize(("patience", "falls"), [(599, True), (601, False)])
def test_the_workflow_says_how_long_its_jobs_wait(patience: int, falls: bool) -> None:
    """A longer pause is not waited for: the fallback follows at once, and is asked about."""
    world = world_with(patience_seconds=patience)
    world.model.answers(Throttled("slow down", 600.0))
    journey = begin(world)
    assert ("Fallback" in journey.visited) is falls
    assert (world.clock.now() - START < timedelta(seconds=10)) is falls


def test_patience_is_used_up_by_many_short_pauses_too() -> None:
    """What counts is the time since the job came to the model, not the length of one pause."""
    world = world_with(patience_seconds=100)
    world.model.answers(*[Throttled("slow down", 30.0)] * 9)
    journey = begin(world)
    assert journey.visited.count("WaitPropose") == 3
    assert "Fallback" in journey.visited


def test_a_silent_model_holds_the_job_for_no_longer_than_one_function() -> None:
    """No second entry into the state: its heuristics answer, capped, labelled, and all is asked."""
    world = world_with()
    world.model.silent = True
    journey = begin(world)
    proposal = journey.record.results["proposal"].as_(Proposal)
    assert world.clock.now() - START <= timedelta(seconds=100)
    assert journey.visited.count("Propose") == 1
    assert proposal.confidence <= CAP
    assert (proposal.offline, "because the model is down" in proposal.model) == (True, True)
    assert set(journey.statuses().values()) == {"planned"}


def test_while_the_breaker_is_open_nobody_asks() -> None:
    """Five failures in a minute: the next job goes to its fallback without a request."""
    world = world_with()
    world.model.broken = Unavailable("503")
    for number in range(3):
        begin(world, f"evt-{number}")
    assert len(world.model.asked) == 5
    assert begin(world, "evt-9").record.job.status is Status.WAITING_FOR_REVIEW
    assert len(world.model.asked) == 5
    world.model.broken = None
    world.clock.passes(seconds=40)
    assert "Fallback" not in begin(world, "evt-10").visited


@pytest.mark.control
def test_control_without_a_breaker_every_job_asks() -> None:
    """Failures that are far apart open nothing: each job asks, twice."""
    world = world_with()
    world.model.broken = Unavailable("503")
    for number in range(4):
        begin(world, f"evt-{number}")
        world.clock.passes(minutes=5)
    assert len(world.model.asked) == 8


def test_a_workflow_may_wait_until_the_model_is_back() -> None:
    """It parks, is no case and uses up no attempt; a new execution asks again."""
    world = world_with(when_down="park")
    world.model.broken = Unavailable("503")
    for number in range(3):
        journey = begin(world, f"evt-{number}")
    assert (journey.record.job.status, journey.record.job.parked) == (Status.PARKED, 0)
    assert journey.record.due["parked"].waits_for == "model"
    world.model.broken = None
    world.clock.passes(minutes=2)
    tick(world.deps)
    journey.goes()
    assert journey.record.job.status is Status.WAITING_FOR_REVIEW


def test_a_workflow_may_give_the_job_to_a_person() -> None:
    """It fails loudly: a case that says why, and no proposal."""
    world = world_with(when_down="escalate")
    world.model.broken = Unavailable("503")
    journey = begin(world)
    assert journey.record.job.status is Status.ESCALATED
    assert "does nothing without it" in journey.record.job.reason
    assert "proposal" not in journey.record.results


def test_a_key_that_is_not_taken_is_no_outage() -> None:
    """Jobs wait for its mend without a fallback; while it rests nobody asks."""
    world = world_with()
    world.model.broken = Misconfigured("401")
    first, second = begin(world, "evt-1"), begin(world, "evt-2")
    for journey in (first, second):
        assert journey.record.job.status is Status.PARKED
        assert "Fallback" not in journey.visited
        assert journey.record.due["parked"].waits_for == "model"
    assert len(world.model.asked) == 1
