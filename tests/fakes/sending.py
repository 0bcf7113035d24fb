"""The row of the account's sending in memory, with the conditions of the table."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from countersign.domain.campaigns.quota import booked, rolled
from countersign.domain.campaigns.sending import Booking, Reading, Roll, Row, Said


class FakeSendingLimits:
    """quota.SendingLimits. `writes` and `refusals` count."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._row = Row()
        self.writes = self.refusals = 0

    def row(self) -> Row:
        return self._row

    def book(self, booking: Booking) -> tuple[bool, Row]:
        return self._moves(lambda row: booked(row, booking))

    def roll(self, roll: Roll) -> tuple[bool, Row]:
        return self._moves(lambda row: rolled(row, roll))

    def keep(self, before: Reading | None, after: Reading) -> bool:
        def kept(row: Row) -> Row | None:
            same = (row.reading.at if row.reading else None) == (before.at if before else None)
            return replace(row, reading=after) if same else None

        return self._moves(kept)[0]

    def says(self, at: datetime, *, quota: int, rate: int, sent: int = 0) -> None:
        """Arrange: SES was asked just now, and said this."""
        base = self._row.reading.mark if self._row.reading else 0
        mark = self._row.taken
        said = Reading(at=at, sent=sent, quota=quota, rate=rate, base=base, mark=mark)
        self._row = replace(self._row, reading=said)

    def _moves(self, move: Callable[[Row], Row | None]) -> tuple[bool, Row]:
        with self._lock:
            row = move(self._row)
            if row is None:
                self.refusals += 1
                return False, self._row
            self.writes += 1
            self._row = row
            return True, row


class FakeSendingAccount:
    """sending.SendingAccount. `asked` counts."""

    def __init__(self) -> None:
        self.says = Said(sent=0, quota=50_000, rate=200, allowed=True)
        self.asked = 0

    def said(self) -> Said:
        self.asked += 1
        return self.says
