"""The budgets of days in memory, with the conditions of the table."""

from __future__ import annotations

import threading

from countersign.domain.errors import Throttled
from countersign.domain.limits import budgets
from countersign.domain.limits.budgets import Amount, Counter, Hold, Raise, Reserving


class FakeBudgets:
    """budgets.Counters. `writes` counts."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rows: dict[str, Counter] = {}
        self._busy = 0
        self.writes = 0

    def counter(self, day: str) -> Counter:
        return self._rows.get(day, Counter(day=day))

    def reserve(self, wanted: Reserving) -> tuple[bool, Counter]:
        with self._lock:
            after = budgets.reserved(self.counter(wanted.seen.day), wanted)
            return self._stored(wanted.seen.day, after)

    def settle(self, day: str, attempt: str, hold: Hold, spent: Amount | None) -> Counter | None:  # noqa: ARG002 - the port's shape
        with self._lock:
            if self._busy:
                self._busy -= 1
                raise Throttled("AWS asks to slow down")
            stored, row = self._stored(day, budgets.settled(self.counter(day), attempt, spent))
            return row if stored else None

    def add(self, day: str, more: Raise) -> Counter:
        with self._lock:
            row = self.counter(day)
            return row if more in row.raises else self._stored(day, budgets.raised(row, more))[1]

    def is_busy(self, times: int) -> None:
        """Arrange: the table is busy for so many settlements."""
        self._busy = times

    def _stored(self, day: str, after: Counter | None) -> tuple[bool, Counter]:
        if after is None:
            return False, self.counter(day)
        self.writes += 1
        self._rows[day] = after
        return True, after
