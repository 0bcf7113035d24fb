"""“We have refunded” leaves only after the refund: never when it asks, is rejected, or fails."""

from __future__ import annotations

from contextlib import suppress

import pytest

from countersign.domain.approvals.approval import Choice, Decision, apply_decision
from countersign.domain.approvals.authority import sign
from countersign.domain.errors import Refused
from countersign.domain.jobs.change import Change
from countersign.domain.ledger.entry import ActionStatus
from countersign.domain.planning.plan import dropped, next_move
from tests.fakes.journey import Journey
from tests.fakes.store import Crash
from tests.fakes.world import World
from tests.unit.steps import refunds
from tests.unit.steps.refunds import CONFIRMED, amounts, answers, arrives, ended, texts

REFUND, REPLY = "payments.refund", "email.send_reply"


def killed_in_act() -> tuple[World, Journey]:
    """The process dies before its first write in Act: planned, and nothing claimed."""
    for number in range(1, 20):
        world = refunds.world()
        journey = arrives(world)
        world.store.crashes_before_write(number)
        with suppress(Crash):
            journey.goes()
        if journey.visited[-1] == "Act":
            return world, journey
    raise AssertionError("no kill came in Act")


def was_to_run_alone() -> tuple[World, Journey]:
    """Refund and confirmation were planned to run by themselves; colleagues refund other orders of
    the customer meanwhile, and so policy asks for both."""
    world, journey = killed_in_act()
    assert answers(journey) == {REFUND: "run", REPLY: "run"}
    assert CONFIRMED in journey.record.ledger[1].content()["params"]["text"]
    for number in ("2001", "2002", "2003"):
        world.payments.has_refund(refunds.has_order(world, number, 900), 900)
    world.clock.passes(minutes=11)
    assert journey.goes("Act") == "Ask"
    return world, journey


def says(world: World, journey: Journey, refund: Choice, reply: Choice) -> None:
    """Robin decides on each action."""
    pending = journey.record.pending
    assert pending
    by_action = {REFUND: refund, REPLY: reply}
    choices = {one: by_action[pending.actions[one]] for one in pending.digests}
    decision = Decision(by="robin", at=world.clock.now(), choices=choices, reason="a part is back")
    signed = sign(world.people.directory(), pending, decision)
    change = Change(
        event="signed by a person",
        actor="person:robin",
        approvals=(signed,),
        ledger=apply_decision(signed, journey.record.ledger),
        done=("approval",),
    )
    world.deps.commit(journey.record, change)
    journey.answered()


def test_a_signed_confirmation_of_a_rejected_refund_is_never_sent() -> None:
    """Both were put up for signature: no to the refund is no to the sentence that it happened."""
    world, journey = was_to_run_alone()
    says(world, journey, refund=Choice.REJECT, reply=Choice.APPROVE)
    assert journey.statuses() == {REFUND: "rejected", REPLY: "dropped"}
    assert (texts(world), amounts(world), ended(journey)) == ([], [], "REJECTED")


def test_a_signed_confirmation_of_a_refund_that_fails_is_never_sent() -> None:
    """Approved both, and the provider says no: a person gets the job, no mail leaves."""
    world, journey = was_to_run_alone()
    world.payments.refuses_writes_with(Refused("the provider refused"))
    says(world, journey, refund=Choice.APPROVE, reply=Choice.APPROVE)
    assert journey.statuses()[REFUND] in ("failed", "forbidden")
    assert (texts(world), amounts(world)) == ([], [])


def test_a_failed_refund_is_never_planned_anew() -> None:
    """Money: whatever the model would make of it, a person takes over."""
    world = refunds.world()
    world.payments.lies()
    journey = arrives(world)
    journey.goes()
    assert ended(journey) == "ESCALATED"
    assert "observations" not in journey.record.results
    assert len(world.model.asked) == 1
    assert texts(world) == []


@pytest.mark.control
def test_control_a_plan_without_the_order_of_its_actions_would_send_it() -> None:
    """The naive ledger, whose reply presupposes nothing: the same answers would mail the lie."""
    _, journey = was_to_run_alone()
    refund, reply = journey.record.ledger
    no = refund.model_copy(update={"status": ActionStatus.REJECTED})
    yes = reply.model_copy(update={"status": ActionStatus.AUTHORISED})
    naive = yes.model_copy(update={"body": yes.body.replace('"after":"payments.refund",', "")})
    assert next_move((no, naive)).state == "Act"
    assert next_move((no, yes)).state != "Act"
    assert [held.index for held in dropped((no, yes))] == [1]
    assert dropped((no, naive)) == ()
