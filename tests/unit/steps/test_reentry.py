"""A state that is entered again after its work was stored says the same thing again."""

from __future__ import annotations

import pytest

from countersign.domain.approvals.approval import Choice
from countersign.domain.errors import Refused, Throttled
from countersign.entrypoints.execution_events import record_end
from countersign.entrypoints.tick import tick
from countersign.jobs.cases import take_out
from tests.fakes.journey import Journey, accept, form
from tests.fakes.world import ANA, BEN, World
from tests.unit.steps.test_journeys import SENDER, offline

AWAY = (
    b"From: Anna <anna.lindner@hafenwerk.example>\r\nTo: hello@countersign.example\r\n"
    b"Subject: Out of office\r\nAuto-Submitted: auto-replied\r\n\r\nI am away until Monday.\r\n"
)


@pytest.fixture
def world() -> World:
    return World(offline)


def waiting(world: World) -> Journey:
    journey = Journey(world, accept(world, form()))
    journey.goes()
    return journey


def test_a_dismissed_message_stays_dismissed(world: World) -> None:
    """Prepare, entered again after its store, still ends what a machine wrote."""
    journey = Journey(world, accept(world, AWAY, door="upload"))
    following, _ = journey._enter("Prepare", {}, journey.job_id)
    again, _ = journey._enter("Prepare", {}, journey.job_id)
    assert (following, again) == ("Close", "Close")


def test_act_does_nothing_with_the_rights_of_another_connector(world: World) -> None:
    """Entered for the CRM when mail is next, it only says so."""
    journey = waiting(world)
    journey.is_decided(Choice.APPROVE)
    for state in ("Look", "Decide"):
        journey._enter(state, {}, journey.job_id)
    _, said = journey._enter("Act", {"connector": "crm"}, journey.job_id)
    assert (said["next"], said["connector"]) == ("Act", "mail")
    assert world.mail.to(SENDER) == []


def test_a_wait_that_was_killed_is_asked_anew_with_a_deadline(world: World) -> None:
    """The old request is void, the new one has links, a reminder and a deadline of its own."""
    journey = waiting(world)
    record_end(world.deps, journey.job_id, journey.job_id, "ABORTED")
    take_out(world.deps, journey.job_id, "resume", by="kim", words="", facts={})
    again = Journey(world, journey.job_id)
    assert again.goes() == "Ask"
    record = again.record
    assert [held.superseded for held in record.approvals.values()].count(True) == 1
    assert {"approval", "reminder"} <= set(record.due)
    assert len(world.mail.to(ANA.address)) == 2


def test_a_signature_between_two_tries_of_ask_is_not_lost(world: World) -> None:
    """The second mail is throttled, the first person signs, the state is entered again: its token
    is woken by tick."""
    journey = Journey(world, accept(world, form()))
    fails_on_the_second(world)
    assert journey.goes() == "Park"
    journey = Journey(world, journey.job_id)
    world.clock.passes(minutes=3)
    tick(world.deps)
    assert journey.goes() == "Ask"
    journey.is_decided(Choice.APPROVE)
    following, _ = journey._enter("Ask", {}, journey.record.job.execution)
    assert following is None
    world.clock.passes(minutes=1)
    tick(world.deps)
    assert world.executions.succeeded


def test_an_address_that_is_refused_keeps_nobody_else_from_signing(world: World) -> None:
    """One approver's mailbox is gone: the other one has a link, and the job waits."""
    world.mail.fails_with(Refused("no such mailbox"))
    journey = waiting(world)
    assert journey.record.job.status == "WAITING_FOR_REVIEW"
    assert [mail.to for mail in world.mail.sent] == [BEN.address]


def test_when_no_address_is_good_a_person_gets_the_job(world: World) -> None:
    """Nobody could be asked, in any tier: that is a case within minutes, not a wait."""
    for _ in range(3):
        world.mail.fails_with(Refused("no such mailbox"))
    journey = waiting(world)
    for _ in range(2):
        tick(world.deps)
    assert journey.answered() == "Escalate"


def fails_on_the_second(world: World) -> None:
    """The first mail goes out, the second is throttled."""
    send, sent = world.mail.send, []

    def second_fails(email: object) -> str:
        sent.append(email)
        if len(sent) == 2:
            raise Throttled("slow down")
        return send(email)  # type: ignore[arg-type] # the port's own argument

    world.mail.__dict__["send"] = second_fails
