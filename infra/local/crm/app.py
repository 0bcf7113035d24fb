"""The demo CRM: a small real HTTP server in HubSpot's public REST shape, for one machine."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from infra.local.crm.api import archive, associations, batch_read, create, owners, read, update
from infra.local.crm.auth import Answer, CrmCall, Door, RateLimit, no_faults, planned
from infra.local.crm.page import SAFE_HEADERS, page
from infra.local.crm.rules import ApiError, kind_of
from infra.local.crm.schema import DEFAULTS, SCHEMA, Property, PropertyType, Schema
from infra.local.crm.store import Store
from infra.local.faults import for_this_machine

_FIELD_TYPES: Mapping[PropertyType, str] = {
    "string": "text",
    "number": "number",
    "datetime": "date",
    "enumeration": "select",
    "bool": "booleancheckbox",
}


@dataclass(frozen=True)
class Describing:
    """The calls, for one schema."""

    schema: Schema

    def properties(self, store: Store, call: CrmCall) -> Answer:  # noqa: ARG002 - no record is read
        """`GET /crm/v3/properties/{kind}`: every property."""
        known = self.schema[kind_of(call.path["kind"])].values()
        return Answer(200, {"results": [described(one) for one in known]})

    def schemas(self, store: Store, call: CrmCall) -> Answer:  # noqa: ARG002 - as above
        """`GET /crm/v3/schemas/{kind}`: the object type, and what is required to create one."""
        kind = kind_of(call.path["kind"])
        known = self.schema[kind].values()
        body = {
            "name": kind.removesuffix("s").upper(),
            "properties": [described(one) for one in known],
            "requiredProperties": [one.name for one in known if one.required],
        }
        return Answer(200, body)


def described(known: Property) -> dict[str, Any]:
    """The property as HubSpot shows it. Owners are kept elsewhere: it lists none."""
    elsewhere = {"externalOptions": True, "referencedObjectType": "OWNER"}
    return {
        "name": known.name,
        "label": known.label,
        "type": known.type,
        "fieldType": _FIELD_TYPES[known.type],
        **(elsewhere if known.format == "owner" else {}),
        "options": [{"label": o, "value": o, "hidden": False} for o in known.options],
        "hasUniqueValue": known.unique,
        "hubspotDefined": not known.name.startswith("countersign_"),
        "modificationMetadata": {"readOnlyValue": known.read_only},
    }


LARGEST_PAGE = 200

_OPERATORS: Mapping[str, Callable[[str, Mapping[str, Any]], bool]] = {
    "EQ": lambda held, f: held.lower() == str(f.get("value", "")).lower(),
    "NEQ": lambda held, f: held.lower() != str(f.get("value", "")).lower(),
    "IN": lambda held, f: held in map(str, f.get("values", ())),
    "NOT_IN": lambda held, f: held not in map(str, f.get("values", ())),
    "HAS_PROPERTY": lambda held, _: bool(held),
    "NOT_HAS_PROPERTY": lambda held, _: not held,
    "CONTAINS_TOKEN": lambda held, f: str(f.get("value", "")).strip("*").lower() in held.lower(),
    "GTE": lambda held, f: bool(held) and held >= str(f.get("value", "")),
    "LTE": lambda held, f: bool(held) and held <= str(f.get("value", "")),
}


def search(store: Store, call: CrmCall) -> Answer:
    """`POST /crm/v3/objects/{kind}/search`: what the index knows by now, a page at a time."""
    kind = kind_of(call.path["kind"])
    groups = _groups(call.body.get("filterGroups", []), SCHEMA[kind])
    limit, after = _whole(call.body.get("limit", 10)), _whole(call.body.get("after", 0))
    if limit > LARGEST_PAGE:
        raise ApiError(400, "VALIDATION_ERROR", f"A page has at most {LARGEST_PAGE} results")
    hits = [(i, held) for i, held in store.searchable(kind) if _matches(groups, held)]
    names = ["hs_object_id", *(call.body.get("properties") or DEFAULTS[kind])]
    page = [
        {"id": str(i), "properties": {n: held.get(n) for n in names}, "archived": False}
        for i, held in hits[after : after + limit]
    ]
    body: dict[str, Any] = {"total": len(hits), "results": page}
    if after + limit < len(hits):
        body["paging"] = {"next": {"after": str(after + limit)}}
    return Answer(200, body)


def _groups(wanted: object, known: Mapping[str, Any]) -> list[list[Mapping[str, Any]]]:
    try:
        groups = [list(group["filters"]) for group in wanted]  # type: ignore[attr-defined]  # checked by the except
        fine = all(
            f["operator"] in _OPERATORS and f["propertyName"] in known for g in groups for f in g
        )
    except (KeyError, TypeError):
        fine = False
    if not fine:
        raise ApiError(400, "VALIDATION_ERROR", "There was a problem with the filters")
    return groups


def _matches(groups: list[list[Mapping[str, Any]]], held: Mapping[str, str]) -> bool:
    return not groups or any(all(_passes(f, held) for f in group) for group in groups)


def _passes(wanted: Mapping[str, Any], held: Mapping[str, str]) -> bool:
    return _OPERATORS[wanted["operator"]](held.get(wanted["propertyName"], ""), wanted)


def _whole(value: object) -> int:
    text = str(value)
    if not (text.isascii() and text.isdecimal() and len(text) < 7):  # noqa: PLR2004 - HubSpot ends at 10,000
        raise ApiError(400, "VALIDATION_ERROR", "`limit` and `after` are whole numbers")
    return int(text)


def crm_app(
    database: Path,
    *,
    token_write: str,
    token_read: str,
    lag: tuple[float, float] = (2.0, 10.0),
    rate: int = 100,
    clock: Callable[[], float] = time.time,
    schema: Schema = SCHEMA,
) -> Starlette:
    """The CRM over `database`, all paths below `/crm`.

    `lag`: shortest and longest delay in seconds until search sees a write. `rate`: requests per
    token in ten seconds. `schema`: what it says that it has; tests leave out what they like, and
    writes are still checked against the whole. `app.state.faults` plans faults, `app.state.store`
    has the records; close the store when the app is mounted in another one, which then does not run
    its lifespan.
    """
    store = Store(database, clock, lag)
    door = Door(store, no_faults(), RateLimit(rate, clock), token_write, token_read)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        store.close()

    app = Starlette(routes=_routes(door, Describing(schema)), lifespan=lifespan)
    app.state.store = store
    app.state.faults = door.faults
    return app


def _routes(door: Door, describing: Describing) -> list[Route]:
    objects = "/crm/v3/objects/{kind}"
    one = objects + "/{id:path}"
    reads = (
        ("POST", objects + "/search", search),
        ("POST", objects + "/batch/read", batch_read),
        ("GET", one, read),
        ("GET", "/crm/v4/objects/{kind}/{id}/associations/{to}", associations),
        ("GET", "/crm/v3/properties/{kind}", describing.properties),
        ("GET", "/crm/v3/schemas/{kind}", describing.schemas),
        ("GET", "/crm/v3/owners", owners),
    )
    writes = (
        ("POST", objects, create),
        ("PATCH", one, update),
        ("DELETE", one, archive),
    )
    return [
        *(Route(p, door.guarded(h, writes=False), methods=[m]) for m, p, h in reads),
        *(Route(p, door.guarded(h, writes=True), methods=[m]) for m, p, h in writes),
        Route("/crm/_faults", _faults(door), methods=["POST"]),
        Route("/crm/journal.json", _journal(door.store)),
        Route("/crm", _page(door.store)),
    ]


def _faults(door: Door) -> Callable[[Request], object]:
    def plan(_: Store, call: CrmCall) -> Answer:
        planned(door.faults, call.body)
        return Answer(204)

    unfailing = Door(door.store, no_faults(), door.limit, door.token_write, door.token_read)
    return for_this_machine(unfailing.guarded(plan, writes=True))


def _journal(store: Store) -> Callable[[Request], Response]:
    def endpoint(request: Request) -> Response:
        after = request.query_params.get("after", "0")[:18]
        entries = store.journal(int(after) if after.isascii() and after.isdecimal() else 0)
        return JSONResponse({"entries": entries}, headers=SAFE_HEADERS)

    return endpoint


def _page(store: Store) -> Callable[[Request], Response]:
    def endpoint(_: Request) -> Response:
        return HTMLResponse(page(store), headers=SAFE_HEADERS)

    return endpoint
