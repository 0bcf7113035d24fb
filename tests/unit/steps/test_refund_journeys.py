"""Whole refund jobs through the real steps, on fakes: who is asked, and what leaves the account."""

from __future__ import annotations

from decimal import Decimal

import pytest

from countersign.domain.approvals.approval import Choice
from countersign.domain.approvals.directory import SigningLimit
from countersign.domain.errors import NotAuthorised, Unavailable
from countersign.domain.money import Money
from tests.fakes.journey import Journey
from tests.fakes.world import World
from tests.unit.steps import refunds
from tests.unit.steps.refunds import (
    ADA,
    CONFIRMED,
    amounts,
    asks_for,
    begin,
    ended,
    has_order,
    signs,
    texts,
)

BOTH_VERIFIED = {"payments.refund": "verified", "email.send_reply": "verified"}


@pytest.fixture
def world() -> World:
    return refunds.world()


def waits_for_leads(world: World) -> Journey:
    """799 EUR are above what one may sign, and above every limit of the first tier: the leads are
    asked at once."""
    journey = asks_for(world, "1045", 79_900)
    assert journey.record.job.status == "WAITING_FOR_REVIEW"
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
    world.payments.refuses_writes_with(Unavailable("the provider is away"), times=2)
    journey = begin(world)
    assert journey.record.job.status == "PARKED"
    assert texts(world) == []


def test_one_signature_is_enough_in_the_middle(world: World) -> None:
    """320 EUR wait for one person whose limit covers them, then leave, then the reply does, and
    then finance is told."""
    journey = asks_for(world, "1043", 32_000)
    assert amounts(world) == []
    assert signs(world, journey, "robin").decision
    assert journey.answered() == "Close"
    told = {**BOTH_VERIFIED, "notify.push": "verified"}
    assert (ended(journey), journey.statuses()) == ("COMPLETED", told)
    assert amounts(world) == [32_000]
    assert (len(texts(world)), len(world.channels.messages)) == (1, 1)


def asked(journey: Journey) -> set[str]:
    """Who is asked now."""
    pending = journey.record.pending
    return {person.id for person in pending.approvers} if pending else set()


def test_nobody_signs_above_their_own_limit(world: World) -> None:
    """Whose limit was lowered after they were asked is refused; nothing has left."""
    journey = asks_for(world, "1043", 32_000)
    lower = SigningLimit(actions="payments.*", most=Money(amount=Decimal(200), currency="EUR"))
    robin = world.people.directory().member("robin")
    assert robin
    world.people.becomes(robin.person, limits=(lower,))
    with pytest.raises(NotAuthorised, match="above what Robin may approve"):
        signs(world, journey, "robin")
    assert journey.record.job.status == "WAITING_FOR_REVIEW"
    assert amounts(world) == []


def test_only_those_are_asked_whose_limit_covers_it(world: World) -> None:
    """At 320 EUR Jonas, who may sign 200, is neither asked nor mailed; at 120 both are."""
    assert asked(asks_for(world, "1043", 32_000)) == {"robin"}
    assert world.mail.to("jonas@countersign.example") == []
    assert asked(begin_middle(world)) == {"robin", "jonas"}


def begin_middle(world: World) -> Journey:
    has_order(world, "1044", 12_000)
    form = {"order": "1044", "amount": {"minor": 12_000, "currency": "EUR"}}
    return begin(world, "evt-middle", **form)


def test_a_tier_of_which_nobody_could_approve_is_passed_over_at_once(world: World) -> None:
    """At 799 EUR the leads are asked straight away: no eight hours for a tier that may only say
    no."""
    journey = waits_for_leads(world)
    pending = journey.record.pending
    assert pending
    assert (asked(journey), pending.tier) == ({"ines", "sam"}, 1)


def test_above_everybodys_limit_a_person_gets_it_with_the_amount(world: World) -> None:
    """Nobody is asked in vain: the case names the amount, and that a limit is missing."""
    journey = asks_for(world, "1046", 600_000)
    assert ended(journey) == "ESCALATED"
    assert "has a limit that covers 6,000.00 EUR (payments.refund)" in journey.record.job.reason


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
    again = begin(world, "evt-2", message="Please refund the broken lamp, it is not on my account.")
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
    assert journey.statuses() == {
        "payments.refund": "forbidden",
        "email.send_reply": "planned",
        "notify.push": "dropped",
    }
    signs(world, journey, "robin")
    assert journey.answered() == "Close"
    assert (ended(journey), amounts(world)) == ("COMPLETED", [])
