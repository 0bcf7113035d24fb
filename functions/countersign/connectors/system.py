"""Time and randomness of the machine."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from datetime import UTC, datetime

CONNECTOR_SECONDS, LEAST_SECONDS = 10.0, 1.0
"""How long one call to an outside system may take, at most and at least."""


class SystemClock:
    """The machine's clock, in UTC."""

    def now(self) -> datetime:
        """The present."""
        return datetime.now(UTC)


class SystemIds:
    """The machine's source of randomness."""

    def token(self, bits: int) -> str:
        """URL-safe random text of at least `bits` bits."""
        return secrets.token_urlsafe((bits + 7) // 8)

    def salt(self) -> str:
        """128 random bits as hex."""
        return secrets.token_hex(16)

    def digits(self, count: int) -> str:
        """`count` random decimal digits, each number as likely as any other."""
        return f"{secrets.randbelow(10**count):0{count}d}"


def pause(seconds: float) -> None:
    """Let time pass."""
    time.sleep(max(0.0, seconds))


class Deadline:
    """When the present invocation's time-out comes, by a clock that nobody sets."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._ends: float | None = None

    def begins(self, seconds: float) -> None:
        """An invocation begins that has so much time."""
        self._ends = self._monotonic() + seconds

    def share(self) -> float:
        """Seconds that one call to an outside system may take: a third of what is left, so that the
        function lives to say that there was no answer."""
        if self._ends is None:
            return CONNECTOR_SECONDS
        return min(CONNECTOR_SECONDS, max(LEAST_SECONDS, (self._ends - self._monotonic()) / 3))
