"""What was ever tried is looked for before it is sent again or given up."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress

import pytest

from countersign.domain.approvals.approval import Choice
from countersign.domain.errors import ContractBroken, NotFound, Refused, Unavailable
from countersign.domain.planning.edits import edited
from countersign.entrypoints.tick import tick
from countersign.jobs.cases import take_out
from countersign.jobs.rollback import roll_back
from tests.fakes.journey import Journey, accept, form
from tests.fakes.payments import Looked
from tests.fakes.store import Crash
from tests.fakes.world import ANA, World
from tests.unit.steps import refunds
from tests.unit.steps.refunds import ADA, amounts, asks_for, begin, ended, texts
from tests.unit.steps.test_journeys import offline
from workflows import WORKFLOWS

FLOW = WORKFLOWS["refund_request"]
PART: Mapping[str, object] = {"minor": 2_000, "currency": "EUR"}
REFUND, REPLY, LEAD = "payments.refund", "email.send_reply", "crm.create_lead"
LIST: Looked = "refunds of a charge"
ONE: Looked = "refund by id"
LAST_WRITE = 9
"""Of a small refund: before it, its reply is sent and not recorded."""
MAIL = "anna.lindner@hafenwerk.example"


@pytest.fixture
def world() -> World:
    made = refunds.world()
    made.people.becomes(ANA, roles=("operations",))
    return made


def charge_of(journey: Journey) -> str:
    """What the refund is for."""
    return str(journey.record.ledger[0].content()["target"])


def is_due(world: World, journey: Journey) -> str:
    """The parked job is resumed, after the keys' answers are forgotten; where it ends."""
    world.payments.a_day_passes()
    world.clock.passes(minutes=3)
    tick(world.deps)
    return journey.goes()


def is_resumed(world: World, journey: Journey) -> Journey:
    """Operations let what failed try again, the next day."""
    world.payments.a_day_passes()
    world.clock.passes(days=1)
    take_out(world.deps, journey.job_id, "resume", by="ana", words="", facts={})
    again = Journey(world, journey.job_id)
    again.goes()
    return again


def test_a_cut_off_refund_is_found_although_policy_got_stricter(world: World) -> None:
    """The answer was lost, then the charge was disputed: the money left, and the ledger says so;
    what it holds of the cap stays counted."""
    world.payments.loses_the_answer()
    journey = begin(world)
    world.payments.somebody_disputes(charge_of(journey))
    is_due(world, journey)
    assert journey.statuses() == {REFUND: "verified", REPLY: "planned"}
    assert amounts(world) == [4_990]
    world.clock.passes(minutes=30)
    tick(world.deps)
    assert journey.record.reservations


def test_a_colleagues_refund_meanwhile_does_not_pay_twice(world: World) -> None:
    """A part was paid and its answer lost; a colleague pays another part: ours is found."""
    world.payments.loses_the_answer()
    journey = begin(world, amount=PART)
    world.payments.has_refund(charge_of(journey), 500)
    assert is_due(world, journey) == "Ask"
    assert journey.statuses() == {REFUND: "verified", REPLY: "planned"}
    assert amounts(world) == [2_000]


def test_what_is_not_there_and_not_authorised_any_more_has_failed(world: World) -> None:
    """Nothing had been applied when it was cut off: it is looked for, and not sent."""
    world.payments.refuses_writes_with(Unavailable("the provider is away"), times=2)
    journey = begin(world)
    assert journey.statuses()[REFUND] == "claimed"
    world.payments.somebody_disputes(charge_of(journey))
    assert is_due(world, journey) == "Escalate"
    assert "not authorised" in journey.record.ledger[0].note
    assert (journey.statuses()[REFUND], amounts(world)) == ("failed", [])


def test_a_cut_off_mail_is_unknown_although_policy_got_stricter(world: World) -> None:
    """Nobody can look for a mail: not authorised any more is no evidence that it was not sent, and
    no resume sends it once more."""
    journey = refunds.arrives(world, amount=PART)
    world.store.crashes_before_write(LAST_WRITE)
    with suppress(Crash):
        journey.goes()
    assert (journey.statuses()[REPLY], len(texts(world))) == ("claimed", 1)
    world.payments.has_refund(charge_of(journey), 1_000)
    world.clock.passes(minutes=2)
    assert journey.goes("Act", {"connector": "mail"}) == "Escalate"
    assert journey.statuses()[REPLY] == "unknown"
    with pytest.raises(ContractBroken, match="unknown"):
        is_resumed(world, journey)
    assert len(world.mail.to(ADA)) == 1


