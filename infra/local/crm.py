"""The demo CRM: a small real HTTP server in HubSpot's public REST shape, for one machine."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from infra.local import crm_api
from infra.local.crm_described import Describing
from infra.local.crm_door import Answer, Call, Door
from infra.local.crm_faults import RateLimit, no_faults, planned
from infra.local.crm_page import SAFE_HEADERS, page
from infra.local.crm_schema import SCHEMA, Schema
from infra.local.crm_search import search
from infra.local.crm_store import Store
from infra.local.faults import for_this_machine


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
        ("POST", objects + "/batch/read", crm_api.batch_read),
        ("GET", one, crm_api.read),
        ("GET", "/crm/v4/objects/{kind}/{id}/associations/{to}", crm_api.associations),
        ("GET", "/crm/v3/properties/{kind}", describing.properties),
        ("GET", "/crm/v3/schemas/{kind}", describing.schemas),
        ("GET", "/crm/v3/owners", crm_api.owners),
    )
    writes = (
        ("POST", objects, crm_api.create),
        ("PATCH", one, crm_api.update),
        ("DELETE", one, crm_api.archive),
    )
    return [
        *(Route(p, door.guarded(h, writes=False), methods=[m]) for m, p, h in reads),
        *(Route(p, door.guarded(h, writes=True), methods=[m]) for m, p, h in writes),
        Route("/crm/_faults", _faults(door), methods=["POST"]),
        Route("/crm/journal.json", _journal(door.store)),
        Route("/crm", _page(door.store)),
    ]


def _faults(door: Door) -> Callable[[Request], object]:
    def plan(_: Store, call: Call) -> Answer:
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
