"""The demo CRM's SQLite file: its tables, transactions, sellers and the journal of writes."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from infra.local.crm_rules import iso

_TABLES = """
CREATE TABLE IF NOT EXISTS objects (
    id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, properties TEXT NOT NULL,
    created INTEGER NOT NULL, updated INTEGER NOT NULL, archived INTEGER NOT NULL DEFAULT 0);
CREATE INDEX IF NOT EXISTS objects_by_kind ON objects (kind, id);
CREATE TABLE IF NOT EXISTS unique_values (
    kind TEXT, name TEXT, value TEXT, id INTEGER NOT NULL, PRIMARY KEY (kind, name, value));
CREATE TABLE IF NOT EXISTS associations (
    from_id INTEGER, to_kind TEXT, to_id INTEGER, type_id INTEGER NOT NULL,
    PRIMARY KEY (from_id, to_kind, to_id));
CREATE TABLE IF NOT EXISTS search_index (
    n INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT, id INTEGER, properties TEXT,
    archived INTEGER, visible_at INTEGER);
CREATE INDEX IF NOT EXISTS search_by_kind ON search_index (kind, id, n);
CREATE TABLE IF NOT EXISTS owners (
    id TEXT PRIMARY KEY, email TEXT, first TEXT, last TEXT, team TEXT);
CREATE TABLE IF NOT EXISTS journal (n INTEGER PRIMARY KEY AUTOINCREMENT, entry TEXT NOT NULL);
INSERT OR IGNORE INTO sqlite_sequence (name, seq) SELECT 'objects', 50000
    WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'objects');
"""


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

    def now(self) -> int:
        """Milliseconds since 1970."""
        return int(self._clock() * 1000)

    @contextmanager
    def transaction(self, *, pretend: bool = False) -> Iterator[None]:
        """All or nothing; with `pretend` always nothing, whatever the answer said."""
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("ROLLBACK" if pretend else "COMMIT")

    def add_owner(self, owner: Mapping[str, str]) -> None:
        """Store a seller (`id`, `email`, `first`, `last`, `team`)."""
        self._db.execute("INSERT INTO owners VALUES (:id, :email, :first, :last, :team)", owner)

    def owners(self) -> list[dict[str, str]]:
        """All sellers."""
        rows = self._db.execute("SELECT id, email, first, last, team FROM owners ORDER BY id")
        return [dict(zip(("id", "email", "first", "last", "team"), r, strict=True)) for r in rows]

    def owner_ids(self) -> frozenset[str]:
        """The ids of all sellers."""
        return frozenset(owner["id"] for owner in self.owners())

    def record(self, **entry: Any) -> None:
        """Add a write to the journal, inside the transaction that applies it."""
        line = json.dumps({"at": iso(self.now()), **entry})
        self._db.execute("INSERT INTO journal (entry) VALUES (?)", (line,))

    def journal(self, after: int = 0) -> list[dict[str, Any]]:
        """The applied writes after the one numbered `after`, in their order."""
        with self._lock:
            rows = self._db.execute(
                "SELECT n, entry FROM journal WHERE n > ? ORDER BY n", (after,)
            ).fetchall()
        return [{"n": n, **json.loads(entry)} for n, entry in rows]
