"""Time that can be moved, for demonstrations on one machine; every other stage has real time."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from countersign.connectors.system import SystemClock

if TYPE_CHECKING:
    from countersign.domain.ports import Clock

MOVABLE = "local"
"""The only stage whose time can be moved."""
KEPT_FOR = 1.0
"""Seconds for which a process goes on with the offset that it read last."""


class Offset(Protocol):
    """How far the clock is moved."""

    def read(self) -> timedelta:
        """The offset; zero when nobody has moved the clock."""

    def write(self, offset: timedelta) -> None:
        """Move the clock to real time plus `offset`."""


class VirtualClock:
    """Real time plus an offset that is read at most once a second."""

    def __init__(
        self, offset: Offset, real: Clock, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._offset = offset
        self._real = real
        self._monotonic = monotonic
        self._held: tuple[float, timedelta] | None = None

    def now(self) -> datetime:
        """The present as everybody in this stage sees it."""
        at = self._monotonic()
        if self._held is None or at - self._held[0] >= KEPT_FOR:
            self._held = at, self._offset.read()
        return self._real.now() + self._held[1]


def clock_of(stage: str, offset: Callable[[], Offset]) -> Clock:
    """The clock of a stage. Nothing but the stage `local` ever asks for an offset."""
    return VirtualClock(offset(), SystemClock()) if stage == MOVABLE else SystemClock()
