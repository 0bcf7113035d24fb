"""An operator's pause: nothing begins to look or act, and only a person lets it go on."""

from __future__ import annotations

import json

import pytest

from countersign.domain.errors import NotFound, Throttled
from countersign.domain.jobs.job import Status
from countersign.domain.mail import Email
from countersign.entrypoints.start import start
from countersign.entrypoints.tick import tick
from countersign.jobs import pausing
from countersign.runtime.pace import post
from tests.fakes.journey import Journey, accept, form
from tests.fakes.world import ANA, World
from workflows import WORKFLOWS

NOTE = Email(to=ANA.address, subject="hello", text="hello")
SAID = "Kim Reyes: the price list is wrong"


@pytest.fixture
def world() -> World:
    return World(WORKFLOWS["lead_intake"].offline)


def ticks(world: World) -> None:
    """Two minutes, with what is due in them."""
    for _ in range(2):
        world.clock.passes(minutes=1)
        tick(world.deps)


def test_a_paused_workflow_is_parked_before_it_acts_and_stays_so(world: World) -> None:
    """A job under way does nothing more, however often `tick` looks and whatever breakers do; no
    attempt is counted. Resumed, it goes on and does all of it."""
    journey = Journey(world, accept(world, form()))
    carried = journey.stops_before("Act")
    pausing.pause(world.deps, "lead_intake", SAID)
    assert journey.goes("Act", carried) == "Park"
    held = journey.record
    assert held.job.reason == f"lead_intake is paused by {SAID}"
    assert held.due["parked"].waits_for == "workflow:lead_intake"
    ticks(world)
    assert (journey.record.job, world.crm.journal) == (held.job, [])
    pausing.resume(world.deps, "lead_intake")
    ticks(world)
    assert world.executions.started == [(f"{journey.job_id}-2", journey.job_id)]
    assert journey.goes() == "Ask"
    assert world.crm.journal


@pytest.mark.control
def test_without_the_pause_it_would_have_acted(world: World) -> None:
    """Control: the same job, resumed before it came to Act, is stopped by nothing; nor is one of
    another workflow by this one's pause."""
    journey = Journey(world, accept(world, form()))
    carried = journey.stops_before("Act")
    pausing.pause(world.deps, "refund_request", SAID)
    pausing.pause(world.deps, "lead_intake", SAID)
    pausing.resume(world.deps, "lead_intake")
    assert journey.goes("Act", carried) == "Ask"
    assert world.crm.journal


def test_a_paused_connector_stops_all_who_use_it(world: World) -> None:
    """Its jobs wait for it, and `tick` wakes none of them before it is resumed."""
    pausing.pause(world.deps, "crm", SAID)
    journey = Journey(world, accept(world, form()))
    assert journey.goes() == "Park"
    assert journey.record.due["parked"].waits_for == "crm"
    ticks(world)
    assert (world.executions.started, world.crm.reads) == ([], 0)
    pausing.resume(world.deps, "crm")
    ticks(world)
    assert world.executions.started == [(f"{journey.job_id}-2", journey.job_id)]


def test_a_new_job_of_a_paused_workflow_does_not_begin(world: World) -> None:
    """Start parks it, so that no model is asked; a process that read the row a moment ago finds out
    15 seconds later; one that has begun is left to its own next turn."""
    message = json.dumps({"job_id": accept(world, form()), "workflow": "lead_intake"})
    start(world.deps, message)
    reads = world.limits.reads
    pausing.pause(world.deps, "lead_intake", SAID)
    again = accept(world, form(), event="evt-2")
    start(world.deps, json.dumps({"job_id": again, "workflow": "lead_intake"}))
    assert (len(world.executions.started), world.limits.reads) == (2, reads)
    world.clock.passes(seconds=16)
    third = accept(world, form(), event="evt-3")
    for _ in range(2):
        start(world.deps, json.dumps({"job_id": third, "workflow": "lead_intake"}))
    assert len(world.executions.started) == 2
    assert world.store.load(third).job.status is Status.PARKED
    pausing.resume(world.deps, "lead_intake")
    ticks(world)
    assert (f"{third}-2", third) in world.executions.started
    assert Journey(world, third).goes() in {"Ask", "Close"}


def test_mail_that_is_paused_is_owed(world: World) -> None:
    """Codes and sign-in links have a row of their own and still go."""
    pausing.pause(world.deps, "mail", SAID)
    with pytest.raises(Throttled, match="mail is paused by Kim"):
        post(world.deps).send(NOTE)
    assert pausing.paused(world.deps) == {"mail": SAID}


def test_what_is_neither_workflow_nor_connector_cannot_be_paused(world: World) -> None:
    """The refusal names those that there are."""
    with pytest.raises(NotFound, match=r"no connector moon; there are .*crm, "):
        pausing.pause(world.deps, "moon", SAID)
    with pytest.raises(NotFound, match=r"no connector moon; there are .*crm, "):
        pausing.resume(world.deps, "moon")
