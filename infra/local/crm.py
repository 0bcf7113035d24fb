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
from infra.local.crm_door import Answer, Call, Door
from infra.local.crm_faults import Faults, RateLimit, planned
from infra.local.crm_page import SAFE_HEADERS, page
from infra.local.crm_search import search
from infra.local.crm_store import Store

LOOPBACK = frozenset({"127.0.0.1", "::1"})


def crm_app(
    database: Path,
    *,
    token_write: str,
    token_read: str,
    lag: tuple[float, float] = (2.0, 10.0),
    rate: int = 100,
    clock: Callable[[], float] = time.time,
) -> Starlette:
    """The CRM over `database`, all paths below `/crm`.

    `lag`: shortest and longest delay in seconds until search sees a write. `rate`: requests per
    token in ten seconds. `app.state.faults` plans faults, `app.state.store` has the records; close
    the store when the app is mounted in another one, which then does not run its lifespan.
    """
    store = Store(database, clock, lag)
    door = Door(store, Faults(), RateLimit(rate, clock), token_write, token_read)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        store.close()

    app = Starlette(routes=_routes(door), lifespan=lifespan)
    app.state.store = store
    app.state.faults = door.faults
    return app


def _routes(door: Door) -> list[Route]:
    objects = "/crm/v3/objects/{kind}"
    one = objects + "/{id:path}"
    reads = (
        ("POST", objects + "/search", search),
        ("POST", objects + "/batch/read", crm_api.batch_read),
        ("GET", one, crm_api.read),
        ("GET", "/crm/v4/objects/{kind}/{id}/associations/{to}", crm_api.associations),
        ("GET", "/crm/v3/properties/{kind}", crm_api.properties),
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

    unfailing = Door(door.store, Faults(), door.limit, door.token_write, door.token_read)
    guarded = unfailing.guarded(plan, writes=True)

    async def endpoint(request: Request) -> Response:
        if request.client is None or request.client.host not in LOOPBACK:
            return Response(status_code=404)
        return await guarded(request)

    return endpoint


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
