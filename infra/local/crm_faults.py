"""Faults that tests switch on in the demo CRM, and its rate limit."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Mapping
from typing import Literal, TypeAlias, get_args

from infra.local import faults
from infra.local.crm_rules import ApiError

Fault = Literal["unavailable", "throttle", "error_after", "drop_after", "slow", "lie"]
"""503 before anything is applied · 429 · applied, then 500 · applied, then the connection is cut ·
applied, then answered late · answered as if applied, but it was not."""
Faults: TypeAlias = faults.Faults[Fault]
Plan: TypeAlias = faults.Plan[Fault]

_FAULTS: Mapping[str, Fault] = {name: name for name in get_args(Fault)}

WINDOW = 10.0
"""Seconds over which requests are counted."""


def no_faults() -> Faults:
    """No fault is planned yet."""
    return faults.Faults(_FAULTS)


def planned(held: Faults, body: Mapping[str, object]) -> None:
    """Plan what the body of `POST /crm/_faults` asks for. Raises ApiError 400."""
    try:
        held.ask(body)
    except faults.UnknownFaultError as unknown:
        raise ApiError(400, "VALIDATION_ERROR", str(unknown)) from None


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
        headers={**headers, **faults.wait_header(seconds)},
    )
