"""A demo system's records: one SQLite connection, with a journal of what was applied."""

from __future__ import annotations

import json
import random
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar

IN_MEMORY = Path(":memory:")
"""SQLite's own name of a database without a file."""
Lag = tuple[float, float]
"""The shortest and the longest delay in seconds until search sees a write."""

_JOURNAL = "CREATE TABLE IF NOT EXISTS journal (n INTEGER PRIMARY KEY AUTOINCREMENT, entry TEXT)"


class Database:
    """One connection, used by one thread at a time; `clock` gives seconds since 1970. Callers hold
    a `transaction` around every method of a subclass."""

    schema: ClassVar[str] = ""
    """The statements that make its own tables."""

    def __init__(self, file: Path, clock: Callable[[], float], lag: Lag = (0.0, 0.0)) -> None:
        self._clock = clock
        self._lag = lag
        self._random = random.Random(0)  # noqa: S311 - a repeatable delay, not a secret
        self._lock = threading.RLock()
        self._db = sqlite3.connect(file, check_same_thread=False, isolation_level=None)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=NORMAL")
        self._db.executescript(self.schema)
        self._db.execute(_JOURNAL)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._db.close()

    def now(self) -> int:
        """Milliseconds since 1970."""
        return int(self._clock() * 1000)

    def searchable_at(self) -> int:
        """When search sees what is written now, in milliseconds since 1970."""
        return self.now() + int(self._random.uniform(*self._lag) * 1000)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing."""
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    @contextmanager
    def part(self, *, pretend: bool) -> Iterator[None]:
        """A part of a transaction that leaves nothing when it fails, or is only pretended."""
        self._db.execute("SAVEPOINT part")
        keep = False
        try:
            yield
            keep = not pretend
        finally:
            if not keep:
                self._db.execute("ROLLBACK TO part")
            self._db.execute("RELEASE part")

    def record(self, **entry: Any) -> None:
        """Add an effect to the journal, inside the transaction that applies it."""
        line = json.dumps({"at": iso(self.now()), **entry})
        self._db.execute("INSERT INTO journal (entry) VALUES (?)", (line,))

    def journal(self, after: int = 0) -> list[dict[str, Any]]:
        """The applied effects after the one numbered `after`, in their order. No transaction."""
        with self._lock:
            rows = self._db.execute(
                "SELECT n, entry FROM journal WHERE n > ? ORDER BY n", (after,)
            ).fetchall()
        return [{"n": n, **json.loads(entry)} for n, entry in rows]


def iso(milliseconds: int) -> str:
    """`2026-03-01T09:00:00.000Z` for milliseconds since 1970."""
    at = datetime.fromtimestamp(milliseconds // 1000, UTC)
    return f"{at:%Y-%m-%dT%H:%M:%S}.{milliseconds % 1000:03d}Z"
