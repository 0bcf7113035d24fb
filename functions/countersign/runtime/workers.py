"""Work in several threads; what has the same owner is done one after the other, as it came."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from threading import BoundedSemaphore
from types import TracebackType
from typing import Any

WAITING = 8
"""Pieces that wait for each thread; whoever hands out more waits too."""


class _AtOnce(Executor):
    """No thread: done before the next piece is handed out."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        done: Future[Any] = Future()
        done.set_result(fn(*args, **kwargs))
        return done


class Workers:
    """So many threads; 0: the work is done by whoever hands it out."""

    def __init__(self, threads: int) -> None:
        own = [ThreadPoolExecutor(1) for _ in range(threads)]
        self._threads: Sequence[Executor] = own or [_AtOnce()]
        self._room = BoundedSemaphore(WAITING * len(self._threads))
        self._pieces: list[Future[int]] = []

    def __enter__(self) -> Workers:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        """All that was handed out has ended then, or was never begun because of an error."""
        for thread in self._threads:
            thread.shutdown(cancel_futures=error is not None)

    def takes(self, owner: str, work: Callable[[], int]) -> None:
        """Hand out one piece of work, which says how much it did."""
        self._room.acquire()
        thread = self._threads[zlib.crc32(owner.encode()) % len(self._threads)]
        piece = thread.submit(work)
        piece.add_done_callback(lambda _: self._room.release())
        self._pieces.append(piece)

    def done(self) -> int:
        """How much all of them did. Raises what a piece raised."""
        return sum(piece.result() for piece in self._pieces)
