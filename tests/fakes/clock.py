"""The virtual clock's offset, and a process's own stopwatch."""

from __future__ import annotations

from datetime import timedelta


class FakeOffset:
    """virtual_clock.Offset in memory; `reads` counts what would be queries."""

    def __init__(self, offset: timedelta = timedelta()) -> None:
        self._offset = offset
        self.reads = 0

    def read(self) -> timedelta:
        self.reads += 1
        return self._offset

    def write(self, offset: timedelta) -> None:
        self._offset = offset


class Forbidden:
    """An offset that nobody may ask for."""

    def read(self) -> timedelta:
        raise AssertionError("the clock's row was read")

    def write(self, offset: timedelta) -> None:  # noqa: ARG002 - the port's shape
        raise AssertionError("the clock's row was written")


class Stopwatch:
    """Monotonic seconds that move when a test says so."""

    def __init__(self) -> None:
        self._seconds = 100.0

    def __call__(self) -> float:
        return self._seconds

    def runs(self, seconds: float) -> None:
        """Time passes in this process."""
        self._seconds += seconds
