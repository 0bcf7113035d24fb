"""Faults that tests switch on in the demo payments server."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypeAlias, get_args

from infra.local import faults
from infra.local.payments_rules import ApiError

Fault = Literal[
    "unavailable", "throttle", "error_before", "error_after", "drop_after", "slow", "lie"
]
"""503 before anything is applied or saved · 429 · nothing applied, and a 500 saved under the key ·
applied, and a 500 saved under the key · applied, then the connection is cut · applied, then
answered late (the key is in use until then) · answered as if applied, but it was not."""
Faults: TypeAlias = faults.Faults[Fault]
Plan: TypeAlias = faults.Plan[Fault]

_FAULTS: Mapping[str, Fault] = {name: name for name in get_args(Fault)}


def no_faults() -> Faults:
    """No fault is planned yet."""
    return faults.Faults(_FAULTS)


def planned(held: Faults, params: Mapping[str, object]) -> None:
    """Plan what `POST /payments/_faults` asks for (a form). Raises ApiError 400."""
    try:
        held.ask(params)
    except faults.UnknownFaultError as unknown:
        raise ApiError(400, str(unknown), param="fault") from None


def too_many(seconds: float) -> ApiError:
    """429: come back in `seconds`."""
    return ApiError(
        429,
        "Too many requests; slow down.",
        code="rate_limit",
        headers=faults.wait_header(seconds),
    )


def server_error() -> ApiError:
    """500, which an idempotency key keeps like any other answer."""
    return ApiError(500, "Something went wrong here.", type_="api_error", executed=True)
