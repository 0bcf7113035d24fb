"""The way from one request back to the inbox, in words."""

from __future__ import annotations

from countersign.pages.inbox import MOST

HOME = "Back to the inbox"


def way_back(waits: int) -> str:
    """The link from a decision back to the inbox, in words."""
    if not waits:
        return f"{HOME}: nothing else waits for you"
    more = f"more than {MOST}" if waits > MOST else str(waits)
    return f"Next: {more} more {'waits' if waits == 1 else 'wait'} for you"
