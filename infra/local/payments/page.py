"""What the demo payments server's page shows: orders, refunds and the journal of effects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from infra.local.demo.database import iso
from infra.local.demo.page import Row, Table
from infra.local.payments.rules import Charge, Refund
from infra.local.payments.store import PaymentsStore

# Stripe's own units (docs.stripe.com/currencies), of the currencies that are shown here.
_DECIMALS = {"jpy": 0, "krw": 0, "vnd": 0, "bhd": 3, "jod": 3, "kwd": 3, "omr": 3, "tnd": 3}


def tables(store: PaymentsStore) -> Sequence[Table]:
    """Orders, refunds and the journal of effects."""
    charges = store.charges()
    orders = {charge.id: charge.order for charge in charges}
    return (
        Table(
            "Orders",
            ("Order", "Paid", "Given back", "Who", "When", "State", "Charge"),
            [_charge(one) for one in charges],
        ),
        Table(
            "Refunds",
            ("Refund", "Order", "Amount", "Reason", "When", "State", "Action key"),
            [_refund(one, orders) for one in store.refunds()],
        ),
        Table(
            "Journal of effects",
            ("No.", "When", "Refund", "Order", "Amount", "Idempotency key"),
            [_entry(one) for one in reversed(store.journal())],
        ),
    )


def _charge(held: Charge) -> Row:
    return (
        held.order,
        _amount(held.amount, held.currency),
        _amount(held.refunded, held.currency) if held.refunded else "",
        f"{held.name} <{held.email}>",
        iso(held.created * 1000),
        "disputed" if held.disputed else held.status,
        held.id,
    )


def _refund(held: Refund, orders: Mapping[str, str]) -> Row:
    return (
        held.id,
        orders.get(held.charge, ""),
        _amount(held.amount, held.currency),
        held.reason,
        iso(held.created * 1000),
        held.status,
        held.metadata.get("action_key", ""),
    )


def _entry(entry: Mapping[str, Any]) -> Row:
    amount = _amount(entry["amount"], entry["currency"])
    return (str(entry["n"]), entry["at"], entry["id"], entry["order"], amount, entry["key"])


def _amount(amount: int, currency: str) -> str:
    decimals = _DECIMALS.get(currency, 2)
    whole, rest = divmod(amount, 10**decimals)
    point = f".{rest:0{decimals}d}" if decimals else ""
    return f"{whole:,}{point} {currency.upper()}"
