"""Faults that tests switch on in the demo CRM, and its rate limit."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Literal, get_args

from infra.local.crm_rules import ApiError

Fault = Literal["unavailable", "throttle", "error_after", "drop_after", "slow", "lie"]
"""503 before anything is applied · 429 · applied, then 500 · applied, then the connection is cut ·
applied, then answered late · answered as if applied, but it was not."""
Which = Literal["any", "reads", "writes"]

_FAULTS: Mapping[str, Fault] = {name: name for name in get_args(Fault)}
_WHICH: Mapping[str, Which] = {name: name for name in get_args(Which)}

WINDOW = 10.0
"""Seconds over which requests are counted."""


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


def planned(faults: Faults, body: Mapping[str, object]) -> None:
    """Plan what the body of `POST /crm/_faults` asks for. Raises ApiError 400."""
    fault, which = _FAULTS.get(str(body.get("fault"))), _WHICH.get(str(body.get("which", "any")))
    times, seconds = body.get("times", 1), body.get("seconds", 1.0)
    if body.get("fault") == "none":
        faults.clear()
    elif fault and which and isinstance(times, int) and isinstance(seconds, int | float):
        faults.next(fault, times, which, float(seconds))
    else:
        known = ", ".join(("none", *get_args(Fault)))
        raise ApiError(400, "VALIDATION_ERROR", f"`fault` is one of: {known}")


class RateLimit:
    """At most `most` requests of one key in any ten seconds, like HubSpot's rolling limit."""

    def __init__(self, most: int, clock: Callable[[], float]) -> None:
        self._most = most
        self._clock = clock
        self._lock = threading.Lock()
        self._seen: dict[str, deque[float]] = {}

    def count(self, key: str) -> dict[str, str]:
        """Count a request and give the headers that tell what is left. Raises ApiError 429."""
        with self._lock:
            now = self._clock()
            seen = self._seen.setdefault(key, deque())
            while seen and seen[0] <= now - WINDOW:
                seen.popleft()
            if len(seen) >= self._most:
                raise too_many(seen[0] + WINDOW - now, self._headers(0))
            seen.append(now)
            return self._headers(self._most - len(seen))

    def _headers(self, left: int) -> dict[str, str]:
        return {
            "X-HubSpot-RateLimit-Max": str(self._most),
            "X-HubSpot-RateLimit-Remaining": str(left),
            "X-HubSpot-RateLimit-Interval-Milliseconds": str(int(WINDOW * 1000)),
        }


def too_many(seconds: float, headers: Mapping[str, str]) -> ApiError:
    """429: come back in `seconds`."""
    return ApiError(
        429,
        "RATE_LIMITS",
        "You have reached your ten_secondly_rolling limit.",
        errorType="RATE_LIMIT",
        policyName="TEN_SECONDLY_ROLLING",
        headers={**headers, "Retry-After": str(max(1, -int(-seconds // 1)))},
    )
