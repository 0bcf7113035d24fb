"""The adapter and the demo server when the network, not the fake, is the trouble."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest

from countersign.actions.payments import REFUND, Refund
from countersign.connectors.stripe.client import StripePayments
from countersign.domain.errors import Ambiguous, Unavailable
from countersign.domain.money import Money
from tests.contract.payments_sides import ServerSide, server_side

TEN = Money(amount=Decimal("10.00"), currency="EUR")

pytestmark = pytest.mark.enable_socket


@pytest.fixture
def side(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerSide]:
    """A demo server of its own."""
    with server_side(tmp_path_factory.mktemp("payments")) as running:
        yield running


def _give_back(payments: StripePayments, charge: str, key: str = "cs-1") -> str:
    try:
        return payments.refund(charge, TEN, "duplicate", key, "1042").id
    finally:
        payments.close()


def test_nobody_listening_means_nothing_was_sent() -> None:
    """A refused connection is worth another try, for reading and for writing."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/payments"
        payments = StripePayments(url, "writing", timeout=lambda: 5.0)
        with pytest.raises(Unavailable):
            payments.refunds_of("ch_1")
        with pytest.raises(Unavailable):
            _give_back(payments, "ch_1")


def test_an_answer_that_comes_too_late_is_ambiguous_and_found(side: ServerSide) -> None:
    """Our time runs out while Stripe works: money moved, and the look says so, once."""
    charge = side.has_order("1042", 4990, "eur")
    side.app.state.faults.next("slow", which="writes", seconds=1.5)
    with pytest.raises(Ambiguous, match="ReadTimeout"):
        _give_back(side.adapter(seconds=0.6), charge)
    refund = Refund(order="1042", charge=charge, customer="", amount=TEN, reason="duplicate")
    assert REFUND.find
    assert REFUND.find(side.payments, refund, "cs-1")
    assert len(side.journal()) == 1


def test_a_second_worker_under_the_same_key_moves_nothing(side: ServerSide) -> None:
    """A paused worker and its successor at once: one gets its answer, the other must look."""
    charge = side.has_order("1042", 4990, "eur")
    side.app.state.faults.next("slow", which="writes", seconds=0.5)

    def worker(_: int) -> str:
        try:
            return _give_back(side.adapter(), charge)
        except Ambiguous as running:
            return str(running)

    with ThreadPoolExecutor(2) as threads:
        ends = sorted(threads.map(worker, range(2)), key=len)
    assert ends[0].startswith("re_")
    assert "still running" in ends[1]
    assert _give_back(side.adapter(), charge) == ends[0]
    assert len(side.journal()) == 1


@pytest.mark.control
def test_a_key_for_each_attempt_moves_the_money_twice(side: ServerSide) -> None:
    """The naive design makes a new key for every try: the journal sees both."""
    charge = side.has_order("1042", 4990, "eur")
    side.loses_the_answer()
    with pytest.raises(Ambiguous):
        _give_back(side.adapter(), charge, "attempt-1")
    _give_back(side.adapter(), charge, "attempt-2")
    assert len(side.journal()) == 2
