"""The demo payments server: a small real HTTP server in Stripe's public REST shape."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from infra.local.crm.page import SAFE_HEADERS
from infra.local.faults import for_this_machine
from infra.local.payments.api import (
    create_refund,
    list_charges,
    list_refunds,
    read_charge,
    read_refund,
    search_charges,
)
from infra.local.payments.auth import Answer, Door, PaymentsCall, no_faults, planned
from infra.local.payments.page import page
from infra.local.payments.store import Store


def payments_app(
    database: Path,
    *,
    key_write: str,
    key_read: str,
    lag: tuple[float, float] = (2.0, 10.0),
    clock: Callable[[], float] = time.time,
) -> Starlette:
    """The account over `database`, all paths below `/payments`; a client's base address ends there.

    `key_write` and `key_read` are restricted keys. `lag`: shortest and longest delay in seconds
    until search sees a write. `app.state.faults` plans faults, `app.state.store` has the records;
    close the store when the app is mounted in another one, which then does not run its lifespan.
    """
    store = Store(database, clock, lag)
    door = Door(store, no_faults(), key_write, key_read)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        store.close()

    app = Starlette(routes=_routes(door), lifespan=lifespan)
    app.state.store = store
    app.state.faults = door.faults
    return app


def _routes(door: Door) -> list[Route]:
    reads = (
        ("/charges/search", search_charges),
        ("/charges/{id:path}", read_charge),
        ("/charges", list_charges),
        ("/refunds/{id:path}", read_refund),
        ("/refunds", list_refunds),
    )
    create = door.guarded(create_refund, writes=True)
    return [
        *(
            Route(f"/payments/v1{p}", door.guarded(h, writes=False), methods=["GET"])
            for p, h in reads
        ),
        Route("/payments/v1/refunds", create, methods=["POST"]),
        Route("/payments/_faults", _faults(door), methods=["POST"]),
        Route("/payments/journal.json", _journal(door.store)),
        Route("/payments", _page(door.store)),
    ]


def _faults(door: Door) -> Callable[[Request], object]:
    def plan(_: Store, call: PaymentsCall) -> Answer:
        planned(door.faults, call.params)
        return Answer(200, {})

    unfailing = Door(door.store, no_faults(), door.key_write, door.key_read)
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
