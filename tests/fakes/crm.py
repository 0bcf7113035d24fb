"""A CRM in memory with HubSpot's semantics, for tests that need no server."""

from __future__ import annotations

import itertools
import threading
from collections import deque
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from countersign.actions.crm.fields import DIRECTION, OUTGOING, PROPERTIES
from countersign.actions.crm.shared import UNIQUE
from countersign.connectors.http import Gate, OpenGate
from countersign.connectors.hubspot.http import HubSpotAnswer, accepted
from countersign.domain.errors import Ambiguous, CountersignError, Misconfigured, NotFound, Refused
from countersign.domain.limits.pace import Told
from countersign.domain.policy.records import Lookup, Record
from infra.local.crm.rules import HubSpotRefusal, checked, kind_of
from infra.local.crm.schema import SCHEMA, Kind
from infra.local.crm.seed import owners
from infra.local.demo.database import iso

OWNERS = frozenset(owner["id"] for owner in owners())
_KEY = "countersign_action_key"
_START = 1_772_355_600_000  # 2026-03-01T09:00:00Z; every write is a millisecond later


@dataclass(frozen=True)
class Write:
    """One write that was applied."""

    method: str
    kind: str
    id: str
    fields: Mapping[str, str]
    contact: str = ""
    key: str = ""


@dataclass(frozen=True)
class _Held:
    kind: Kind
    fields: Mapping[str, str]
    updated: int
    contact: str = ""
    created: int = 0


