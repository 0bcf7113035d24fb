"""Why something was rejected: one of a list, for the numbers, beside a person's own words."""

from __future__ import annotations

from enum import StrEnum


class Cause(StrEnum):
    """What a rejection is counted under."""

    FACTS = "wrong facts"
    RECIPIENT = "wrong recipient"
    TONE = "wrong tone"
    NOT_ALLOWED = "not allowed"
    DUPLICATE = "duplicate"
    OTHER = "other"


def in_words(cause: Cause | None, reason: str) -> str:
    """Both together, whichever there is."""
    return ": ".join(part for part in (cause.value if cause else "", reason.strip()) if part)


def explained(cause: Cause | None, reason: str) -> bool:
    """Whether somebody who reads it later knows why."""
    return bool(reason.strip()) or cause not in (None, Cause.OTHER)
