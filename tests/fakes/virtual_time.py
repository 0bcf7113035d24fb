"""Time for hundreds of threads: it stands while any of them works, and goes on to the next one's
moment when all of them wait. Nobody waits in truth."""

from __future__ import annotations

import heapq
import itertools
import threading
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from greenlet import getcurrent, greenlet  # type: ignore[import-untyped] # it has no stubs


class VirtualTime:
    """ports.Clock and ports.Pause, for the threads that `runs` starts."""

    def __init__(self, at: datetime) -> None:
        self._now = at
        self._lock = threading.Lock()
        self._order = itertools.count()
        self._sleepers: list[tuple[datetime, int, threading.Event]] = []
        self._busy = 0
        self._failed: list[BaseException] = []

    def now(self) -> datetime:
        return self._now

    def pauses(self, seconds: float) -> None:
        """The thread that calls waits; at once over when `seconds` are not positive."""
        if seconds <= 0:
            return
        woken = threading.Event()
        with self._lock:
            at = self._now + timedelta(seconds=seconds)
            heapq.heappush(self._sleepers, (at, next(self._order), woken))
            self._leaves()
        woken.wait()

    def runs(self, works: Iterable[Callable[[], None]]) -> None:
        """All of them side by side, until the last one ends. Raises what the first one raised."""
        threads = [threading.Thread(target=self._works, args=(one,), daemon=True) for one in works]
        self._busy += len(threads)
        for one in threads:
            one.start()
        for one in threads:
            one.join()
        if self._failed:
            raise self._failed[0]

    def _works(self, work: Callable[[], None]) -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - told to whoever started it
            self._failed.append(error)
        finally:
            with self._lock:
                self._leaves()

    def _leaves(self) -> None:
        """One works no more: when it was the last one, time goes on to whoever is next."""
        self._busy -= 1
        if self._busy or not self._sleepers:
            return
        self._now = max(self._now, self._sleepers[0][0])
        while self._sleepers and self._sleepers[0][0] <= self._now:
            self._busy += 1
            heapq.heappop(self._sleepers)[2].set()


class GreenTime:
    """The same for a million waits, in one thread: each work is a greenlet, and whoever waits hands
    over to the one whose moment comes next."""

    def __init__(self, at: datetime) -> None:
        self._now = at
        self._order = itertools.count()
        self._sleepers: list[tuple[datetime, int, greenlet]] = []
        self._hub = getcurrent()

    def now(self) -> datetime:
        return self._now

    def pauses(self, seconds: float) -> None:
        """As above."""
        if seconds > 0:
            self._waits(getcurrent(), self._now + timedelta(seconds=seconds))
            self._hub.switch()

    def runs(self, works: Iterable[Callable[[], None]]) -> None:
        """As above."""
        self._hub = getcurrent()
        for one in works:
            self._waits(greenlet(one), self._now)
        while self._sleepers:
            at, _, next_ = heapq.heappop(self._sleepers)
            self._now = max(self._now, at)
            next_.switch()

    def _waits(self, who: greenlet, at: datetime) -> None:
        heapq.heappush(self._sleepers, (at, next(self._order), who))
