"""The contract on refusals, lost answers, saved errors and lies, the same for both sides."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal

import pytest

from countersign.actions.payments import REFUND, Refund
from countersign.domain.errors import (
    Ambiguous,
    Misconfigured,
    NotFound,
    Refused,
    Throttled,
    Unavailable,
)
from countersign.domain.ledger.action import Receipt
from countersign.domain.money import Money
from countersign.domain.policy.records import Record
from tests.contract.payments_sides import FakeSide, ServerSide, Side, server_side

TEN = Money(amount=Decimal("10.00"), currency="EUR")

pytestmark = pytest.mark.enable_socket


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerSide]:
    """One demo server for all tests of this module."""
    with server_side(tmp_path_factory.mktemp("payments")) as running:
        yield running


@pytest.fixture(params=["fake", "server"])
def side(request: pytest.FixtureRequest) -> Side:
    """Each test runs on both sides, on empty records."""
    if request.param == "fake":
        return FakeSide()
    running: ServerSide = request.getfixturevalue("server")
    running.empty()
    return running


def _refund(side: Side, charge: str, key: str = "cs-1", amount: Money = TEN) -> Record:
    return side.payments.refund(charge, amount, "duplicate", key, "1042")


def _params(charge: str) -> Refund:
    return Refund(order="1042", charge=charge, customer="", amount=TEN, reason="duplicate")


def _careful(side: Side, charge: str, key: str = "cs-1") -> Receipt:
    """What Act does after an attempt was cut off: look first, then do it under the same key."""
    assert REFUND.find
    params = _params(charge)
    found = REFUND.find(side.payments, params, key)
    return found or REFUND.do(side.payments, params, key)


@pytest.mark.parametrize(
    ("amount", "back", "code"),
    [
        ("49.91", 0, "amount_too_large"),
        ("10.00", 4000, "amount_too_large"),
        ("10.00", 4990, "charge_already_refunded"),
        ("0.00", 0, "amount"),
    ],
)
def test_what_the_charge_does_not_allow_is_refused(
    side: Side, amount: str, back: int, code: str
) -> None:
    """Never more than was paid and is left; nothing is applied."""
    charge = side.has_order("1042", 4990, "eur")
    if back:
        side.has_refund(charge, back)
    with pytest.raises(Refused, match=code):
        _refund(side, charge, amount=Money(amount=Decimal(amount), currency="EUR"))
    assert side.journal() == []


def test_a_disputed_an_unpaid_and_an_unknown_charge_are_refused(side: Side) -> None:
    """The refusal has Stripe's code and none of our values."""
    disputed = side.has_order("1042", 4990, "eur")
    side.somebody_disputes(disputed)
    with pytest.raises(Refused, match="charge_disputed"):
        _refund(side, disputed, "cs-1")
    unpaid = side.has_order("1043", 4990, "eur", status="failed")
    with pytest.raises(Refused, match="charge_not_refundable") as refused:
        _refund(side, unpaid, "cs-2")
    assert unpaid not in str(refused.value)
    for unknown in ("ch_none", ".."):
        with pytest.raises(Refused, match="resource_missing"):
            _refund(side, unknown, f"cs-{unknown}")
    assert side.journal() == []


def test_a_fraction_that_stripe_does_not_have_is_refused(side: Side) -> None:
    """Three-decimal currencies end in 0 at Stripe; we refuse before anything is sent."""
    charge = side.has_order("1042", 24500, "kwd")
    with pytest.raises(Refused, match="end in 0"):
        _refund(side, charge, amount=Money(amount=Decimal("1.001"), currency="KWD"))
    assert side.journal() == []


def test_the_reading_key_cannot_refund(side: Side) -> None:
    """Look's key reads, and every refund with it is refused."""
    charge = side.has_order("1042", 4990, "eur")
    if isinstance(side, FakeSide):
        assert isinstance(side.reader, type(side.fake))
        charge = side.reader.has_order("1042", 4990, "eur")
    assert side.reader.refunds_of(charge) == ()
    with pytest.raises(Misconfigured, match="403"):
        side.reader.refund(charge, TEN, "duplicate", "cs-1", "1042")
    assert side.journal() == []


