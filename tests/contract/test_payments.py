"""The contract on payments, the same for the fake and for the adapter with the server."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest

from countersign.actions.payments import REFUND, Refund
from countersign.domain.errors import Ambiguous, NotFound, Refused
from countersign.domain.money import Money
from countersign.domain.policy.records import Lookup, Record
from tests.contract.payments_sides import FakeSide, ServerSide, Side, server_side
from tests.looking import looked

AWKWARD = ("", "..", "a/b", "a?limit=1#x", "1042' OR customer:'cus_1", "a\\", "10\n42", "№ 7", "%")

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


def _euros(amount: str, currency: str = "EUR") -> Money:
    return Money(amount=Decimal(amount), currency=currency)


def _look(side: Side, kind: str, number: str, field: str = "number") -> tuple[Record, ...]:
    asked = Lookup(name="x", connector="payments", kind=kind, field=field, value=number)
    return (
        looked(side.reader, asked) if isinstance(side, ServerSide) else looked(side.payments, asked)
    )


def test_an_order_is_found_with_what_the_rules_need(side: Side) -> None:
    """Everything that bounds a refund comes from the record, amounts in the minor unit."""
    charge = side.has_order("1042", 4990, "eur", customer="cus_1", email="ada@example.com")
    side.has_refund(charge, 990)
    (order,) = _look(side, "order", "1042")
    assert (order.kind, order.id) == ("order", charge)
    assert order.fields == {
        "number": "1042",
        "customer": "cus_1",
        "email": "ada@example.com",
        "amount_minor": "4990",
        "currency": "EUR",
        "refunded_minor": "990",
        "paid": "true",
        "disputed": "false",
        "created": "2026-03-01T09:00:00Z",
        "name": "",
        "bought": "Order 1042",
    }


def test_an_orders_version_changes_with_what_matters(side: Side) -> None:
    """A refund, a returned refund and a dispute each give another version; a look gives none."""
    charge = side.has_order("1042", 4990, "eur")
    before = _look(side, "order", "1042")[0].version
    assert _look(side, "order", "1042")[0].version == before
    refund = side.has_refund(charge, 100)
    after = _look(side, "order", "1042")[0].version
    side.the_bank_returns(refund)
    assert _look(side, "order", "1042")[0].version == before
    side.somebody_disputes(charge)
    assert len({before, after, _look(side, "order", "1042")[0].version}) == 3


def test_a_failed_attempt_is_not_the_payment(side: Side) -> None:
    """The charge that took the money is the order's; when all failed, an unpaid order is shown."""
    paid = side.has_order("1042", 4990, "eur")
    side.has_order("1042", 4990, "eur", status="failed")
    side.has_order("1043", 4990, "eur", status="failed")
    assert [one.id for one in _look(side, "order", "1042")] == [paid]
    (unpaid,) = _look(side, "order", "1043")
    assert (unpaid.fields["paid"], unpaid.fields["amount_minor"]) == ("false", "0")


@pytest.mark.parametrize("number", AWKWARD)
def test_an_awkward_number_is_only_a_number(side: Side, number: str) -> None:
    """What a customer writes as a number cannot become another question."""
    side.has_order("1042", 4990, "eur", customer="cus_1")
    assert _look(side, "order", number) == ()
    assert _look(side, "refunds_of_order_customer", number) == ()


def test_an_unknown_question_is_refused(side: Side) -> None:
    """A lookup that the connector does not have is a defect, not an empty answer."""
    for kind, field in (("order", "email"), ("customer", "number")):
        with pytest.raises(Refused, match="no lookup"):
            _look(side, kind, "1042", field)


def test_the_customers_refunds_are_all_there(side: Side) -> None:
    """Across all orders of the customer and beyond one page, of nobody else, whoever made them."""
    side.has_order("1042", 4990, "eur", customer="cus_1")
    made = set()
    for number in range(105):
        charge = side.has_order(f"1-{number}", 5000, "eur", customer="cus_1")
        made.add(side.has_refund(charge, 100))
    made |= {side.has_refund(charge, 10) for _ in range(12)}
    side.has_refund(side.has_order("9", 500, "eur", customer="cus_2"), 100)
    found = _look(side, "refunds_of_order_customer", "1042")
    assert {one.id for one in found} == made
    newest = found[0].fields
    assert (newest["order"], newest["amount_minor"], newest["action_key"]) == ("1-104", "10", "")
    assert {one.kind for one in found} == {"refund"}


