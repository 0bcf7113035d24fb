"""Finance is told of a refund that was signed and made: once, afterwards, and of nothing else."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest

from countersign.domain.approvals.approval import Choice, Decision, apply_decision
from countersign.domain.approvals.authority import sign
from countersign.domain.canonical import canonical
from countersign.domain.jobs.change import Change
from countersign.domain.ledger.entry import ActionStatus, LedgerEntry
from countersign.domain.planning.plan import next_move
from countersign.entrypoints.tick import tick
from tests.fakes.journey import Journey
from tests.fakes.world import World
from tests.unit.steps import refunds
from tests.unit.steps.refunds import amounts, asks_for, begin, ended, signs, texts


@pytest.fixture
def world() -> World:
    return refunds.world()


def _end_of(journey: Journey, action: str) -> str:
    return next(held.status.value for held in journey.record.ledger if held.action == action)


def _signed(world: World, journey: Journey, choice: Choice = Choice.APPROVE) -> str:
    signs(world, journey, "robin", choice)
    journey.answered()
    return ended(journey)


def _only_the_refund_is_rejected(world: World, journey: Journey) -> None:
    pending = journey.record.pending
    assert pending
    refund = next(h.digest for h in journey.record.ledger if h.action == "payments.refund")
    choices = dict.fromkeys(pending.digests, Choice.APPROVE) | {refund: Choice.REJECT}
    decision = Decision(by="robin", at=world.clock.now(), choices=choices, reason="not this one")
    decided = sign(world.people.directory(), pending, decision)
    world.deps.commit(
        journey.record,
        Change(
            event="signed by a person",
            actor="person:robin",
            approvals=(decided,),
            ledger=apply_decision(decided, journey.record.ledger),
            done=("approval",),
        ),
    )
    journey.answered()


def test_finance_is_told_once_when_the_money_has_left(world: World) -> None:
    """Nothing is posted while it waits; afterwards one message with the order, without an id."""
    journey = asks_for(world, "1043", 20_000)
    assert world.channels.messages == []
    assert _signed(world, journey) == "COMPLETED"
    (message,) = world.channels.messages
    assert message.channel == "finance"
    assert "order 1043" in message.text
    for inner in ("200", world.payments.journal[0].charge, journey.record.job.job_id):
        assert inner not in message.text
    assert amounts(world) == [20_000]


def test_a_small_refund_tells_nobody(world: World) -> None:
    """What runs by itself is no news."""
    assert ended(begin(world)) == "COMPLETED"
    assert world.channels.messages == []


def test_what_was_rejected_as_a_whole_is_not_announced(world: World) -> None:
    """Nothing ran, and finance hears nothing."""
    assert _signed(world, asks_for(world, "1043", 20_000), Choice.REJECT) == "REJECTED"
    assert world.channels.messages == []


def test_a_rejected_refund_is_not_announced(world: World) -> None:
    """When only the refund is rejected, its signed announcement is dropped."""
    journey = asks_for(world, "1043", 20_000)
    _only_the_refund_is_rejected(world, journey)
    assert _end_of(journey, "notify.push") == "dropped"
    assert (ended(journey), world.channels.messages, amounts(world)) == ("COMPLETED", [], [])


def test_a_refund_that_did_not_happen_is_not_announced(world: World) -> None:
    """A 200 without an effect fails when it is read back, and finance hears nothing."""
    journey = asks_for(world, "1043", 20_000)
    world.payments.lies()
    assert _signed(world, journey) == "ESCALATED"
    assert world.channels.messages == []


def test_a_lost_answer_is_unknown_and_is_not_sent_again(world: World) -> None:
    """Money and the customer's answer are settled before; the message is a person's to judge."""
    journey = asks_for(world, "1043", 20_000)
    world.channels.loses_the_answer()
    assert _signed(world, journey) == "ESCALATED"
    journey.goes()
    assert _end_of(journey, "notify.push") == "unknown"
    assert (len(world.channels.messages), amounts(world), len(texts(world))) == (1, [20_000], 1)


def test_a_channel_that_is_away_holds_up_nothing_but_itself(world: World) -> None:
    """The refund and the reply are out; the message is put back and sent when the channel is."""
    journey = asks_for(world, "1043", 20_000)
    for _ in range(2):  # the second time is the try in place
        world.channels.is_unavailable()
    signs(world, journey, "robin")
    journey.answered()
    assert (journey.record.job.status, amounts(world), len(texts(world))) == ("PARKED", [20_000], 1)
    assert _end_of(journey, "notify.push") == "authorised"
    world.clock.passes(minutes=3)
    tick(world.deps)
    journey.goes()
    assert (ended(journey), len(world.channels.messages)) == ("COMPLETED", 1)


def _refused(ledger: Sequence[LedgerEntry]) -> list[LedgerEntry]:
    """Only the refund was rejected, all else signed."""
    status = {"payments.refund": ActionStatus.REJECTED}
    return [
        held.model_copy(update={"status": status.get(held.action, ActionStatus.AUTHORISED)})
        for held in ledger
        if held.action != "email.send_reply"
    ]


@pytest.mark.control
def test_without_its_condition_the_message_would_be_sent(world: World) -> None:
    """Control: the same ledger whose message presupposes nothing would announce a lie."""
    ledger = _refused(asks_for(world, "1043", 20_000).record.ledger)
    assert next_move(ledger).state == "Close"
    refund, push = ledger
    free = {name: value for name, value in json.loads(push.body).items() if name != "after"}
    naive = [refund, push.model_copy(update={"body": canonical(free).decode()})]
    assert next_move(naive).connector == "notify"
