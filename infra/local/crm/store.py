"""The demo CRM's records: created, changed, found by unique value, and searched with a delay."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from infra.local.crm.rules import HubSpotRefusal, checked, conflict, kind_of
from infra.local.crm.schema import ASSOCIATIONS, CREATED, MODIFIED, SCHEMA, Kind
from infra.local.demo.database import Database, iso


@dataclass(frozen=True)
class CrmObject:
    """One object. Times are milliseconds since 1970; `properties` are what somebody has set."""

    id: int
    kind: Kind
    properties: Mapping[str, str]
    created: int
    updated: int
    archived: bool

    def all(self) -> dict[str, str]:
        """The properties with the ones that the CRM keeps itself."""
        return {
            **self.properties,
            "hs_object_id": str(self.id),
            CREATED[self.kind]: iso(self.created),
            MODIFIED[self.kind]: iso(self.updated),
        }


class CrmStore(Database):
    """All records."""

    schema = """
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
INSERT OR IGNORE INTO sqlite_sequence (name, seq) SELECT 'objects', 50000
    WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'objects');
"""

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

    def create(self, kind: Kind, wanted: object, to: Sequence[tuple[int, int]] = ()) -> CrmObject:
        """A new object, associated with the objects `to` ((id, type id) pairs).

        Raises HubSpotRefusal.
        """
        filled = checked(kind, wanted, None, self.owner_ids())
        properties = {name: value for name, value in filled.items() if value}
        now = self.now()
        cursor = self._db.execute(
            "INSERT INTO objects (kind, properties, created, updated) VALUES (?, ?, ?, ?)",
            (kind, json.dumps(properties), now, now),
        )
        made = CrmObject(int(cursor.lastrowid or 0), kind, properties, now, now, archived=False)
        self._claim_unique(made)
        for other, type_id in to:
            self._associate(made, other, type_id)
        self._index(made)
        return made

    def update(self, held: CrmObject, wanted: object) -> CrmObject:
        """Change properties; an empty text clears one. Raises HubSpotRefusal."""
        changes = checked(held.kind, wanted, held.properties, self.owner_ids())
        merged = {n: v for n, v in {**held.properties, **changes}.items() if v}
        updated = max(self.now(), held.updated + 1)  # so that every write gives a new version
        after = replace(held, properties=merged, updated=updated)
        self._save(after)
        self._claim_unique(after)
        return after

    def archive(self, held: CrmObject) -> None:
        """Put an object away; its unique values are free again."""
        updated = max(self.now(), held.updated + 1)
        self._db.execute("DELETE FROM unique_values WHERE id = ?", (held.id,))
        self._save(replace(held, updated=updated, archived=True))

    def opt_out(self, held: CrmObject) -> None:
        """Unsubscribe a contact from all e-mail, as a person does by a link, not by this API."""
        self._save(replace(held, properties={**held.properties, "hs_email_optout": "true"}))

    def get(self, kind: Kind, key: str, by: str = "") -> CrmObject | None:
        """The live object whose id, or whose unique property `by`, is `key`."""
        if not by or by == "hs_object_id":
            return self._by_id(kind, key)
        known = SCHEMA[kind].get(by)
        if known is None or not known.unique:
            raise HubSpotRefusal(400, "VALIDATION_ERROR", f"{by[:100]} is not a unique property")
        value = key.lower() if known.format == "email" else key
        row = self._db.execute(
            "SELECT id FROM unique_values WHERE kind = ? AND name = ? AND value = ?",
            (kind, by, value),
        ).fetchone()
        return self._by_id(kind, str(row[0])) if row else None

    def associated(self, held: CrmObject, to: Kind) -> list[tuple[int, int]]:
        """(id, type id) of the live objects of kind `to` that `held` is associated with."""
        return self._db.execute(
            "SELECT a.to_id, a.type_id FROM associations a JOIN objects o ON o.id = a.to_id"
            " WHERE a.from_id = ? AND a.to_kind = ? AND o.archived = 0 ORDER BY a.to_id",
            (held.id, to),
        ).fetchall()

    def searchable(self, kind: Kind) -> Iterable[tuple[int, dict[str, str]]]:
        """(id, properties) as search sees them: each object as of its last indexed write."""
        rows = self._db.execute(
            "SELECT id, properties, archived, MAX(n) FROM search_index"
            " WHERE kind = ? AND visible_at <= ? GROUP BY id",
            (kind, self.now()),
        ).fetchall()
        return [(row[0], json.loads(row[1])) for row in rows if not row[2]]

    def newest(self, kind: Kind) -> list[CrmObject]:
        """All objects, the newest first, archived ones too."""
        rows = self._db.execute(
            "SELECT id, kind, properties, created, updated, archived FROM objects"
            " WHERE kind = ? ORDER BY id DESC",
            (kind,),
        )
        return [_object(row) for row in rows]

    def _by_id(self, kind: Kind, key: str) -> CrmObject | None:
        if not (key.isascii() and key.isdecimal() and len(key) < 19):  # noqa: PLR2004 - fits SQLite's integer
            return None
        row = self._db.execute(
            "SELECT id, kind, properties, created, updated, archived FROM objects"
            " WHERE kind = ? AND id = ? AND archived = 0",
            (kind, int(key)),
        ).fetchone()
        return _object(row) if row else None

    def _save(self, held: CrmObject) -> None:
        self._db.execute(
            "UPDATE objects SET properties = ?, updated = ?, archived = ? WHERE id = ?",
            (json.dumps(held.properties), held.updated, held.archived, held.id),
        )
        self._index(held)

    def _claim_unique(self, held: CrmObject) -> None:
        self._db.execute("DELETE FROM unique_values WHERE id = ?", (held.id,))
        for name in (p.name for p in SCHEMA[held.kind].values() if p.unique):
            value = held.properties.get(name)
            other = value and self.get(held.kind, value, name)
            if other:
                raise conflict(held.kind, str(other.id))
            if value:
                row = (held.kind, name, value, held.id)
                self._db.execute("INSERT INTO unique_values VALUES (?, ?, ?, ?)", row)

    def _associate(self, held: CrmObject, other: int, type_id: int) -> None:
        row = self._db.execute(
            "SELECT kind FROM objects WHERE id = ? AND archived = 0", (other,)
        ).fetchone()
        to = kind_of(row[0]) if row else None
        if to is None or ASSOCIATIONS.get((held.kind, to)) != type_id:
            raise HubSpotRefusal(400, "VALIDATION_ERROR", "One or more associations are not valid")
        for pair in ((held.id, to, other, type_id), (other, held.kind, held.id, None)):
            back = ASSOCIATIONS[(to, held.kind)] if pair[3] is None else type_id
            self._db.execute(
                "INSERT OR REPLACE INTO associations VALUES (?, ?, ?, ?)", (*pair[:3], back)
            )

    def _index(self, held: CrmObject) -> None:
        self._db.execute(
            "INSERT INTO search_index (kind, id, properties, archived, visible_at)"
            " VALUES (?, ?, ?, ?, ?)",
            (held.kind, held.id, json.dumps(held.all()), held.archived, self.searchable_at()),
        )


def _object(row: Sequence[Any]) -> CrmObject:
    return CrmObject(
        id=row[0],
        kind=row[1],
        properties=json.loads(row[2]),
        created=row[3],
        updated=row[4],
        archived=bool(row[5]),
    )