def test_a_cut_off_lead_is_found_and_rolled_back() -> None:
    """The deal's answer was lost and its contact changed owner meanwhile: the deal is known, so a
    rollback takes it away, and what it says of the job is true."""
    world = World(offline)
    world.crm.has_contact(MAIL, firstname="Anna", lastname="Lindner")
    journey = Journey(world, accept(world, form()))
    for _ in ("the contact", "the deal"):
        world.crm.loses_the_answer()
        journey.goes()
        assert journey.record.job.status == "PARKED"
        world.clock.passes(minutes=30)
        tick(world.deps)
    assert journey.statuses()[LEAD] == "claimed"
    (contact,) = world.crm.all("contacts")
    world.crm.somebody_edits(contact.id, hubspot_owner_id="999")
    journey.goes()
    assert (journey.statuses()[LEAD], len(world.crm.all("deals"))) == ("verified", 1)
    journey.is_decided(Choice.REJECT, reason="not now")
    journey.answered()
    roll_back(world.deps, journey.job_id, by="ana", reason="a test")
    Journey(world, journey.job_id).goes()
    assert world.crm.all("deals") == ()


def test_a_list_that_is_refused_says_nothing_of_the_refund(world: World) -> None:
    """The key may not list refunds: unknown, a case, and no resume sends it again."""
    world.payments.loses_the_answer()
    journey = begin(world, amount=PART)
    world.payments.hides(LIST, Refused("403: the key may not list refunds"))
    assert is_due(world, journey) == "Escalate"
    assert journey.statuses()[REFUND] == "unknown"
    assert "403" in journey.record.ledger[0].note
    with pytest.raises(ContractBroken, match="unknown"):
        is_resumed(world, journey)
    assert amounts(world) == [2_000]


def test_a_read_back_that_is_refused_keeps_the_receipt(world: World) -> None:
    """Accepted and not to be seen: unknown, with the receipt by which a person can look."""
    world.payments.hides(ONE, Refused("403: the key may not read refunds"))
    journey = begin(world)
    (entry, _) = journey.record.ledger
    assert (ended(journey), entry.status) == ("ESCALATED", "unknown")
    assert entry.receipt
    assert amounts(world) == [4_990]


def test_a_refund_that_shows_late_is_waited_for(world: World) -> None:
    """Not there at the first looks, there within the settle time: verified, one refund."""
    world.payments.hides(ONE, NotFound("not yet"), times=4)
    journey = begin(world)
    assert (ended(journey), amounts(world)) == ("COMPLETED", [4_990])


def test_a_failed_refund_is_looked_for_after_a_resume(world: World) -> None:
    """It was read back too early for long; the next day it is there, and nothing is sent."""
    world.payments.hides(ONE, NotFound("not yet"), times=50)
    journey = begin(world, amount=PART)
    assert (ended(journey), journey.statuses()[REFUND]) == ("ESCALATED", "failed")
    world.payments.hides(ONE, NotFound("not yet"), times=0)
    assert is_resumed(world, journey).statuses() == {REFUND: "verified", REPLY: "verified"}
    assert amounts(world) == [2_000]


def test_what_was_accepted_once_is_not_signed_for_another_amount(world: World) -> None:
    """Other bytes have another key, and would be paid beside the first: no edit is taken."""
    journey = asks_for(world, "1043", 15_000)
    refunds.signs(world, journey, "jonas")
    world.payments.hides(ONE, NotFound("not yet"), times=50)
    assert journey.answered() == "Escalate"
    world.payments.hides(ONE, NotFound("not yet"), times=0)
    record = is_resumed(world, journey).record
    assert record.job.status == "WAITING_FOR_REVIEW"
    by = world.people.directory().member("jonas")
    assert by
    with pytest.raises(ContractBroken, match="accepted this once"):
        edited(FLOW, record, record.ledger[0], {"amount": "90.00"}, by=by, now=world.clock.now())
    refunds.signs(world, journey, "jonas")
    journey.answered()
    assert (journey.statuses()[REFUND], amounts(world)) == ("verified", [15_000])


def test_a_refund_that_never_was_is_sent_after_a_resume(world: World) -> None:
    """The provider had said yes and done nothing: it is looked for, not found, and sent."""
    world.payments.lies()
    journey = begin(world, amount=PART)
    assert (ended(journey), amounts(world)) == ("ESCALATED", [])
    assert is_resumed(world, journey).statuses()[REFUND] == "verified"
    assert amounts(world) == [2_000]
