"""Looking until a target shows what it was told: an answer comes before every reader sees it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

from countersign.deps import Deps
from countersign.runtime import Call

MARGIN = timedelta(seconds=10)
"""What a function keeps of its time to record how it ended."""
FIRST_PAUSE, LONGEST_PAUSE = 0.2, 1.0
"""Seconds between two looks; they double."""

SeenT = TypeVar("SeenT")


def seen(
    deps: Deps,
    call: Call,
    settle: timedelta,
    look: Callable[[], SeenT],
    good: Callable[[SeenT], bool],
) -> SeenT:
    """What `look` finds once it is `good`, or when the settle time, or the call's, is over."""
    ends = deps.clock.now() + settle
    if call.ends_at:
        ends = min(ends, call.ends_at - MARGIN)
    pause = FIRST_PAUSE
    while True:
        found = look()
        left = (ends - deps.clock.now()).total_seconds()
        if left <= 0 or good(found):
            return found
        deps.pause(min(pause, left))
        pause = min(2 * pause, LONGEST_PAUSE)
