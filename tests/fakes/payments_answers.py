"""Stripe's network replaced by answers that a test writes down."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import httpx

from countersign.actions.field_map import Names
from countersign.actions.payments import USUAL_PLACES, OrderPlace
from countersign.connectors.stripe.client import StripePayments
from countersign.domain.money import Money
from countersign.domain.policy.records import Lookup

KEY = "rk_test_canary_key"
CHARGE = "ch_canary_charge"
TEN = Money(amount=Decimal("10.00"), currency="EUR")
Handler = Callable[[httpx.Request], httpx.Response]


def payments(
    handler: Handler,
    seconds: float = 5.0,
    orders_in: tuple[OrderPlace, ...] = USUAL_PLACES,
    **names: str,
) -> StripePayments:
    """The adapter, its network replaced by `handler`; `names` are the shop's own: `order="no"`."""
    transport = httpx.MockTransport(handler)
    base = "https://pay.example/payments"
    theirs = {f"charges.{ours}": name for ours, name in names.items()}
    return StripePayments(
        base,
        KEY,
        timeout=lambda: seconds,
        transport=transport,
        names=Names(theirs),
        orders_in=orders_in,
    )


def charge(**more: Any) -> dict[str, Any]:
    """A charge of 49.90 EUR for order 1042."""
    held: dict[str, Any] = {
        "id": CHARGE,
        "object": "charge",
        "amount": 4990,
        "amount_captured": 4990,
        "amount_refunded": 0,
        "billing_details": {"email": "ada@example.com"},
        "captured": True,
        "created": 1_772_355_600,
        "currency": "eur",
        "customer": "cus_1",
        "disputed": False,
        "metadata": {"order": "1042"},
        "paid": True,
        "receipt_email": None,
        "status": "succeeded",
        "transfer_group": "1042",
    }
    return {**held, **more}


def refund(**more: Any) -> dict[str, Any]:
    """A refund of 10.00 EUR."""
    held: dict[str, Any] = {
        "id": "re_1",
        "object": "refund",
        "amount": 1000,
        "charge": CHARGE,
        "created": 1_772_355_600,
        "currency": "eur",
        "metadata": {"action_key": "cs-1", "order": "1042"},
        "status": "succeeded",
    }
    return {**held, **more}


def page(*objects: dict[str, Any], more: bool = False) -> dict[str, Any]:
    """One page of a list."""
    return {"object": "list", "url": "/v1/x", "has_more": more, "data": list(objects)}


def answers(status: int, body: object = None, headers: dict[str, str] | None = None) -> Handler:
    """Every call is answered so."""

    def handler(_: httpx.Request) -> httpx.Response:
        return httpx.Response(status, json=body, headers=headers)

    return handler


def raises(error: type[httpx.TransportError]) -> Handler:
    """Every call fails this way."""

    def handler(request: httpx.Request) -> httpx.Response:
        raise error(f"{request.url} {request.headers['authorization']}")

    return handler


def give_back(account: StripePayments) -> object:
    """Ten euros of the charge, under one key."""
    return account.refund(CHARGE, TEN, "duplicate", "cs-1", "1042")


def asked(kind: str, number: str = "1042") -> Lookup:
    """A question about an order."""
    return Lookup(name="x", connector="payments", kind=kind, field="number", value=number)
