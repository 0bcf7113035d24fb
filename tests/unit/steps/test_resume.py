"""Killed anywhere, a job goes on: nothing stored is asked for or done a second time."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress

import pytest

from countersign.domain.approvals.approval import Choice
from countersign.domain.errors import AlreadyDecided, ContractBroken
from countersign.entrypoints.execution_events import record_end
from countersign.entrypoints.tick import tick
from countersign.jobs.cases import take_out
from tests.fakes.crm import FakeCrm
from tests.fakes.journey import Journey, accept, form
from tests.fakes.keyless_crm import KeylessCrm
from tests.fakes.store import Crash
from tests.fakes.world import World
from tests.unit.steps.test_journeys import SENDER, ends, offline

WRITES = 10
"""One more than a job makes until it waits for a signature."""


def until_it_waits(world: World, job_id: str) -> Journey:
    """Drive the job like the machine does: a killed function's state is entered again."""
    journey = Journey(world, job_id)
    with suppress(Crash):
        journey.goes()
        return journey
    world.deps = world.deps_again()
    again = Journey(world, job_id)
    again.goes(journey.visited[-1])
    return again


def each_once(world: World) -> None:
    """The CRM has one contact, one deal and one task, each created once."""
    created = Counter(write.kind for write in world.crm.journal if write.method == "POST")
    assert created == {"contacts": 1, "deals": 1, "tasks": 1}


def killed_before(number: int, crm: FakeCrm) -> tuple[World, Journey]:
    """A form's job whose process is killed before a write, and which is entered again."""
    world = World(offline)
    world.crm = crm
    world.deps = world.deps_again()
    job_id = accept(world, form())
    world.store.crashes_before_write(number)
    return world, until_it_waits(world, job_id)


@pytest.mark.parametrize("number", range(1, WRITES))
def test_a_process_killed_before_any_write_repeats_nothing_that_was_stored(number: int) -> None:
    """The same execution enters the state again: one model call, each effect once, one mail."""
    world, journey = killed_before(number, FakeCrm())
    assert journey.record.job.status == "WAITING_FOR_REVIEW"
    journey.is_decided(Choice.APPROVE)
    journey.answered()
    assert ends(journey)[0] == "COMPLETED"
    assert len(world.model.asked) <= 2
    each_once(world)
    assert len(world.mail.to(SENDER)) == 1


@pytest.mark.parametrize("number", range(1, WRITES))
def test_a_new_execution_after_a_kill_asks_the_model_nothing_that_is_stored(number: int) -> None:
    """A redrive begins at Prepare: it reads the proposal, and finds its own effects by key."""
    world = World(offline)
    job_id = accept(world, form())
    world.store.crashes_before_write(number)
    journey = Journey(world, job_id)
    with suppress(Crash):
        journey.goes()
    stored = "proposal" in journey.record.results
    asked = len(world.model.asked)
    if record_end(world.deps, job_id, job_id, "FAILED"):
        take_out(world.deps, job_id, "resume", by="kim", words="", facts={})
        Journey(world, job_id).goes()
    assert len(world.model.asked) == asked + (0 if stored else 1)
    each_once(world)
    ends(journey)


def each_once_whenever_killed(crm: type[FakeCrm]) -> None:
    """Every kill, one after the other."""
    for number in range(1, WRITES):
        each_once(killed_before(number, crm())[0])


@pytest.mark.control
def test_control_effects_without_a_key_are_repeated_by_some_kill() -> None:
    """The same kills, with a CRM that forgets the keys: the same check finds a second effect."""
    with pytest.raises(AssertionError):
        each_once_whenever_killed(KeylessCrm)
    each_once(killed_before(WRITES + 1, KeylessCrm())[0])  # without a kill it does as well


