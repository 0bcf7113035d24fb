"""A refund: what is signed, what is proof, and what an interrupted attempt leaves."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from countersign.actions.payments import REFUND, Refund
from countersign.domain.errors import Refused, Unavailable
from countersign.domain.ledger.action import ProposedAction, Receipt
from countersign.domain.ledger.entry import entry, params_of
from countersign.domain.money import Money
from countersign.domain.policy.policy import Answer, Verdict
from countersign.domain.policy.records import Record, Records
from tests.fakes.payments import FakePayments

FIFTY = Money(amount=Decimal("49.90"), currency="EUR")


def _refund(charge: str, amount: Money = FIFTY, **more: Any) -> Refund:
    first: dict[str, Any] = {"order": "1042", "customer": "cus_1", "reason": "duplicate"}
    return Refund(**{**first, "charge": charge, "amount": amount, **more})


def _seen(payments: FakePayments, refund: Refund, receipt: Receipt) -> Mapping[str, str]:
    assert REFUND.read_back
    return REFUND.read_back(payments, refund, receipt)


@pytest.mark.parametrize(
    ("amount", "currency", "words"),
    [("49.90", "EUR", "49.90 EUR"), ("1250", "JPY", "1,250 JPY"), ("24.5", "KWD", "24.500 KWD")],
)
def test_the_sentence_says_how_much_of_what(amount: str, currency: str, words: str) -> None:
    """Who signs reads the exact amount, the order, where the money goes; pages and mails say
    of every irreversible action that it is one."""
    refund = _refund("ch_1", Money(amount=Decimal(amount), currency=currency))
    sentence = f"Refund {words} of order 1042 to the card it was paid with."
    assert REFUND.words(refund) == sentence
    assert not REFUND.reversible


def test_calling_a_charge_fraudulent_says_what_else_it_does() -> None:
    """Stripe puts card and address on its block lists for that reason; who signs must know."""
    assert "Blocks the card" in REFUND.words(_refund("ch_1", reason="fraudulent"))
    assert "Blocks" not in REFUND.words(_refund("ch_1"))


@pytest.mark.parametrize(
    ("charge", "currency", "why"),
    [
        ("ch_1", "EUR", ""),
        ("ch_1", "JPY", "the charge is in another currency"),
        ("ch_2", "EUR", "its charge was not looked at"),
    ],
)
def test_only_a_charge_that_was_read_is_refunded_in_its_currency(
    charge: str, currency: str, why: str
) -> None:
    """Stripe takes 49.90 of whatever the charge is in: the record that Look read decides."""
    read = Record(kind="order", id=charge, version="1", fields={"currency": currency})
    records = Records(read_at=datetime(2026, 3, 2, tzinfo=UTC), found={"order": (read,)})
    assert REFUND.unfit
    assert REFUND.unfit(_refund("ch_1"), records) == why


def test_the_stored_bytes_give_the_same_refund_back() -> None:
    """What is signed is what runs, to the minor unit; the reason is one of three."""
    refund = _refund("ch_1")
    wanted = ProposedAction("payments.refund", refund, "order 1042")
    verdict = Verdict(answer=Answer.RUN, reasons=())
    expires = datetime(2026, 3, 4, tzinfo=UTC)
    held = entry(0, wanted, REFUND, verdict, job_id="j", policy="p", expires_at=expires)
    assert params_of(held, REFUND) == refund
    assert held.content()["params"]["amount"] == {"minor": 4990, "currency": "EUR"}
    with pytest.raises(ValueError, match="reason"):
        _refund("ch_1", reason="because")


def test_a_refund_verifies() -> None:
    """Done, read back by its id, equal in every field."""
    payments = FakePayments()
    refund = _refund(payments.has_order("1042", 4990, "eur"))
    receipt = REFUND.do(payments, refund, "cs-1")
    assert _seen(payments, refund, receipt) == REFUND.expected(refund)
    assert receipt.evidence == {"key": "cs-1", "status": "succeeded"}


@pytest.mark.parametrize(
    ("amount", "currency", "differs"),
    [(4989, "eur", "amount_minor"), (4990, "usd", "currency")],
)
def test_another_amount_or_currency_is_no_proof(amount: int, currency: str, differs: str) -> None:
    """The read-back compares what is there with what was signed, field by field."""
    payments = FakePayments()
    refund = _refund(payments.has_order("1042", 4990, currency))
    metadata = {"action_key": "cs-1"}
    made = payments.has_refund(refund.charge, amount, metadata=metadata)
    seen = _seen(payments, refund, Receipt(id=made, evidence={"key": "cs-1"}))
    expected = REFUND.expected(refund)
    assert [name for name in expected if seen[name] != expected[name]] == [differs]


def test_a_refund_of_another_charge_or_another_hand_is_no_proof() -> None:
    """The same amount somewhere else, or by somebody else, is not our effect."""
    payments = FakePayments()
    refund = _refund(payments.has_order("1042", 4990, "eur"))
    by_hand = payments.has_refund(refund.charge, 4990)
    seen = _seen(payments, refund, Receipt(id=by_hand, evidence={"key": "cs-1"}))
    assert seen["key"] == "another"
    elsewhere = payments.has_order("1043", 4990, "eur")
    made = payments.has_refund(elsewhere, 4990, metadata={"action_key": "cs-1"})
    seen = _seen(payments, refund, Receipt(id=made, evidence={"key": "cs-1"}))
    assert seen["charge"] == elsewhere


@pytest.mark.parametrize("status", ["failed", "canceled", "requires_action", ""])
def test_only_a_refund_on_its_way_is_proof(status: str) -> None:
    """Succeeded and pending are; any other state of Stripe's is told as it is."""
    payments = FakePayments()
    refund = _refund(payments.has_order("1042", 4990, "eur"))
    metadata = {"action_key": "cs-1"}
    made = payments.has_refund(refund.charge, 4990, status=status, metadata=metadata)
    seen = _seen(payments, refund, Receipt(id=made, evidence={"key": "cs-1"}))
    assert seen["status"] == status != REFUND.expected(refund)["status"]


