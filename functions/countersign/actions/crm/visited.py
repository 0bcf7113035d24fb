"""The CRM as one visit of Act knows it: what it has read, it does not ask again."""

from __future__ import annotations

from collections.abc import Mapping

from countersign.actions.crm.shared import UNIQUE
from countersign.domain.policy.records import Record
from countersign.domain.ports import Crm

_Asked = tuple[str, str, str]
"""Kind, unique property, value."""


class VisitedCrm:
    """ports.Crm, with the memory of one visit.

    Reading by id always asks, since it is how a write is checked. Finding by a unique value is
    answered by what was read since the last write to that kind: what an action is going to change
    is read once, its contact is known to the next one, and what it left is what its read-back saw.
    What is linked to a remembered contact may have grown by what the visit made for it since.
    """

    def __init__(self, crm: Crm) -> None:
        self._crm = crm
        self._ids: dict[_Asked, str] = {}
        """What each value was found to name; empty: nothing."""
        self._records: dict[tuple[str, str], Record] = {}

    def find(self, kind: str, field: str, value: str) -> Record | None:
        """As the port."""
        asked = (kind, field, value.lower() if field == "email" else value)
        known = self._records.get((kind, self._ids.get(asked, "")))
        if known is not None or self._ids.get(asked) == "":
            return known
        found = self._crm.find(kind, field, value)
        self._ids[asked] = found.id if found else ""
        return self._kept(found) if found else None

    def read(self, kind: str, record_id: str) -> Record:
        """As the port."""
        self._records.pop((kind, record_id), None)
        return self._kept(self._crm.read(kind, record_id))

    def create(self, kind: str, fields: Mapping[str, str], contact: str = "") -> Record:
        """As the port."""
        self._forget(kind)
        return self._crm.create(kind, fields, contact)

    def update(self, kind: str, record_id: str, fields: Mapping[str, str]) -> Record:
        """As the port."""
        self._forget(kind)
        return self._crm.update(kind, record_id, fields)

    def archive(self, kind: str, record_id: str) -> None:
        """As the port."""
        self._forget(kind)
        self._crm.archive(kind, record_id)

    def _kept(self, record: Record) -> Record:
        self._records[record.kind, record.id] = record
        unique = UNIQUE[record.kind]
        if unique in record.fields:
            self._ids[record.kind, unique, record.fields[unique]] = record.id
        return record

    def _forget(self, kind: str) -> None:
        """All that was read of the kind, and that something is not there; not which id is whose."""
        self._records = {asked: held for asked, held in self._records.items() if asked[0] != kind}
        self._ids = {asked: one for asked, one in self._ids.items() if one or asked[0] != kind}