def test_a_mail_cut_off_while_sending_is_unknown_and_only_evidence_settles_it() -> None:
    """Claimed, killed, entered again: nobody knows, nobody sends; `resume` is refused, `done` ends
    the case."""
    world = World(offline)
    journey = Journey(world, accept(world, form()))
    journey.goes()
    journey.is_decided(Choice.APPROVE)
    world.store.crashes_before_write(4)  # looked, decided, claimed, and then acted
    with suppress(Crash):
        journey.answered()
    assert journey.statuses()["email.send_reply"] == "claimed"
    Journey(world, journey.job_id).goes("Act")
    assert journey.statuses()["email.send_reply"] == "unknown"
    assert ends(journey)[0] == "ESCALATED"
    with pytest.raises(ContractBroken, match="unknown"):
        take_out(world.deps, journey.job_id, "resume", by="kim", words="", facts={})
    take_out(
        world.deps,
        journey.job_id,
        "done",
        by="kim",
        words="the mail is in the sent folder",
        facts={},
    )
    assert ends(journey) == ("COMPLETED", "the mail is in the sent folder")
    assert len(world.mail.to(SENDER)) == 1


def test_an_expired_approval_can_be_asked_again() -> None:
    """Correct and resume: the same actions, a new request, new links; the old link is past."""
    world = World(offline)
    journey = Journey(world, accept(world, form()))
    journey.goes()
    for _ in range(2):
        world.clock.passes(hours=9)
        tick(world.deps)
    journey.answered()
    take_out(
        world.deps, journey.job_id, "resume", by="kim", words="the approver was away", facts={}
    )
    assert world.executions.started[-1] == (f"{journey.job_id}-2", journey.job_id)
    assert Journey(world, journey.job_id).goes() == "Ask"
    assert len(journey.record.approvals) == 2
    assert len(world.crm.all("deals")) == 1


def test_a_corrected_fact_is_planned_with_and_carries_the_name_of_its_author() -> None:
    """A country without a rule escalates; the person sets it, and the job goes on."""
    world = World(offline)
    journey = Journey(world, accept(world, form(country="Elbonia")))
    journey.goes()
    assert ends(journey)[0] == "ESCALATED"
    take_out(
        world.deps,
        journey.job_id,
        "resume",
        by="kim",
        words="it is Germany",
        facts={"country": "DE"},
    )
    assert Journey(world, journey.job_id).goes() == "Ask"
    assert world.crm.all("contacts")[0].fields["country"] == "DE"


def test_a_case_is_closed_with_a_reason_and_only_once() -> None:
    """Closing needs words; a second way out learns that the job has no case."""
    world = World(offline)
    journey = Journey(world, accept(world, form(country="Elbonia")))
    journey.goes()
    with pytest.raises(ContractBroken, match="needs a reason"):
        take_out(world.deps, journey.job_id, "close", by="kim", words=" ", facts={})
    take_out(world.deps, journey.job_id, "close", by="kim", words="not a customer", facts={})
    assert ends(journey) == ("REJECTED", "not a customer")
    with pytest.raises((ContractBroken, AlreadyDecided)):
        take_out(world.deps, journey.job_id, "close", by="kim", words="again", facts={})


def test_the_recorder_marks_only_jobs_that_the_dead_execution_owned() -> None:
    """A parked or ended job, or one with a newer execution, is left alone."""
    world = World(offline)
    job_id = accept(world, form())
    assert not record_end(world.deps, f"{job_id}-7", job_id, "FAILED")
    assert record_end(world.deps, job_id, job_id, "TIMED_OUT")
    assert not record_end(world.deps, job_id, job_id, "TIMED_OUT")
    assert Journey(world, job_id).record.job.status == "FAILED"


def test_a_lost_callback_is_called_again_and_a_dead_execution_is_replaced() -> None:
    """The decision stands; first the token is tried, then a new execution takes over."""
    world = World(offline)
    journey = Journey(world, accept(world, form()))
    journey.goes()
    journey.is_decided(Choice.APPROVE)
    record = journey.record
    world.executions.waiting.clear()
    world.executions.dead.add(record.job.execution)
    world.clock.passes(hours=49)
    tick(world.deps)
    assert world.executions.started == [] or world.executions.started[-1][0].endswith("-2")


def test_an_accepted_job_that_was_never_queued_is_queued_by_tick() -> None:
    """A crash between storing the job and queueing it heals within minutes."""
    world = World(offline)
    job_id = accept(world, form())
    world.clock.passes(minutes=3)
    tick(world.deps)
    assert world.queue.sent == [job_id]
    world.clock.passes(minutes=3)
    tick(world.deps)
    assert world.queue.sent == [job_id, job_id]