def test_an_interrupted_attempt_is_found_among_other_refunds() -> None:
    """By the key alone: neither a refund by hand of the same amount nor another action's counts."""
    payments = FakePayments()
    refund = _refund(payments.has_order("1042", 9980, "eur"))
    assert REFUND.find
    payments.has_refund(refund.charge, 100)
    payments.has_refund(refund.charge, 100, metadata={"action_key": "cs-0"})
    assert REFUND.find(payments, refund, "cs-1") is None
    receipt = REFUND.do(payments, refund, "cs-1")
    payments.has_refund(refund.charge, 100)
    assert REFUND.find(payments, refund, "cs-1") == receipt
    payments.the_bank_returns(receipt.id)
    found = REFUND.find(payments, refund, "cs-1")
    assert found
    assert (found.id, found.evidence["status"]) == (receipt.id, "failed")


@pytest.mark.control
def test_finding_by_the_amount_would_take_another_refund_for_ours() -> None:
    """The naive design looks for a refund of that amount, and then money never leaves."""
    payments = FakePayments()
    refund = _refund(payments.has_order("1042", 9980, "eur"))
    payments.has_refund(refund.charge, 4990)
    held = payments.refunds_of(refund.charge)
    assert any(one.fields["amount_minor"] == "4990" for one in held)
    assert REFUND.find
    assert REFUND.find(payments, refund, "cs-1") is None


def test_no_answer_to_the_look_is_not_an_answer() -> None:
    """While the account cannot be asked, nothing is known; what it refuses stays refused."""
    payments = FakePayments()
    refund = _refund(payments.has_order("1042", 4990, "eur"))
    assert REFUND.find
    payments.fails_with(Unavailable("down"))
    with pytest.raises(Unavailable):
        REFUND.find(payments, refund, "cs-1")
    payments.fails_with(Refused("no right"))
    with pytest.raises(Refused):
        REFUND.do(payments, refund, "cs-1")
    assert payments.journal == []
