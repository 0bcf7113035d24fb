"""Whole refund jobs through the real steps, on fakes: who is asked, and what leaves the account."""

from __future__ import annotations

import pytest

from countersign.domain.approvals import Choice
from countersign.domain.errors import NotAuthorised, Unavailable
from countersign.doors.tick import tick
from tests.fakes.journey import Journey
from tests.fakes.world import World
from tests.unit.steps import refunds
from tests.unit.steps.refunds import ADA, CONFIRMED, amounts, asks_for, begin, ended, signs, texts

BOTH_VERIFIED = {"payments.refund": "verified", "email.send_reply": "verified"}


@pytest.fixture
def world() -> World:
    return refunds.world()


def waits_for_leads(world: World) -> Journey:
    """799 EUR are above what one may sign; the first tier lets its time pass."""
    journey = asks_for(world, "1045", 79_900)
    assert journey.record.job.status == "WAITING_FOR_REVIEW"
    world.clock.passes(hours=8, minutes=1)
    tick(world.deps)
    return journey


def test_a_small_refund_runs_alone_and_is_confirmed_by_the_fixed_text(world: World) -> None:
    """Nobody signs; the money leaves once, is read back, and then the confirmation goes out."""
    journey = begin(world)
    assert (ended(journey), journey.statuses()) == ("COMPLETED", BOTH_VERIFIED)
    assert amounts(world) == [4_990]
    (text,) = texts(world)
    assert f"{CONFIRMED} 49.90 EUR" in text
    assert "Ask" not in journey.visited


def test_the_refund_comes_before_the_reply(world: World) -> None:
    """A confirmation of money that has not left is never sent."""
    world.payments.refuses_writes_with(Unavailable("the provider is away"))
    journey = begin(world)
    assert journey.record.job.status == "PARKED"
    assert texts(world) == []


def test_one_signature_is_enough_in_the_middle(world: World) -> None:
    """320 EUR wait for one person whose limit covers them, then leave, then the reply does."""
    journey = asks_for(world, "1043", 32_000)
    assert amounts(world) == []
    assert signs(world, journey, "robin").decision
    assert journey.answered() == "Close"
    assert (ended(journey), journey.statuses()) == ("COMPLETED", BOTH_VERIFIED)
    assert amounts(world) == [32_000]
    assert len(texts(world)) == 1


def test_nobody_signs_above_their_own_limit(world: World) -> None:
    """Who may sign 200 was asked too, and is refused at 320; nothing has left."""
    journey = asks_for(world, "1043", 32_000)
    with pytest.raises(NotAuthorised, match="above what Jonas may approve"):
        signs(world, journey, "jonas")
    assert journey.record.job.status == "WAITING_FOR_REVIEW"
    assert amounts(world) == []


def test_above_the_single_limit_two_different_people_sign(world: World) -> None:
    """The first signature leaves it waiting, the second of somebody else lets it run."""
    journey = waits_for_leads(world)
    assert signs(world, journey, "ines").decision is None
    assert journey.answered() == "Ask"
    assert amounts(world) == []
    assert signs(world, journey, "sam").decision
    assert journey.answered() == "Close"
    assert (ended(journey), amounts(world)) == ("COMPLETED", [79_900])


def test_the_same_person_is_not_two_pairs_of_eyes(world: World) -> None:
    """A second signature of the same person is refused, and the refund goes on waiting."""
    journey = waits_for_leads(world)
    signs(world, journey, "ines")
    with pytest.raises(NotAuthorised, match="signed already"):
        signs(world, journey, "ines")
    assert journey.answered() == "Ask"
    assert amounts(world) == []


def test_one_of_two_says_no(world: World) -> None:
    """Whatever the other one signed, nothing leaves and nobody is told anything."""
    journey = waits_for_leads(world)
    signs(world, journey, "ines")
    assert signs(world, journey, "sam", Choice.REJECT).decision
    journey.answered()
    assert ended(journey) == "REJECTED"
    assert (amounts(world), texts(world)) == ([], [])


def test_somebody_elses_order_is_not_refunded_whoever_signs(world: World) -> None:
    """The refund is forbidden, the reply goes to who wrote, signed, and not to the customer."""
    other = "sam.reed@example.com"
    journey = begin(world, email=other)
    assert journey.statuses()["payments.refund"] == "forbidden"
    signs(world, journey, "robin")
    journey.answered()
    assert (ended(journey), amounts(world)) == ("COMPLETED", [])
    assert len(texts(world, other)) == 1
    assert texts(world, ADA) == []


def test_more_than_was_paid_is_forbidden(world: World) -> None:
    """Ten times the order's price: no signature can allow it."""
    journey = begin(world, amount={"minor": 49_900, "currency": "EUR"})
    assert journey.statuses()["payments.refund"] == "forbidden"
    signs(world, journey, "robin")
    journey.answered()
    assert (ended(journey), amounts(world)) == ("COMPLETED", [])


def test_a_second_request_for_the_same_order_refunds_nothing(world: World) -> None:
    """Nothing is left after the first one: no refund is planned, and a person reads the reply."""
    begin(world)
    again = begin(world, "evt-2")
    assert set(again.statuses()) == {"email.send_reply"}
    assert again.record.job.status == "WAITING_FOR_REVIEW"
    assert amounts(world) == [4_990]


def test_a_colleagues_refund_while_it_waits_stops_what_was_signed(world: World) -> None:
    """After the signature the order is read again: less is left than was signed."""
    journey = asks_for(world, "1043", 32_000)
    charge = journey.record.ledger[0].content()["target"]
    world.payments.has_refund(charge, 10_000)
    signs(world, journey, "robin")
    assert journey.answered() == "Ask"
    assert journey.statuses() == {"payments.refund": "forbidden", "email.send_reply": "planned"}
    signs(world, journey, "robin")
    assert journey.answered() == "Close"
    assert (ended(journey), amounts(world)) == ("COMPLETED", [])
