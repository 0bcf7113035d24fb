"""Stripe's charges and refunds as our records."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from countersign.connectors.payments_amounts import from_stripe
from countersign.domain.canonical import canonical, digest
from countersign.domain.records import Record

ORDER = "order"
"""The metadata in which the shop writes the order's number on a charge."""
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


def is_of_order(charge: Mapping[str, Any], number: str) -> bool:
    """Whether the charge says itself that it paid the order `number`."""
    metadata = charge.get("metadata") or {}
    return number in (charge.get("transfer_group"), metadata.get(ORDER))


def number_of(charge: Mapping[str, Any]) -> str:
    """The order's number as the shop wrote it on the charge, or empty."""
    return (charge.get("metadata") or {}).get(ORDER) or charge.get("transfer_group") or ""


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
