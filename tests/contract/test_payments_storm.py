"""Hundreds of refunds while every second call goes wrong: each is applied exactly once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from decimal import Decimal

import pytest

from countersign.actions.payments import REFUND, Refund
from countersign.domain.errors import Ambiguous, Transient
from countersign.domain.ledger.action import Receipt
from countersign.domain.money import Money
from infra.local.demo.faults import EVERYWHERE, FaultName
from tests.contract.payments_sides import ServerSide, server_side
from tests.seeds import dealt_by, drawn_seed

TEN = Money(amount=Decimal("10.00"), currency="EUR")
REFUNDS = 120
TRIES = 12
TROUBLES: tuple[FaultName, ...] = (
    "error_before",
    *(one for one in EVERYWHERE if one not in {"slow", "lie"}),
)
Attempt = Callable[[ServerSide, Refund, str, int], Receipt]

pytestmark = pytest.mark.enable_socket


@pytest.fixture
def side(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerSide]:
    """A demo server of its own."""
    with server_side(tmp_path_factory.mktemp("payments")) as running:
        yield running


def _looking_first(side: ServerSide, refund: Refund, key: str, tries: int) -> Receipt:
    assert REFUND.find
    found = REFUND.find(side.payments, refund, key) if tries else None
    return found or REFUND.do(side.payments, refund, key)


def _new_key_each_time(side: ServerSide, refund: Refund, key: str, tries: int) -> Receipt:
    return REFUND.do(side.payments, refund, f"{key}-{tries}")


def _storm(side: ServerSide, attempt: Attempt) -> Counter[str]:
    """How tries ended. A refund is tried until it is answered; a day may pass between two tries."""
    seed = drawn_seed()
    chance = dealt_by(seed)
    ends: Counter[str] = Counter()
    for number in range(REFUNDS):
        charge = side.has_order(str(number), 100_000, "eur")
        refund = Refund(
            order=str(number), charge=charge, customer="", amount=TEN, reason="duplicate"
        )
        for tries in range(TRIES):
            if chance.random() < 0.5:
                which = chance.choice(("reads", "writes"))
                side.app.state.faults.next(chance.choice(TROUBLES), which=which)
            try:
                attempt(side, refund, f"cs-{number}", tries)
            except (Transient, Ambiguous) as lost:
                ends[type(lost).__name__] += 1
                side.now[0] += chance.choice((1, 60, 90_000))
            else:
                ends["answered"] += 1
                break
        side.app.state.faults.clear()
    return ends


def test_every_refund_is_applied_exactly_once(side: ServerSide) -> None:
    """Lost answers, saved errors, forgotten keys: looking first and one key leave one effect."""
    ends = _storm(side, _looking_first)
    assert ends["answered"] >= REFUNDS * 0.95
    assert min(ends["Ambiguous"], ends["Unavailable"], ends["Throttled"]) >= 5
    effects = Counter(one.charge for one in side.journal())
    assert set(effects.values()) == {1}
    assert len(effects) >= ends["answered"]


@pytest.mark.control
def test_a_new_key_for_each_attempt_refunds_twice(side: ServerSide) -> None:
    """The naive design in the same storm: the journal shows what it cost."""
    _storm(side, _new_key_each_time)
    effects = Counter(one.charge for one in side.journal())
    assert max(effects.values()) > 1
