"""Limits of the HTTP API's routes, as API Gateway keeps them before any function is called: the
emulator knows none, and there a page that thousands open would take the time of all functions.

A bucket of tokens for each route that has a limit of its own: `ThrottlingBurstLimit` fit into it,
and `ThrottlingRateLimit` come back a second (Amazon API Gateway Developer Guide, "Throttle requests
to your HTTP APIs").
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

STAGE = "AWS::ApiGatewayV2::Stage"
REFUSED = 429, b'{"message":"Too Many Requests"}'
"""Status and body with which API Gateway turns a request away."""
_PLACE = re.compile(r"\\\{\w+\\\}")


@dataclass
class _Bucket:
    """Of one route."""

    route: re.Pattern[str]
    """Method and path."""
    rate: float
    burst: float
    left: float
    at: float


class RouteThrottles:
    """Of a deployed template; may be asked by several threads."""

    def __init__(
        self, resources: Mapping[str, Any], now: Callable[[], float] = time.monotonic
    ) -> None:
        self._now, self._lock = now, threading.Lock()
        stages = (one["Properties"] for one in resources.values() if one["Type"] == STAGE)
        settings = (one for stage in stages for one in stage.get("RouteSettings", {}).items())
        self._buckets = [_bucket(route, limits, now()) for route, limits in settings]

    def takes(self, method: str, path: str) -> bool:
        """Whether the request reaches its function; one whose route has no limit does."""
        asked = f"{method} {path}"
        with self._lock:
            own = next((one for one in self._buckets if one.route.fullmatch(asked)), None)
            return own is None or self._has_one(own)

    def _has_one(self, of: _Bucket) -> bool:
        now = self._now()
        of.left, of.at = min(of.burst, of.left + (now - of.at) * of.rate), now
        if of.left < 1:
            return False
        of.left -= 1
        return True


def _bucket(route: str, limits: Mapping[str, Any], now: float) -> _Bucket:
    """Full."""
    rate, burst = (float(limits[f"Throttling{one}Limit"]) for one in ("Rate", "Burst"))
    pattern = re.compile(_PLACE.sub("[^/]+", re.escape(route)))
    return _Bucket(pattern, rate, burst, burst, now)