def test_a_lost_answer_is_ambiguous_and_found_by_its_key(side: Side) -> None:
    """Money moved, only its key can tell, and doing it again under the key moves no more."""
    charge = side.has_order("1042", 4990, "eur")
    side.loses_the_answer()
    with pytest.raises(Ambiguous):
        _refund(side, charge)
    found = _careful(side, charge)
    assert found.id == _refund(side, charge).id
    assert len(side.journal()) == 1


def test_a_saved_error_after_the_effect_is_settled_by_looking(side: Side) -> None:
    """The key answers 500 again and again although money moved once; the look finds it."""
    charge = side.has_order("1042", 4990, "eur")
    side.saves_an_error(applied=True)
    for is_kept in (False, True, True):
        with pytest.raises(Ambiguous) as lost:
            _refund(side, charge)
        assert lost.value.settled == is_kept
    receipt = _careful(side, charge)
    assert REFUND.read_back
    seen = REFUND.read_back(side.payments, _params(charge), receipt)
    assert seen == REFUND.expected(_params(charge))
    assert len(side.journal()) == 1


def test_a_saved_error_before_the_effect_stays_ambiguous_for_a_day(side: Side) -> None:
    """Nothing moved, but the key goes on saying 500; after a day the same key works once."""
    charge = side.has_order("1042", 4990, "eur")
    side.saves_an_error(applied=False)
    for is_kept in (False, True, True):
        with pytest.raises(Ambiguous) as lost:
            _careful(side, charge)
        assert lost.value.settled == is_kept
    assert side.journal() == []
    side.a_day_passes()
    assert _careful(side, charge) == _careful(side, charge)
    assert len(side.journal()) == 1


@pytest.mark.control
def test_repeating_blindly_after_a_day_refunds_twice(side: Side) -> None:
    """The naive design trusts the key alone: once Stripe forgot it, money moves again."""
    charge = side.has_order("1042", 4990, "eur")
    side.loses_the_answer()
    with pytest.raises(Ambiguous):
        _refund(side, charge)
    side.a_day_passes()
    looked = _careful(side, charge)
    assert len(side.journal()) == 1
    assert _refund(side, charge).id != looked.id
    assert len(side.journal()) == 2


def test_another_question_under_the_same_key_is_a_defect(side: Side) -> None:
    """Stripe refuses it, and the message says whose fault it is."""
    charge = side.has_order("1042", 4990, "eur")
    _refund(side, charge)
    with pytest.raises(Refused, match="defect of ours"):
        _refund(side, charge, amount=Money(amount=Decimal("9.00"), currency="EUR"))
    assert len(side.journal()) == 1


def test_a_lie_looks_like_success_and_is_seen_by_reading(side: Side) -> None:
    """An answer that claims a refund which was not applied: only a read tells."""
    charge = side.has_order("1042", 4990, "eur")
    side.lies()
    claimed = _refund(side, charge)
    assert claimed.fields["amount_minor"] == "1000"
    with pytest.raises(NotFound):
        side.payments.read(claimed.id)
    assert REFUND.read_back
    lied = Receipt(id=claimed.id, evidence={"key": "cs-1"})
    assert REFUND.read_back(side.payments, _params(charge), lied) == {}
    assert side.journal() == []


def test_a_refund_that_the_bank_returns_does_not_verify(side: Side) -> None:
    """It is ours and it is found, so nothing is repeated; but its money did not arrive."""
    charge = side.has_order("1042", 4990, "eur")
    receipt = _careful(side, charge)
    side.the_bank_returns(receipt.id)
    assert _careful(side, charge).id == receipt.id
    assert REFUND.read_back
    assert REFUND.read_back(side.payments, _params(charge), receipt)["status"] == "failed"


def test_later_and_unavailable_are_told_apart_and_apply_nothing(side: Side) -> None:
    """429 carries how long to wait; a read that did not get through is worth another try."""
    charge = side.has_order("1042", 4990, "eur")
    calls: tuple[Callable[[], object], ...] = (
        lambda: side.payments.refunds_of(charge),
        lambda: _refund(side, charge),
    )
    for call in calls:
        side.throttles()
        with pytest.raises(Throttled) as throttled:
            call()
        assert throttled.value.retry_after == 3.0
    side.is_unavailable()
    with pytest.raises(Unavailable):
        side.payments.refunds_of(charge)
    assert side.journal() == []
