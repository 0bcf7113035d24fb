"""HubSpot's public REST API as the ports Crm and Reader. No retries: whoever calls decides them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import quote

import httpx

from countersign.connectors.hubspot_http import Http, Reply, accepted, faults
from countersign.domain.errors import Ambiguous, CountersignError, NotFound, Refused, Unavailable
from countersign.domain.records import Lookup, Record

PROPERTIES: Mapping[str, tuple[str, ...]] = {
    "contacts": (
        "email",
        "hs_additional_emails",
        "firstname",
        "lastname",
        "phone",
        "company",
        "country",
        "hs_language",
        "hubspot_owner_id",
        "lifecyclestage",
        "hs_email_optout",
    ),
    "deals": (
        "dealname",
        "pipeline",
        "dealstage",
        "amount",
        "deal_currency_code",
        "hubspot_owner_id",
        "description",
        "closedate",
        "closed_lost_reason",
        "createdate",
        "countersign_action_key",
    ),
    "tasks": (
        "hs_task_subject",
        "hs_task_body",
        "hs_timestamp",
        "hs_task_status",
        "hs_task_priority",
        "hs_task_type",
        "hubspot_owner_id",
        "countersign_action_key",
    ),
}
"""What is read of each object. `countersign_action_key` is ours: a text property with unique
values that the account needs on deals and on tasks. Everything else is HubSpot's own."""

UNIQUE: Mapping[str, str] = {
    "contacts": "email",
    "deals": "countersign_action_key",
    "tasks": "countersign_action_key",
}
"""The property of each object type that no two objects share."""

_VERSION = {"contacts": "lastmodifieddate"}
_MODIFIED = "hs_lastmodifieddate"
_TO_CONTACT = {"deals": 3, "tasks": 204}  # HubSpot's own association type ids
_BATCH = 100  # HubSpot's limit of one batch read


