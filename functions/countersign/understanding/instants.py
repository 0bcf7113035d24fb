"""Times as outside systems write them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


def instant(text: str) -> datetime | None:
    """ISO 8601, in UTC where it names no zone, or milliseconds since 1970; None for all else."""
    try:
        if text.isdecimal():
            return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=int(text))
        at = datetime.fromisoformat(text)
    except (ValueError, OverflowError):
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)
