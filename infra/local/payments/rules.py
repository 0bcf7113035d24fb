"""What the demo payments server accepts, and its refusals in Stripe's error shape."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from infra.local.demo.answer import DemoAnswer, Refusal

REASONS = frozenset({"duplicate", "fraudulent", "requested_by_customer"})
WHOLE_UNITS = frozenset({"isk", "ugx"})
"""Stripe writes these with two decimals that must be 00 (docs.stripe.com/currencies)."""
LAST_DIGIT_ZERO = frozenset({"bhd", "jod", "kwd", "omr", "tnd"})
"""Stripe's three-decimal currencies, whose last digit must be 0 (the same page)."""

_MOST_METADATA, _LONGEST_NAME, _LONGEST_VALUE = 50, 40, 500  # docs.stripe.com/api/metadata
_LARGEST = 99_999_999


class StripeRefusal(Refusal):
    """A refusal in Stripe's error object. `executed`: it came out of the call itself, so that its
    idempotency key keeps it; what is refused before that (rights, rate, parameters) may be tried
    again under the key."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        code: str = "",
        param: str = "",
        type_: str = "invalid_request_error",
        headers: Mapping[str, str] | None = None,
        executed: bool = False,
    ) -> None:
        told = {"type": type_, "message": message, "code": code, "param": param}
        body = {"error": {name: text for name, text in told.items() if text}}
        super().__init__(message, DemoAnswer(status, body, headers))
        self.executed = executed


@dataclass(frozen=True)
class Charge:
    """One payment of one order. Amounts are in Stripe's unit of the currency, times in seconds."""

    id: str
    order: str
    amount: int
    currency: str
    created: int
    customer: str = ""
    """Empty for a guest."""
    email: str = ""
    name: str = ""
    item: str = ""
    """What was bought, as the shop describes it."""
    grouped: bool = True
    """Whether the shop put the order number into `transfer_group`, not only into the metadata."""
    method: str = "card"
    status: str = "succeeded"
    refunded: int = 0
    disputed: bool = False

    @property
    def paid(self) -> bool:
        """Whether the money came in."""
        return self.status == "succeeded"


@dataclass(frozen=True)
class Refund:
    """Money on its way back."""

    id: str
    charge: str
    amount: int
    currency: str
    created: int
    reason: str = ""
    status: str = "succeeded"
    metadata: Mapping[str, str] = field(default_factory=dict)


def new_id(kind: str) -> str:
    """`ch_…`, `re_…`: never the same twice, also when what had it was only pretended."""
    return f"{kind}_{secrets.token_hex(12)}"


def missing(what: str, param: str, *, executed: bool = False) -> StripeRefusal:
    """404: there is no such object."""
    message = f"There is no such {what}."
    return StripeRefusal(404, message, code="resource_missing", param=param, executed=executed)


def known(params: Mapping[str, Any], names: set[str]) -> None:
    """Raise StripeRefusal for a parameter that the call does not have."""
    for name in params:
        if name not in names:
            raise StripeRefusal(400, "The call has no such parameter.", code="parameter_unknown")


def text(params: Mapping[str, Any], name: str) -> str:
    """A required text. Raises StripeRefusal."""
    value = optional(params, name)
    if not value:
        raise StripeRefusal(400, f"`{name}` is required.", code="parameter_missing", param=name)
    return value


def optional(params: Mapping[str, Any], name: str) -> str:
    """A text, or empty. Raises StripeRefusal for a group of values."""
    value = params.get(name, "")
    if not isinstance(value, str):
        raise StripeRefusal(
            400, f"`{name}` is a text.", code="parameter_invalid_string", param=name
        )
    return value


def whole(params: Mapping[str, Any], name: str, default: int, most: int) -> int:
    """A whole number from 1 to `most`. Raises StripeRefusal."""
    value = params.get(name, str(default))
    fine = isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < 10  # noqa: PLR2004 - fits any unit
    if not fine or not 1 <= int(value) <= most:
        message = f"`{name}` is a whole number from 1 to {most}."
        raise StripeRefusal(400, message, code="parameter_invalid_integer", param=name)
    return int(value)


def metadata_of(params: Mapping[str, Any]) -> dict[str, str]:
    """The metadata within Stripe's limits. Raises StripeRefusal."""
    given = params.get("metadata", {})
    if (
        not isinstance(given, dict)
        or len(given) > _MOST_METADATA
        or not all(
            isinstance(value, str) and len(value) <= _LONGEST_VALUE and len(name) <= _LONGEST_NAME
            for name, value in given.items()
        )
    ):
        raise StripeRefusal(400, "The metadata is not within its limits.", param="metadata")
    return dict(given)


def refund_params(params: Mapping[str, Any]) -> tuple[str, int | None, str, dict[str, str]]:
    """(charge, amount or None for all that is left, reason, metadata). Raises StripeRefusal."""
    known(params, {"charge", "amount", "reason", "metadata"})
    reason = optional(params, "reason")
    if reason and reason not in REASONS:
        raise StripeRefusal(400, "That is no reason for a refund.", param="reason")
    amount = whole(params, "amount", 0, _LARGEST) if "amount" in params else None
    return text(params, "charge"), amount, reason, metadata_of(params)


def refundable(charge: Charge, wanted: int | None) -> int:
    """What goes back, in the charge's currency. Raises StripeRefusal, which a key keeps."""
    left = charge.amount - charge.refunded
    if not charge.paid:
        raise _no("charge_not_refundable", "The charge did not succeed.")
    if charge.disputed:
        raise _no("charge_disputed", "The charge is disputed; the money is with the bank.")
    if left == 0:
        raise _no("charge_already_refunded", "The charge has been refunded in full.")
    amount = left if wanted is None else wanted
    if amount > left:
        raise _no("amount_too_large", "More than is left of the charge.", "amount")
    if _fraction(charge.currency, amount):
        code = "invalid_charge_amount_no_decimal_compatible"
        raise _no(code, "The currency has no such fraction.", "amount")
    return amount


def _fraction(currency: str, amount: int) -> bool:
    unit = 100 if currency in WHOLE_UNITS else 10 if currency in LAST_DIGIT_ZERO else 1
    return amount % unit != 0


def _no(code: str, message: str, param: str = "") -> StripeRefusal:
    return StripeRefusal(400, message, code=code, param=param, executed=True)


_NAME = re.compile(r"([^\[\]]{1,100})((?:\[[^\[\]]{0,100}\]){0,3})")
_MOST = 200


def parsed(raw: bytes) -> dict[str, Any]:
    """The parameters; a list stays a dict of its indexes. Raises StripeRefusal."""
    try:
        pairs = parse_qsl(
            raw.decode(), keep_blank_values=True, strict_parsing=bool(raw), max_num_fields=_MOST
        )
    except ValueError:
        raise StripeRefusal(400, "The parameters are not form-encoded.") from None
    params: dict[str, Any] = {}
    for name, value in pairs:
        _put(params, name, value)
    return params


def _put(params: dict[str, Any], name: str, value: str) -> None:
    matched = _NAME.fullmatch(name)
    if matched is None:
        raise StripeRefusal(400, "A parameter's name is not well formed.")
    *outer, last = [matched[1], *re.findall(r"\[([^\[\]]*)\]", matched[2])]
    inner = params
    for part in outer:
        inner = inner.setdefault(part, {})
        if not isinstance(inner, dict):
            raise StripeRefusal(400, "A parameter is both a value and a group.")
    if last in inner:
        raise StripeRefusal(400, "A parameter is given twice.")
    inner[last] = value
