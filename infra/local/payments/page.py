"""The demo payments server's page: orders, refunds and the journal for a person to look at."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from infra.local.demo_page import rendered, table
from infra.local.payments.rules import Charge, Refund
from infra.local.payments.store import Store, iso

# Stripe's own units (docs.stripe.com/currencies), of the currencies that are shown here.
_DECIMALS = {"jpy": 0, "krw": 0, "vnd": 0, "bhd": 3, "jod": 3, "kwd": 3, "omr": 3, "tnd": 3}


def page(store: Store) -> str:
    """The page as HTML."""
    with store.transaction():
        charges, refunds = store.charges(), store.refunds()
    orders = {charge.id: charge.order for charge in charges}
    tables = (
        table(
            "Orders",
            ("Order", "Paid", "Given back", "Who", "When", "State", "Charge"),
            [_charge(one) for one in charges],
        ),
        table(
            "Refunds",
            ("Refund", "Order", "Amount", "Reason", "When", "State", "Action key"),
            [_refund(one, orders) for one in refunds],
        ),
        table(
            "Journal of effects",
            ("No.", "When", "Refund", "Order", "Amount", "Idempotency key"),
            [_entry(one) for one in reversed(store.journal())],
        ),
    )
    about = "A stand-in for Stripe on this machine. No money moves; all people are made up."
    return rendered("Demo payments", about, "/payments/journal.json", tables)


def _charge(held: Charge) -> tuple[str, ...]:
    return (
        held.order,
        _amount(held.amount, held.currency),
        _amount(held.refunded, held.currency) if held.refunded else "",
        f"{held.name} <{held.email}>",
        iso(held.created),
        "disputed" if held.disputed else held.status,
        held.id,
    )


def _refund(held: Refund, orders: Mapping[str, str]) -> tuple[str, ...]:
    return (
        held.id,
        orders.get(held.charge, ""),
        _amount(held.amount, held.currency),
        held.reason,
        iso(held.created),
        held.status,
        held.metadata.get("action_key", ""),
    )


def _entry(entry: Mapping[str, Any]) -> tuple[str, ...]:
    amount = _amount(entry["amount"], entry["currency"])
    return (str(entry["n"]), entry["at"], entry["id"], entry["order"], amount, entry["key"])


def _amount(amount: int, currency: str) -> str:
    decimals = _DECIMALS.get(currency, 2)
    whole, rest = divmod(amount, 10**decimals)
    point = f".{rest:0{decimals}d}" if decimals else ""
    return f"{whole:,}{point} {currency.upper()}"