def test_a_guests_refunds_are_those_of_the_order(side: Side) -> None:
    """Without a customer's id other orders of the same person are not known."""
    charge = side.has_order("1042", 4990, "eur")
    side.has_refund(side.has_order("1043", 4990, "eur"), 100)
    mine = side.has_refund(charge, 100)
    assert [one.id for one in _look(side, "refunds_of_order_customer", "1042")] == [mine]


@pytest.mark.parametrize(
    ("currency", "stripes", "amount", "minor"),
    [
        ("EUR", 4990, "49.90", "4990"),
        ("JPY", 4800, "4800", "4800"),
        ("KWD", 24500, "24.500", "24500"),
        ("ISK", 4800_00, "4800", "4800"),  # two decimals at Stripe, none in ISO 4217
        ("MGA", 4800, "4800.00", "480000"),  # none at Stripe, two in ISO 4217
    ],
)
def test_an_amount_is_the_same_money_on_both_ends(
    side: Side, currency: str, stripes: int, amount: str, minor: str
) -> None:
    """Stripe's unit is not ISO 4217's minor unit for a few currencies."""
    charge = side.has_order("1042", stripes, currency.lower())
    (order,) = _look(side, "order", "1042")
    assert (order.fields["amount_minor"], order.fields["currency"]) == (minor, currency)
    whole = _euros(amount, currency)
    made = side.payments.refund(charge, whole, "duplicate", "cs-1", "1042")
    assert made.fields["amount_minor"] == str(whole.minor) == minor
    assert [one.amount for one in side.journal()] == [stripes]


@pytest.mark.parametrize(("method", "status"), [("card", "succeeded"), ("sepa_debit", "pending")])
def test_a_refund_is_done_found_and_read_back(side: Side, method: str, status: str) -> None:
    """The action's way from doing to proof; a bank's refund is on its way while it is pending."""
    charge = side.has_order("1042", 4990, "eur", customer="cus_1", method=method)
    params = Refund(
        order="1042",
        charge=charge,
        customer="cus_1",
        amount=_euros("49.90"),
        reason="requested_by_customer",
    )
    assert REFUND.find
    assert REFUND.read_back
    assert REFUND.find(side.payments, params, "cs-1") is None
    receipt = REFUND.do(side.payments, params, "cs-1")
    assert receipt.evidence["status"] == status
    assert REFUND.find(side.payments, params, "cs-1") == receipt
    assert REFUND.find(side.payments, params, "cs-2") is None
    assert REFUND.read_back(side.payments, params, receipt) == REFUND.expected(params)
    (effect,) = side.journal()
    assert (effect.charge, effect.amount, effect.order, effect.key) == (
        charge,
        4990,
        "1042",
        "cs-1",
    )


def test_the_same_key_gives_the_same_refund(side: Side) -> None:
    """Twenty times, eight at once: one effect, and one id in every answer that came."""
    charge = side.has_order("1042", 4990, "eur")

    def once(_: int) -> str:
        try:
            return side.payments.refund(charge, _euros("10.00"), "duplicate", "cs-1", "1042").id
        except Ambiguous:  # another thread's request under the key is running
            return ""

    with ThreadPoolExecutor(8) as threads:
        ids = set(threads.map(once, range(20))) - {""}
    assert len(ids) == 1
    assert len(side.journal()) == 1


def test_what_is_not_there_is_not_found(side: Side) -> None:
    """Reading by id raises NotFound; a charge that is unknown has no refunds."""
    for missing in ("re_none", "", "..", "a/b"):
        with pytest.raises(NotFound):
            side.payments.read(missing)
    assert side.payments.refunds_of("ch_none") == ()