class HubSpot:
    """One account, seen with the rights of `token`; `timeout()` gives the seconds for a call.

    Raises Refused for a base URL that would send the token in clear. `transport` is for tests.
    """

    def __init__(
        self,
        base_url: str,
        token: str,
        *,
        timeout: Callable[[], float],
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._http = Http(base_url, token, timeout, transport)

    def __repr__(self) -> str:
        """The account's address, never the token."""
        return f"HubSpot({self._http.host})"

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def look(self, lookup: Lookup) -> tuple[Record, ...]:
        """`contact` by `email`, or `deals_of_contact` by `email`."""
        if lookup.field != "email" or lookup.kind not in {"contact", "deals_of_contact"}:
            raise Refused(f"the CRM has no lookup {lookup.kind} by {lookup.field}")
        contact = self.find("contacts", "email", lookup.value)
        if contact is None:
            return ()
        return (contact,) if lookup.kind == "contact" else self._deals(contact.id)

    def find(self, kind: str, field: str, value: str) -> Record | None:
        """The object whose unique property `field` is `value`, or None."""
        if not value.strip("."):  # no name of an object in a path
            return None
        query = {"idProperty": field, "properties": _properties(kind)}
        found = self._http.read("GET", _path(kind, value), query=query)
        return None if found is None else _record(kind, found, lost=Unavailable)

    def read(self, kind: str, record_id: str) -> Record:
        """The object by id; a deal's or task's contacts are in the field `contacts`, as `1,2`."""
        query = {"properties": _properties(kind)}
        if kind in _TO_CONTACT:
            query["associations"] = "contacts"
        found = self._http.read("GET", _path(kind, record_id), query=query)
        if found is None:
            raise NotFound(f"the CRM has no such object among its {kind}")
        return _record(kind, found, lost=Unavailable)

    def create(self, kind: str, fields: Mapping[str, str], contact: str = "") -> Record:
        """A new object, or the one that has its unique value already.

        Raises Throttled, Unavailable, Refused, or Ambiguous when the answer was lost.
        """
        body: dict[str, Any] = {"properties": dict(fields)}
        if contact:
            body["associations"] = [_to_contact(kind, contact)]
        reply = self._http.write("POST", f"/crm/v3/objects/{kind}", body)
        if _conflicts(kind, reply):
            return self._existing(kind, fields, reply)
        made = accepted(reply, f"create one of {kind}", _names(kind, fields), lost=Ambiguous)
        return _record(kind, made, lost=Ambiguous)

    def update(self, kind: str, record_id: str, fields: Mapping[str, str]) -> Record:
        """Change properties. Raises NotFound, and what `create` raises."""
        reply = self._http.write("PATCH", _path(kind, record_id), {"properties": dict(fields)})
        if reply.status == httpx.codes.NOT_FOUND:
            raise NotFound(f"the CRM has no such object among its {kind}")
        changed = accepted(reply, f"update one of {kind}", _names(kind, fields), lost=Ambiguous)
        return _record(kind, changed, lost=Ambiguous)

    def _existing(self, kind: str, fields: Mapping[str, str], reply: Reply) -> Record:
        name = UNIQUE[kind]
        found = self.find(kind, name, fields.get(name, ""))
        if found:
            return found
        # A contact may have the address as a second one, which is not found by it.
        named = re.search(r"Existing ID: (\d{1,20})\b", str((reply.body or {}).get("message")))
        if named:
            return self.read(kind, named[1])
        raise Unavailable(f"the CRM has this {name} but does not show its object yet; try again")

    def _deals(self, contact_id: str) -> tuple[Record, ...]:
        ids = list(dict.fromkeys(self._deal_ids(contact_id)))
        batches = (ids[start : start + _BATCH] for start in range(0, len(ids), _BATCH))
        return tuple(deal for batch in batches for deal in self._batch("deals", batch))

    def _deal_ids(self, contact_id: str) -> Iterator[str]:
        path = f"/crm/v4/objects/contacts/{quote(contact_id, safe='')}/associations/deals"
        query = {"limit": "500"}
        while query:
            page = self._http.read("GET", path, query=query) or {}
            try:
                yield from (str(one["toObjectId"]) for one in page.get("results", ()))
                after = page.get("paging", {}).get("next", {}).get("after")
            except (KeyError, TypeError, AttributeError):
                raise Unavailable("the CRM's answer about associations is not readable") from None
            query = {"limit": "500", "after": str(after)} if after else {}

    def _batch(self, kind: str, ids: list[str]) -> Iterable[Record]:
        body = {"properties": PROPERTIES[kind], "inputs": [{"id": one} for one in ids]}
        answer = self._http.read("POST", f"/crm/v3/objects/{kind}/batch/read", body=body) or {}
        results = answer.get("results")
        if not isinstance(results, list) or len(results) != len(ids):
            raise Unavailable(f"the CRM did not give all {len(ids)} {kind}; read them again")
        return [_record(kind, one, lost=Unavailable) for one in results]


def _properties(kind: str) -> str:
    return ",".join((*PROPERTIES[kind], _VERSION.get(kind, _MODIFIED)))


def _names(kind: str, fields: Mapping[str, str]) -> set[str]:
    return {*fields, *PROPERTIES[kind]}


def _path(kind: str, key: str) -> str:
    if not key.strip("."):
        raise NotFound(f"an empty id names nothing among the CRM's {kind}")
    return f"/crm/v3/objects/{kind}/{quote(key, safe='')}"


def _to_contact(kind: str, contact: str) -> dict[str, Any]:
    types = [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": _TO_CONTACT[kind]}]
    return {"to": {"id": contact}, "types": types}


def _conflicts(kind: str, reply: Reply) -> bool:
    # Contacts answer 409; a custom unique property answers 400 with this code.
    code = faults(reply).get(UNIQUE[kind])
    return reply.status == httpx.codes.CONFLICT or code == "CONFLICTING_UNIQUE_VALUE"


def _record(kind: str, found: object, *, lost: type[CountersignError]) -> Record:
    try:
        return _parsed(kind, found)
    except (KeyError, TypeError, AttributeError, ValueError):
        raise lost(f"the CRM's answer is not one of its {kind}") from None


def _parsed(kind: str, found: Any) -> Record:
    held = found["properties"]
    fields = {name: held[name] for name in PROPERTIES[kind] if held.get(name)}
    linked = found.get("associations", {}).get("contacts", {}).get("results", ())
    contacts = ",".join(dict.fromkeys(str(one["id"]) for one in linked))
    if contacts:
        fields["contacts"] = contacts
    version = held.get(_VERSION.get(kind, _MODIFIED)) or found["updatedAt"]
    return Record(kind=kind, id=found["id"], version=version, fields=fields)
