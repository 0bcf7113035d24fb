"""The rows of keys in memory, with the conditions of the table."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from countersign.domain.errors import Throttled
from countersign.domain.limits.circuit_breaker import Breaker
from countersign.domain.limits.pace import (
    Booking,
    Grant,
    Row,
    booked,
    given_back,
    moment,
    slowed,
    when,
)
from countersign.domain.ports import KeyState


class FakeLimits:
    """ports.KeyLimits. `reads`, `writes` and `refusals` count."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._keys: dict[str, KeyState] = {}
        self.reads = self.writes = self.refusals = 0
        self.given_back = 0
        self._crowds: dict[str, float] = {}
        self._restless = ""
        self._deaf: set[str] = set()
        self._unread: set[str] = set()
        self._away: dict[str, int] = {}

    def state(self, key: str) -> KeyState:
        self.reads += 1
        if key in self._unread:
            raise Throttled("AWS asks to slow down")
        return self.seen(key)

    def book(self, key: str, booking: Booking) -> tuple[bool, KeyState]:
        if key in self._away:
            self._away[key] -= 1
            if self._away[key] < 0:
                raise Throttled("AWS asks to slow down")
        if key == self._restless:
            held = self.seen(key)
            row = held.row.model_copy(update={"shift": held.row.shift + 1})
            self._keys[key] = replace(held, row=row)
        resting = self.seen(key).breaker.resting(when(booking.at))
        paused = self.seen(key).paused.keys() & {"", booking.wish.workflow}
        stored = not (resting or paused) and self._moves(key, lambda row: booked(row, booking))
        state = self.seen(key)
        if key in self._crowds:
            self.is_busy(key, when(booking.at), self._crowds[key])
        return stored, state

    def give_back(self, key: str, grant: Grant, requests: int) -> None:
        if self._moves(key, lambda row: given_back(row, grant, requests)):
            self.given_back += requests

    def slow(self, key: str, seen: int, now: datetime, until: datetime) -> KeyState:
        if key in self._deaf:
            raise Throttled("AWS asks to slow down")
        self._moves(key, lambda row: slowed(row, seen, now, until))
        return self.seen(key)

    def replace(self, before: Breaker, after: Breaker) -> bool:
        with self._lock:
            held = self.seen(before.key)
            if held.breaker != before:
                return False
            self.writes += 1
            self._keys[before.key] = replace(held, breaker=after)
            return True

    def pause(self, key: str, said: str, workflow: str = "") -> None:
        held = self.seen(key)
        self._keys[key] = replace(held, paused={**held.paused, workflow: said})

    def resume(self, key: str, workflow: str = "") -> None:
        held = self.seen(key)
        paused = {name: said for name, said in held.paused.items() if name != workflow}
        self._keys[key] = replace(held, paused=paused)

    def seen(self, key: str) -> KeyState:
        """The key as it stands, for a test that looks."""
        return self._keys.get(key) or KeyState(Row(), Breaker(key=key))

    def rests(self, breaker: Breaker) -> None:
        """Arrange: a breaker stands like this."""
        self._keys[breaker.key] = replace(self.seen(breaker.key), breaker=breaker)

    def is_busy(self, key: str, now: datetime, seconds: float, *, holder: str = "") -> None:
        """Arrange: so many seconds of others' turns are ahead, in the queue and in the lane; all of
        them are `holder`'s."""
        ends = moment(now + timedelta(seconds=seconds))
        held = {holder: ends} if holder else {}
        row = Row(queue=ends, lane=ends if not holder else 0, held=held)
        self._keys[key] = replace(self.seen(key), row=row)

    def is_crowded(self, key: str, seconds: float) -> None:
        """Arrange: after each booking others fill queue and lane for so long."""
        self._crowds[key] = seconds

    def cannot_be_slowed(self, key: str) -> None:
        """Arrange: the table is busy whenever turns are to be moved."""
        self._deaf.add(key)

    def is_away(self, key: str, *, after: int = 0) -> None:
        """Arrange: after so many bookings the table is busy whenever one is to be made."""
        self._away[key] = after

    def cannot_be_read(self, key: str) -> None:
        """Arrange: the table is busy whenever the row is read."""
        self._unread.add(key)

    def is_never_as_guessed(self, key: str) -> None:
        """Arrange: somebody slows the row down whenever it was read."""
        self._restless = key

    def _moves(self, key: str, move: Callable[[Row], Row | None]) -> bool:
        with self._lock:
            held = self.seen(key)
            row = move(held.row)
            if row is None:
                self.refusals += 1
                return False
            self.writes += 1
            self._keys[key] = replace(held, row=row)
            return True
