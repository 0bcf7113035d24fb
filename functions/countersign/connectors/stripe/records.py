"""Stripe's charges and refunds as our records."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from countersign.actions.payments import ORDER, USUAL_PLACES, OrderPlace
from countersign.domain.canonical import canonical, digest
from countersign.domain.money import exponent
from countersign.domain.policy.records import Record

# docs.stripe.com/currencies, "zero-decimal currencies" and "special cases".
_EXPONENTS: Mapping[str, int] = {"ISK": 2, "UGX": 2, "MGA": 0}
"""Stripe's decimals where they are not ISO 4217's."""
_UNITS: Mapping[str, int] = dict.fromkeys(("BHD", "JOD", "KWD", "OMR", "TND"), 10)
"""Of what an amount must be a multiple: the last of three decimals is always 0."""


def to_stripe(minor: int, currency: str) -> int:
    """`minor` units (ISO 4217) in Stripe's unit. Raises ValueError when Stripe has no such one."""
    if minor <= 0:
        raise ValueError("an amount to move is above zero")
    amount = _scaled(minor, _decimals(currency) - exponent(currency))
    if amount % _UNITS.get(currency, 1):
        raise ValueError(f"amounts in {currency} end in 0")
    return amount


def from_stripe(amount: int, currency: str) -> int:
    """Stripe's `amount` in minor units (ISO 4217). Raises ValueError when it is not whole."""
    return _scaled(amount, exponent(currency) - _decimals(currency))


def _decimals(currency: str) -> int:
    return _EXPONENTS.get(currency, exponent(currency))


def _scaled(amount: int, places: int) -> int:
    factor = int(10 ** abs(places))
    if places >= 0:
        return amount * factor
    whole, rest = divmod(amount, factor)
    if rest:
        raise ValueError("the amount is no whole number of the smaller unit")
    return whole


ACTION_KEY = "action_key"
"""The metadata in which we write our idempotency key on a refund."""

_FAR = 2**33  # seconds: the year 2242


def order_record(charge: Mapping[str, Any], number: str) -> Record:
    """A charge as the order `number`. Raises KeyError, TypeError or ValueError: not readable."""
    currency = _currency(charge)
    paid = (_flag(charge["paid"]), _flag(charge["captured"])) == ("true", "true")
    billing = charge.get("billing_details") or {}
    fields = {
        "number": number,
        "customer": charge.get("customer") or "",
        "name": billing.get("name") or "",
        "bought": charge.get("description") or "",
        "email": billing.get("email") or charge.get("receipt_email") or "",
        # Captured, not authorised: what was never taken cannot be given back.
        "amount_minor": _minor(charge["amount_captured"], currency),
        "currency": currency,
        "refunded_minor": _minor(charge["amount_refunded"], currency),
        "paid": _flag(paid),
        "disputed": _flag(charge["disputed"]),
        "created": _instant(charge["created"]),
    }
    return _record("order", charge["id"], fields)


def refund_record(refund: Mapping[str, Any], order: str = "") -> Record:
    """A refund; `order` is the number of its charge's order where the refund does not tell."""
    currency = _currency(refund)
    metadata = refund.get("metadata") or {}
    fields = {
        "charge": refund["charge"] or "",
        "order": metadata.get(ORDER) or order,
        "amount_minor": _minor(refund["amount"], currency),
        "currency": currency,
        "status": refund["status"] or "",
        "created": _instant(refund["created"]),
        ACTION_KEY: metadata.get(ACTION_KEY) or "",
    }
    return _record("refund", refund["id"], fields)


@dataclass(frozen=True)
class OrderKey:
    """How a charge says which order it paid: the metadata in which the shop writes it, and the
    places that the stage names."""

    metadata: str = ORDER
    places: tuple[OrderPlace, ...] = USUAL_PLACES

    def numbers(self, charge: Mapping[str, Any]) -> tuple[str, ...]:
        """The numbers that stand there, the shop's own writing first."""
        said = (self._at(one, charge) for one in _PLACES if one in self.places)
        return tuple(filter(None, said))

    def _at(self, place: OrderPlace, charge: Mapping[str, Any]) -> str:
        if place in ("transfer_group", "receipt_number"):
            return charge.get(place) or ""
        # An intent that was not asked for with its charge is an id.
        held = charge.get("payment_intent") if place == "payment_intent" else charge
        metadata = held.get("metadata") if isinstance(held, Mapping) else None
        return (metadata or {}).get(self.metadata) or ""


_PLACES: tuple[OrderPlace, ...] = ("charge", "payment_intent", "transfer_group", "receipt_number")


def _record(kind: str, record_id: str, fields: Mapping[str, str]) -> Record:
    # Stripe gives no time of the last change, so the version is what the record says.
    version = digest(canonical(fields))[:16]
    return Record(kind=kind, id=record_id, version=version, fields=fields)


def _currency(held: Mapping[str, Any]) -> str:
    code = str(held["currency"]).upper()
    if not re.fullmatch("[A-Z]{3}", code):
        raise ValueError("a currency has three letters")
    return code


def _minor(amount: object, currency: str) -> str:
    if type(amount) is not int or amount < 0:
        raise TypeError("an amount is a whole number")
    return str(from_stripe(amount, currency))


def _flag(value: object) -> str:
    if type(value) is not bool:
        raise TypeError("a flag is true or false")
    return str(value).lower()


def _instant(seconds: object) -> str:
    if type(seconds) is not int or not 0 <= seconds < _FAR:
        raise ValueError("a time is a whole number of seconds since 1970")
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%SZ}"
