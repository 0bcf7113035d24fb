"""The ramp: how much a new sending domain may send in a day, until receivers know it.

A receiver that never saw a domain takes a sudden flood for spam. The steps are the usual ones of
providers' own guides (a doubling each day); a stage whose domain is known already has none.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

STEPS: tuple[int, ...] = (500, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 64_000, 128_000)
"""Mails in any 24 hours, by the day since the domain's first one."""
FORGOTTEN = timedelta(days=30)
"""Receivers forget a domain that was silent for so long: it begins anew."""


def most_on(steps: Sequence[int], since: datetime, now: datetime) -> int | None:
    """The most that may go out in the 24 hours up to `now`; None: no step bounds it any more."""
    day = max(0, (now - since) // timedelta(days=1))
    return steps[day] if day < len(steps) else None


def days_for(steps: Sequence[int], mails: int) -> int:
    """The whole days that the steps alone make of so many mails; 0: they go out at once."""
    days = 0
    for step in steps:
        if mails <= step:
            return days
        mails -= step
        days += 1
    return days
