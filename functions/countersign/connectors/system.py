"""Time and randomness of the machine."""

from __future__ import annotations

import secrets
import time
from datetime import UTC, datetime


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