class FakeCrm:
    """Implements Crm and Reader. `journal` has the applied writes, `reads` counts the calls that
    only read; `read_only` is one with the reading token. Failures are planned in order."""

    def __init__(self, *, read_only: bool = False, sellers: Collection[str] = OWNERS) -> None:
        self.journal: list[Write] = []
        self.sellers = sellers
        """Ids of the owners that the account has."""
        self.reads = 0
        self.read_only = read_only
        self._lock = threading.RLock()
        self._objects: dict[str, _Held] = {}
        self._ids = itertools.count(50_001)
        self._times = itertools.count(_START)
        self._errors: deque[CountersignError] = deque()
        self._said: Told | None = None
        self.gate: Gate = OpenGate()
        """What each call passes, as each request of the real one."""
        self.plain = set[str]()
        """Kinds of which the account keeps no action key unique."""
        self._lost = 0
        self._lies = 0

    def has_contact(self, email: str, **fields: str) -> str:
        """There is a contact, not journalled; its id."""
        return self._put("contacts", {"email": email.lower(), **fields})

    def has_deal(self, email: str, **fields: str) -> str:
        """There is a deal of the contact with that e-mail, not journalled; its id."""
        contact = self._by_unique("contacts", "email", email)
        assert contact, f"say has_contact({email!r}) first"
        first = {"dealname": "A deal", "pipeline": "default", "dealstage": "appointmentscheduled"}
        return self._put("deals", {**first, **fields}, contact)

    def somebody_edits(self, record_id: str, **fields: str) -> None:
        """A person changes an object in the CRM's own pages."""
        held = self._objects[record_id]
        changed = {**held.fields, **fields}
        created = held.created or held.updated
        after = replace(held, fields=changed, updated=next(self._times), created=created)
        self._objects[record_id] = after

    def somebody_links(self, record_id: str, contact: str) -> None:
        """A person associates an object with another contact instead."""
        self._objects[record_id] = replace(self._objects[record_id], contact=contact)

    def somebody_mails(self, email: str, at: datetime, **fields: str) -> str:
        """A colleague mails the contact with that e-mail; its id. `fields` may say otherwise."""
        contact = self._by_unique("contacts", "email", email)
        assert contact, f"say has_contact({email!r}) first"
        sent = iso(round(at.timestamp() * 1000))
        first = {"hs_timestamp": sent, DIRECTION: OUTGOING, "hs_email_status": "SENT"}
        return self._put("emails", {**first, **fields}, contact)

    def somebody_deletes(self, record_id: str) -> None:
        """A person removes an object in the CRM's own pages."""
        del self._objects[record_id]

    def fails_with(self, error: CountersignError, times: int = 1) -> None:
        """The next `times` calls, reading or writing, raise `error` and apply nothing."""
        self._errors.extend([error] * times)

    def works_again(self) -> None:
        """What was arranged to fail does not any more."""
        self._errors.clear()

    def loses_the_answer(self, times: int = 1) -> None:
        """The next `times` writes are applied, and their answers are lost."""
        self._lost += times

    def lies(self, times: int = 1) -> None:
        """The next `times` writes are answered as if applied, but are not."""
        self._lies += times

    def holds(self, kind: str, record_id: str) -> Mapping[str, str]:
        """The properties of an object; none when there is no such object."""
        held = self._objects.get(record_id)
        return held.fields if held and held.kind == kind else {}

    def all(self, kind: str) -> tuple[Record, ...]:
        """All objects of a kind, oldest first."""
        return tuple(_record(i, held) for i, held in self._objects.items() if held.kind == kind)

    def look(self, lookups: Sequence[Lookup]) -> Mapping[str, tuple[Record, ...]]:
        """As the port."""
        return {one.name: self._looked(one) for one in lookups}

    def _looked(self, lookup: Lookup) -> tuple[Record, ...]:
        kind = {"deals_of_contact": "deals", "sent_emails_of_contact": "emails"}.get(lookup.kind)
        if lookup.field != "email" or not (kind or lookup.kind == "contact"):
            raise Refused(f"the CRM has no lookup {lookup.kind} by {lookup.field}")
        with self._lock:
            self._admit(writes=False)
            contact = self._by_unique("contacts", "email", lookup.value)
            if not contact or kind is None:
                return (_record(contact, self._objects[contact]),) if contact else ()
            linked = [(i, held) for i, held in self._objects.items() if held.contact == contact]
            found = (_record(i, held) for i, held in linked if held.kind == kind)
            return tuple(r for r in found if kind == "deals" or r.fields[DIRECTION] == OUTGOING)

    def find(self, kind: str, field: str, value: str) -> Record | None:
        """As the port."""
        with self._lock:
            self._admit(writes=False)
            if kind in self.plain and field == _KEY:
                raise Refused(f"the CRM refused to read: 400, {field} is not a unique property")
            found = self._by_unique(kind, field, value)
            return self._whole(found) if found else None

    def _whole(self, record_id: str) -> Record:
        held = self._objects[record_id]
        found = _record(record_id, held)
        links = self._links(record_id, held.kind)
        return found.model_copy(update={"fields": {**found.fields, **links}})

    def read(self, kind: str, record_id: str) -> Record:
        """As the port."""
        with self._lock:
            self._admit(writes=False)
            self._existing(kind, record_id)
            return self._whole(record_id)

    def create(self, kind: str, fields: Mapping[str, str], contact: str = "") -> Record:
        """As the port."""
        with self._lock:
            self._admit(writes=True)
            kind = kind_of(kind)
            stored = {n: v for n, v in _checked(kind, fields, None, self.sellers).items() if v}
            there = self._by_unique(kind, UNIQUE[kind], stored.get(UNIQUE[kind], ""))
            if there and kind not in self.plain:
                return _record(there, self._objects[there])
            if contact and contact not in self._objects:
                raise Refused("the CRM refused to create: 400 VALIDATION_ERROR, association")
            write = Write("POST", kind, str(next(self._ids)), stored, contact, stored.get(_KEY, ""))
            return self._commit(write, _Held(kind, stored, next(self._times), contact))

    def update(self, kind: str, record_id: str, fields: Mapping[str, str]) -> Record:
        """As the port."""
        with self._lock:
            self._admit(writes=True)
            held = self._existing(kind, record_id)
            stored = _checked(held.kind, fields, held.fields, self.sellers)
            other = self._by_unique(kind, UNIQUE[kind], stored.get(UNIQUE[kind], ""))
            if other not in {"", record_id}:
                raise Refused("the CRM refused to update: 409 CONFLICT")
            merged = {name: value for name, value in {**held.fields, **stored}.items() if value}
            created = held.created or held.updated
            after = replace(held, fields=merged, updated=next(self._times), created=created)
            return self._commit(Write("PATCH", kind, record_id, stored), after)

    def archive(self, kind: str, record_id: str) -> None:
        """As the port."""
        with self._lock:
            self._admit(writes=True)
            if not record_id.strip("."):
                raise NotFound("an empty id names nothing")
            held = self._objects.get(record_id)
            if held is None or held.kind != kind:
                return
            self._commit(Write("DELETE", kind, record_id, {}, key=held.fields.get(_KEY, "")), held)

    def tells(self, told: Told | None) -> None:
        """What every answer says of the limit from now on."""
        self._said = told

    def _admit(self, *, writes: bool) -> None:
        self.gate.before()
        self.gate.after(self._said)
        self.reads += not writes
        if self._errors:
            raise self._errors.popleft()
        if writes and self.read_only:
            raise Misconfigured("the CRM does not take our key (403 MISSING_SCOPES)")

    def _commit(self, write: Write, held: _Held) -> Record:
        answer = _record(write.id, held)
        if self._lies:
            self._lies -= 1
            return answer
        self._objects[write.id] = held
        if write.method == "DELETE":
            del self._objects[write.id]
        self.journal.append(write)
        if self._lost:
            self._lost -= 1
            raise Ambiguous("the CRM's answer was lost (ReadTimeout)")
        return answer

    def _by_unique(self, kind: str, name: str, value: str) -> str:
        wanted = value.lower() if name == "email" else value
        matches = (
            record_id
            for record_id, held in self._objects.items()
            if value and held.kind == kind and held.fields.get(name) == wanted
        )
        return next(matches, "")

    def _links(self, record_id: str, kind: str) -> dict[str, str]:
        contact = self._objects[record_id].contact
        if kind != "contacts":
            return {"contacts": contact} if contact else {}
        linked: dict[str, list[str]] = {}
        for other, held in self._objects.items():
            if held.contact == record_id and held.kind != "emails":
                linked.setdefault(held.kind, []).append(other)
        return {to: ",".join(sorted(ids)) for to, ids in linked.items()}

    def _existing(self, kind: str, record_id: str) -> _Held:
        held = self._objects.get(record_id)
        if held is None or held.kind != kind:
            raise NotFound(f"the CRM has no such object among its {kind}")
        return held

    def _put(self, kind: Kind, fields: Mapping[str, str], contact: str = "") -> str:
        assert set(fields) <= set(SCHEMA[kind]), "a property that the CRM does not have"
        record_id = str(next(self._ids))
        self._objects[record_id] = _Held(kind, dict(fields), next(self._times), contact)
        return record_id


def _checked(
    kind: Kind,
    fields: Mapping[str, str],
    held: Mapping[str, str] | None,
    sellers: Collection[str],
) -> dict[str, str]:
    try:
        return checked(kind, dict(fields), held, sellers)
    except HubSpotRefusal as refused:
        reply = HubSpotAnswer(refused.answer.status, refused.answer.body, None)
        accepted(reply, f"write one of {kind}", fields, lost=Ambiguous)
        raise


def _record(record_id: str, held: _Held) -> Record:
    fields = {name: held.fields[name] for name in PROPERTIES[held.kind] if held.fields.get(name)}
    if held.kind == "deals":
        fields["createdate"] = iso(held.created or held.updated)
    return Record(kind=held.kind, id=record_id, version=iso(held.updated), fields=fields)
