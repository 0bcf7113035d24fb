"""The demo payments server's SQLite file: tables, transactions, saved answers and the journal."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

KEPT = 86_400
"""Seconds for which an idempotency key keeps its answer: Stripe's 24 hours."""

_TABLES = """
CREATE TABLE IF NOT EXISTS charges (
    n INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, customer TEXT NOT NULL,
    transfer_group TEXT NOT NULL, body TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS charges_by_customer ON charges (customer, n);
CREATE INDEX IF NOT EXISTS charges_by_group ON charges (transfer_group, n);
CREATE TABLE IF NOT EXISTS refunds (
    n INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, charge TEXT NOT NULL,
    body TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS refunds_by_charge ON refunds (charge, n);
CREATE TABLE IF NOT EXISTS search_index (
    n INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL, body TEXT NOT NULL, visible_at REAL);
CREATE TABLE IF NOT EXISTS answers (
    key TEXT PRIMARY KEY, request TEXT NOT NULL, status INTEGER NOT NULL, body TEXT NOT NULL,
    at REAL NOT NULL);
CREATE TABLE IF NOT EXISTS journal (n INTEGER PRIMARY KEY AUTOINCREMENT, entry TEXT NOT NULL);
"""


@dataclass(frozen=True)
class Saved:
    """The answer that an idempotency key keeps, and what was asked under it."""

    request: str
    status: int
    body: Any


class Database:
    """One connection, used by one thread at a time; `clock` gives seconds since 1970."""

    def __init__(self, database: Path, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = threading.RLock()
        self._db = sqlite3.connect(database, check_same_thread=False, isolation_level=None)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=NORMAL")
        self._db.executescript(_TABLES)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._db.close()

    def now(self) -> float:
        """Seconds since 1970."""
        return self._clock()

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

    def saved(self, key: str) -> Saved | None:
        """The answer kept under `key`, for 24 hours."""
        row = self._db.execute(
            "SELECT request, status, body FROM answers WHERE key = ? AND at > ?",
            (key, self.now() - KEPT),
        ).fetchone()
        return Saved(row[0], row[1], json.loads(row[2])) if row else None

    def save(self, key: str, answer: Saved) -> None:
        """Keep an answer under `key`."""
        row = (key, answer.request, answer.status, json.dumps(answer.body), self.now())
        self._db.execute("INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?, ?)", row)

    def record(self, **entry: Any) -> None:
        """Add an effect to the journal, inside the transaction that applies it."""
        line = json.dumps({"at": iso(self.now()), **entry})
        self._db.execute("INSERT INTO journal (entry) VALUES (?)", (line,))

    def journal(self, after: int = 0) -> list[dict[str, Any]]:
        """The applied effects after the one numbered `after`, in their order."""
        with self._lock:
            rows = self._db.execute(
                "SELECT n, entry FROM journal WHERE n > ? ORDER BY n", (after,)
            ).fetchall()
        return [{"n": n, **json.loads(entry)} for n, entry in rows]


def iso(seconds: float) -> str:
    """`2026-03-01T09:00:00Z` for seconds since 1970."""
    return f"{datetime.fromtimestamp(int(seconds), UTC):%Y-%m-%dT%H:%M:%SZ}"
