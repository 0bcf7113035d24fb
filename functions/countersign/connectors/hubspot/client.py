"""HubSpot's public REST API as the ports Crm and Reader. No retries: whoever calls decides them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import httpx

from countersign.actions.crm.fields import DIRECTION, OUTGOING, PROPERTIES
from countersign.actions.crm.shared import UNIQUE
from countersign.actions.field_map import Field, Names, Schema
from countersign.connectors.http import Gate, OpenGate
from countersign.connectors.hubspot.account import (
    make_property,
    owners_of,
    pipelines_of,
    schema_of,
)
from countersign.connectors.hubspot.http import Http, HubSpotAnswer, accepted, faults
from countersign.domain.errors import Ambiguous, CountersignError, NotFound, Refused, Unavailable
from countersign.domain.policy.records import Lookup, Record

_VERSION = {"contacts": "lastmodifieddate"}
_MODIFIED = "hs_lastmodifieddate"
_TO_CONTACT = {"deals": 3, "tasks": 204, "notes": 202}  # HubSpot's own association type ids
_LINKS = {
    "contacts": ("deals", "tasks", "notes"),
    "deals": ("contacts",),
    "tasks": ("contacts",),
    "notes": ("contacts",),
    "emails": ("contacts",),
}
_LOOKUPS = {"deals_of_contact": ("deals", 0), "sent_emails_of_contact": ("emails", 100)}
"""What is associated with a contact, and how many of it at most; 0: all."""
_BATCH = 100  # HubSpot's limit of one batch read


class HubSpot:
    """One account, seen with the rights of `token`; `timeout()` gives the seconds for a call, and
    each request passes `gate`. `names` are the account's own names of our fields:
    `{"deals.amount": "acv"}`.

    Raises Refused for a base URL that would send the token in clear. `transport` is for tests.
    """

    def __init__(
        self,
        base_url: str,
        token: str,
        *,
        timeout: Callable[[], float],
        gate: Gate | None = None,
        names: Names | None = None,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._http = Http(base_url, token, timeout, gate or OpenGate(), transport)
        self._names = names or Names({})

    def __repr__(self) -> str:
        """The account's address, never the token."""
        return f"HubSpot({self._http.host})"

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def look(self, lookups: Sequence[Lookup]) -> Mapping[str, tuple[Record, ...]]:
        """By `email`: `contact`, `deals_of_contact`, or `sent_emails_of_contact`, which are the
        outgoing ones among the latest hundred, since an old acquaintance has thousands. A contact
        is read once, with the ids of what is asked of it."""
        for one in lookups:
            if one.field != "email" or one.kind not in {"contact", *_LOOKUPS}:
                raise Refused(f"the CRM has no lookup {one.kind} by {one.field}")
        by_address: dict[str, list[Lookup]] = {}
        for one in lookups:
            by_address.setdefault(one.value, []).append(one)
        return {
            name: records
            for address, asked in by_address.items()
            for name, records in self._looked(address, asked)
        }

    def _looked(
        self, address: str, lookups: Sequence[Lookup]
    ) -> Iterator[tuple[str, tuple[Record, ...]]]:
        linked = sorted({_LOOKUPS[one.kind][0] for one in lookups if one.kind in _LOOKUPS})
        found = self._found("contacts", "email", address, linked)
        if found is None:
            yield from ((one.name, ()) for one in lookups)
            return
        contact = self._record("contacts", {**found, "associations": {}}, lost=Unavailable)
        for one in lookups:
            of = self._linked(one.kind, found) if one.kind in _LOOKUPS else (contact,)
            yield one.name, of

    def _linked(self, lookup: str, contact: Mapping[str, Any]) -> tuple[Record, ...]:
        kind, latest = _LOOKUPS[lookup]
        ids = sorted({*self._ids(contact, kind)}, key=_by_age)[-latest:]
        batches = (ids[start : start + _BATCH] for start in range(0, len(ids), _BATCH))
        found = (record for batch in batches for record in self._batch(kind, batch))
        return tuple(r for r in found if kind != "emails" or r.fields.get(DIRECTION) == OUTGOING)

    def find(self, kind: str, field: str, value: str) -> Record | None:
        """The object whose unique property `field` is `value`, as `read` gives it, or None."""
        found = self._found(kind, field, value, _LINKS[kind])
        return None if found is None else self._record(kind, found, lost=Unavailable)

    def _found(
        self, kind: str, field: str, value: str, linked: Sequence[str]
    ) -> Mapping[str, Any] | None:
        if not value.strip("."):  # no name of an object in a path
            return None
        query = {
            "idProperty": self._names.theirs(kind, field),
            "properties": self._properties(kind),
            **({"associations": ",".join(linked)} if linked else {}),
        }
        return self._http.read("GET", _path(kind, value), query=query)

    def read(self, kind: str, record_id: str) -> Record:
        """The object by id. What it is associated with is in a field for each kind, as `1,2`: a
        contact's `deals`, `tasks` and `notes`, the `contacts` of the others."""
        query = {"properties": self._properties(kind), "associations": ",".join(_LINKS[kind])}
        found = self._http.read("GET", _path(kind, record_id), query=query)
        if found is None:
            raise NotFound(f"the CRM has no such object among its {kind}")
        return self._record(kind, found, lost=Unavailable)

    def create(self, kind: str, fields: Mapping[str, str], contact: str = "") -> Record:
        """A new object, or the one that has its unique value already.

        Raises Throttled, Unavailable, Refused, or Ambiguous when the answer was lost.
        """
        body: dict[str, Any] = {"properties": self._names.created(kind, fields)}
        if contact:
            body["associations"] = [_to_contact(kind, contact)]
        reply = self._http.write("POST", f"/crm/v3/objects/{kind}", body)
        if self._conflicts(kind, reply):
            return self._existing(kind, fields, reply)
        made = accepted(reply, f"create one of {kind}", self._known(kind, fields), lost=Ambiguous)
        return self._record(kind, made, lost=Ambiguous)

    def update(self, kind: str, record_id: str, fields: Mapping[str, str]) -> Record:
        """Change properties. Raises NotFound, and what `create` raises."""
        body = {"properties": self._names.sent(kind, fields)}
        reply = self._http.write("PATCH", _path(kind, record_id), body)
        if reply.status == httpx.codes.NOT_FOUND:
            raise NotFound(f"the CRM has no such object among its {kind}")
        changed = accepted(
            reply, f"update one of {kind}", self._known(kind, fields), lost=Ambiguous
        )
        return self._record(kind, changed, lost=Ambiguous)

    def archive(self, kind: str, record_id: str) -> None:
        """Put an object away; one that is gone stays gone. Raises what `create` raises."""
        reply = self._http.write("DELETE", _path(kind, record_id), None)
        if reply.status not in (httpx.codes.NO_CONTENT, httpx.codes.NOT_FOUND):
            accepted(reply, f"archive one of {kind}", (), lost=Ambiguous)

    def _existing(self, kind: str, fields: Mapping[str, str], reply: HubSpotAnswer) -> Record:
        name = UNIQUE[kind]
        found = self.find(kind, name, fields.get(name, ""))
        if found:
            return found
        # A contact may have the address as a second one, which is not found by it.
        named = re.search(r"Existing ID: (\d{1,20})\b", str((reply.body or {}).get("message")))
        if named:
            return self.read(kind, named[1])
        raise Unavailable(f"the CRM has this {name} but does not show its object yet; try again")

    def _ids(self, contact: Mapping[str, Any], kind: str) -> Iterator[str]:
        """What of a kind is linked to the contact: as it came with it, or page by page where that
        was not all of it."""
        try:
            came = contact.get("associations", {}).get(kind, {})
            if "paging" not in came:
                yield from (str(one["id"]) for one in came.get("results", ()))
                return
            page = f"/crm/v4/objects/contacts/{quote(contact['id'], safe='')}/associations/{kind}"
            yield from self._paged(page)
        except (KeyError, TypeError, AttributeError):
            raise Unavailable("the CRM's answer about associations is not readable") from None

    def _paged(self, path: str) -> Iterator[str]:
        query = {"limit": "500"}
        while query:
            page = self._http.read("GET", path, query=query) or {}
            yield from (str(one["toObjectId"]) for one in page.get("results", ()))
            after = page.get("paging", {}).get("next", {}).get("after")
            query = {"limit": "500", "after": str(after)} if after else {}

    def _batch(self, kind: str, ids: list[str]) -> Iterable[Record]:
        body = {"properties": self._asked(kind), "inputs": [{"id": one} for one in ids]}
        answer = self._http.read("POST", f"/crm/v3/objects/{kind}/batch/read", body=body) or {}
        results = answer.get("results")
        if not isinstance(results, list) or len(results) != len(ids):
            raise Unavailable(f"the CRM did not give all {len(ids)} {kind}; read them again")
        return [self._record(kind, one, lost=Unavailable) for one in results]

    def schema(self, kind: str) -> Schema:
        """field_map.Described: the properties of the account, and what it requires."""
        return schema_of(self._http, kind)

    def owners(self) -> Mapping[str, str]:
        """field_map.Account: everybody who may own records and has not left."""
        return owners_of(self._http)

    def pipelines(self) -> Mapping[str, tuple[str, ...]]:
        """field_map.Account: the pipelines of deals with their stages."""
        return pipelines_of(self._http)

    def make(self, kind: str, field: Field) -> None:
        """field_map.Account: a property for texts, under the account's own name of it."""
        make_property(self._http, kind, replace(field, name=self._names.theirs(kind, field.name)))

    def _asked(self, kind: str) -> list[str]:
        return [self._names.theirs(kind, name) for name in PROPERTIES[kind]]

    def _properties(self, kind: str) -> str:
        return ",".join((*self._asked(kind), _VERSION.get(kind, _MODIFIED)))

    def _known(self, kind: str, fields: Mapping[str, str]) -> set[str]:
        return {*self._names.created(kind, fields), *self._asked(kind)}

    def _conflicts(self, kind: str, reply: HubSpotAnswer) -> bool:
        # Contacts answer 409; a custom unique property answers 400 with this code.
        code = faults(reply).get(self._names.theirs(kind, UNIQUE[kind]))
        return reply.status == httpx.codes.CONFLICT or code == "CONFLICTING_UNIQUE_VALUE"

    def _record(self, kind: str, found: object, *, lost: type[CountersignError]) -> Record:
        try:
            return self._parsed(kind, found)
        except (KeyError, TypeError, AttributeError, ValueError):
            raise lost(f"the CRM's answer is not one of its {kind}") from None

    def _parsed(self, kind: str, found: Any) -> Record:
        held = found["properties"]
        asked = zip(PROPERTIES[kind], self._asked(kind), strict=True)
        fields = {
            ours: self._names.our_value(kind, ours, held[theirs])
            for ours, theirs in asked
            if held.get(theirs)
        }
        for to, linked in found.get("associations", {}).items():
            ids = ",".join(sorted({str(one["id"]) for one in linked["results"]}))
            fields |= {to: ids} if ids and to in _LINKS[kind] else {}
        version = held.get(_VERSION.get(kind, _MODIFIED)) or found["updatedAt"]
        return Record(kind=kind, id=found["id"], version=version, fields=fields)


def _by_age(object_id: str) -> tuple[int, str]:
    # HubSpot counts its ids up.
    return len(object_id), object_id


def _path(kind: str, key: str) -> str:
    if not key.strip("."):
        raise NotFound(f"an empty id names nothing among the CRM's {kind}")
    return f"/crm/v3/objects/{kind}/{quote(key, safe='')}"


def _to_contact(kind: str, contact: str) -> dict[str, Any]:
    types = [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": _TO_CONTACT[kind]}]
    return {"to": {"id": contact}, "types": types}
