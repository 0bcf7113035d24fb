"""Faults that tests switch on in the demo payments server."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal, get_args

from infra.local.payments_rules import ApiError

Fault = Literal[
    "unavailable", "throttle", "error_before", "error_after", "drop_after", "slow", "lie"
]
"""503 before anything is applied or saved · 429 · nothing applied, and a 500 saved under the key ·
applied, and a 500 saved under the key · applied, then the connection is cut · applied, then
answered late (the key is in use until then) · answered as if applied, but it was not."""
Which = Literal["any", "reads", "writes"]

_FAULTS: Mapping[str, Fault] = {name: name for name in get_args(Fault)}
_WHICH: Mapping[str, Which] = {name: name for name in get_args(Which)}


@dataclass(frozen=True)
class Plan:
    """What happens to the next `times` requests."""

    fault: Fault
    times: int
    which: Which
    seconds: float


class Faults:
    """The planned faults, in order. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._plans: deque[Plan] = deque()

    def next(
        self, fault: Fault, times: int = 1, which: Which = "any", seconds: float = 1.0
    ) -> None:
        """Let `fault` befall the next `times` requests of that sort, after those planned before.

        `seconds` is the delay of `slow`, and `Retry-After` of `throttle`.
        """
        with self._lock:
            self._plans.append(Plan(fault, times, which, seconds))

    def clear(self) -> None:
        """No more faults."""
        with self._lock:
            self._plans.clear()

    def take(self, *, writes: bool) -> Plan | None:
        """The fault that befalls this request, used up by it."""
        with self._lock:
            plan = self._plans[0] if self._plans else None
            if plan is None or plan.which == ("reads" if writes else "writes"):
                return None
            self._plans.popleft()
            if plan.times > 1:
                self._plans.appendleft(replace(plan, times=plan.times - 1))
            return plan


def planned(faults: Faults, params: Mapping[str, object]) -> None:
    """Plan what `POST /payments/_faults` asks for (a form). Raises ApiError 400."""
    fault = _FAULTS.get(str(params.get("fault")))
    which = _WHICH.get(str(params.get("which", "any")))
    times, seconds = str(params.get("times", "1")), str(params.get("seconds", "1"))
    numbers = times.isdecimal() and seconds.replace(".", "", 1).isdecimal()
    if params.get("fault") == "none":
        faults.clear()
    elif fault and which and numbers:
        faults.next(fault, int(times), which, float(seconds))
    else:
        names = ", ".join(("none", *get_args(Fault)))
        raise ApiError(400, f"`fault` is one of: {names}", param="fault")


def too_many(seconds: float) -> ApiError:
    """429: come back in `seconds`."""
    return ApiError(
        429,
        "Too many requests; slow down.",
        code="rate_limit",
        headers={"Retry-After": str(max(1, -int(-seconds // 1)))},
    )


def server_error() -> ApiError:
    """500, which an idempotency key keeps like any other answer."""
    return ApiError(500, "Something went wrong here.", type_="api_error", executed=True)
