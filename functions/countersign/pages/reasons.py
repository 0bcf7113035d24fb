"""Why somebody is asked, as one sentence with what was found: the same in mail and inbox."""

from __future__ import annotations

from countersign.domain.policy import Reason


def because(reason: Reason) -> str:
    """`nobody vouches for the sender (found: form; limit: authenticated).`"""
    limit = f"; limit: {reason.threshold}" if reason.threshold else ""
    found = f" (found: {reason.value}{limit})" if reason.value else ""
    return f"{reason.sentence.rstrip('.')}{found}."
