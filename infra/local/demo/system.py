"""The frame of a demo system: who is admitted, planned faults, one transaction per call."""

from __future__ import annotations

import asyncio
import hmac
import json
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeAlias, TypeVar

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from infra.local.demo.answer import Cut, DemoAnswer, Refusal
from infra.local.demo.database import Database
from infra.local.demo.faults import EVERYWHERE, FaultName, Faults, PlannedFault, UnknownFaultError
from infra.local.demo.page import Page, Table

LOOPBACK = frozenset({"127.0.0.1", "::1"})
MAX_BODY = 1_048_576
"""Bytes of one request."""
SAFE_HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none';"
    " form-action 'none'; frame-ancestors 'none'",
}


@dataclass(frozen=True)
class DemoCall:
    """One request, read. `params`: its JSON object, form or query, as the system has it;
    `key`: the sender's idempotency header."""

    method: str
    address: str
    path: Mapping[str, str]
    query: Mapping[str, str]
    params: Mapping[str, Any]
    key: str


@dataclass(frozen=True)
class KeyPair:
    """A key that may write, and one that may only read."""

    writing: str
    reading: str

    def has(self, key: str) -> bool:
        """Whether the key is one of them."""
        return self.may_write(key) or same(key, self.reading)

    def may_write(self, key: str) -> bool:
        """Whether the key is the writing one."""
        return same(key, self.writing)


StoreT = TypeVar("StoreT", bound=Database)
Handler: TypeAlias = Callable[[StoreT, DemoCall], DemoAnswer]
Calls: TypeAlias = Iterable[tuple[str, str, Handler[StoreT]]]
"""(method, path below the root, what answers)."""
Endpoint: TypeAlias = Callable[[Request], Awaitable[Response]]


class DemoSystem(ABC, Generic[StoreT]):
    """One system that is played over `store`; all its paths are below `root`. `mark` stands in the
    heading of its page."""

    root: ClassVar[str]
    title: ClassVar[str]
    about: ClassVar[str]
    own_faults: ClassVar[tuple[FaultName, ...]] = ()
    """The faults that not every system has."""

    def __init__(self, store: StoreT, mark: str) -> None:
        self.store = store
        self.faults = Faults((*EVERYWHERE, *self.own_faults))
        self.asked: Counter[tuple[str, int]] = Counter()
        """How many requests came, by whose key it was and by how they were answered."""
        self._sheet = Page(self.title, self.about, f"{self.root}/journal.json", mark)

    @abstractmethod
    def admit(self, request: Request, *, writes: bool) -> Mapping[str, str]:
        """The headers that a good answer gets. Raises Refusal for a key without the right."""

    @abstractmethod
    def params(self, request: Request, raw: bytes) -> Mapping[str, Any]:
        """What is asked. Raises Refusal for bytes that are none of the system's format."""

    @abstractmethod
    def refusal(self, status: int, message: str) -> Refusal:
        """What every demo system refuses, in this one's words: 400 no such fault, 410 archived,
        413 too large, 500 and 503."""

    @abstractmethod
    def too_many(self, seconds: float) -> Refusal:
        """429: come back in `seconds`."""

    @abstractmethod
    def tables(self) -> Sequence[Table]:
        """What the page shows."""

    def side(self, request: Request) -> str:  # noqa: ARG002 - for systems that limit each key
        """Whose limit the request counts for."""
        return ""

    def may_plan(self, request: Request) -> None:
        """Raises Refusal for a key that may not plan faults."""
        self.admit(request, writes=True)

    def stamps(self) -> Mapping[str, str]:
        """The headers of every answer, refusals too."""
        return {}

    def in_use(self, call: DemoCall) -> AbstractContextManager[None]:  # noqa: ARG002 - for systems with keys
        """What a call holds until it is answered. Raises Refusal when another one holds it."""
        return nullcontext()

    def execute(self, handler: Handler[StoreT], call: DemoCall, fault: str) -> DemoAnswer:
        """The call, in one transaction. Raises Refusal."""
        with self.store.transaction(), self.store.part(pretend=fault == "lie"):
            answer = handler(self.store, call)
        if fault == "error_after":
            raise self.refusal(500, "There was a problem with the request.")
        return answer

    def app(self, reads: Calls[StoreT], writes: Calls[StoreT]) -> Starlette:
        """The application: the calls, and below the root `_faults`, `journal.json`, `asked.json`
        and the page.

        `app.state.faults` plans faults, `app.state.store` has the records; close the store when the
        app is mounted in another one, which then does not run its lifespan.
        """
        routes = [
            *(
                Route(self.root + p, self._endpoint(h, writes=False), methods=[m])
                for m, p, h in reads
            ),
            *(
                Route(self.root + p, self._endpoint(h, writes=True), methods=[m])
                for m, p, h in writes
            ),
            Route(f"{self.root}/_faults", self._plan, methods=["POST"]),
            Route(f"{self.root}/journal.json", self._journal),
            Route(f"{self.root}/asked.json", self._asked),
            Route(self.root, self._page),
        ]
        app = Starlette(routes=routes, lifespan=self._lifespan)
        app.state.store, app.state.faults = self.store, self.faults
        return app

    def _endpoint(self, handler: Handler[StoreT], *, writes: bool) -> Endpoint:
        async def endpoint(request: Request) -> Response:
            try:
                headers = self.admit(request, writes=writes)
                response = await self._answered(handler, await self._read(request), writes=writes)
                response.headers.update(headers)
            except Refusal as refused:
                response = refused.answer.response()
            response.headers.update(self.stamps())
            self.asked[self.side(request), response.status_code] += 1
            return response

        return endpoint

    async def _answered(
        self, handler: Handler[StoreT], call: DemoCall, *, writes: bool
    ) -> Response:
        planned = self.faults.take(writes=writes)
        self._fail_before(planned)
        fault = planned.fault if planned else ""
        with self.in_use(call):
            answer = await run_in_threadpool(self.execute, handler, call, fault)
            if planned and fault == "slow":
                await asyncio.sleep(planned.seconds)
        return Cut() if fault == "drop_after" else answer.response()

    def _fail_before(self, planned: PlannedFault | None) -> None:
        match planned:
            case PlannedFault(fault="unavailable"):
                raise self.refusal(503, "The service is not available.")
            case PlannedFault(fault="archived"):
                raise self.refusal(410, "The channel is archived.")
            case PlannedFault(fault="throttle", seconds=seconds):
                raise self.too_many(seconds)

    async def _read(self, request: Request) -> DemoCall:
        raw = bytearray()
        async for chunk in request.stream():
            raw += chunk
            if len(raw) > MAX_BODY:
                raise self.refusal(413, f"A request has at most {MAX_BODY} bytes.")
        return DemoCall(
            method=request.method,
            address=request.url.path,
            path={name: str(value) for name, value in request.path_params.items()},
            query=dict(request.query_params),
            params=self.params(request, bytes(raw)),
            key=request.headers.get("idempotency-key", ""),
        )

    async def _plan(self, request: Request) -> Response:
        if request.client is None or request.client.host not in LOOPBACK:
            return Response(status_code=404)
        try:
            self.may_plan(request)
            self.faults.plan((await self._read(request)).params)
        except UnknownFaultError as unknown:
            return self.refusal(400, str(unknown)).answer.response()
        except Refusal as refused:
            return refused.answer.response()
        return Response(status_code=204)

    def _journal(self, request: Request) -> Response:
        after = request.query_params.get("after", "0")[:18]
        entries = self.store.journal(int(after) if after.isascii() and after.isdecimal() else 0)
        return JSONResponse({"entries": entries}, headers=SAFE_HEADERS)

    def _asked(self, _: Request) -> Response:
        rows = [
            {"side": side, "status": status, "times": times}
            for (side, status), times in self.asked.items()
        ]
        return JSONResponse({"requests": rows}, headers=SAFE_HEADERS)

    def _page(self, _: Request) -> Response:
        with self.store.transaction():
            tables = self.tables()
        return HTMLResponse(self._sheet.rendered(tables), headers=SAFE_HEADERS)

    @asynccontextmanager
    async def _lifespan(self, _: Starlette) -> AsyncIterator[None]:
        yield
        self.store.close()


def json_object(raw: bytes) -> dict[str, Any] | None:
    """The JSON object that the bytes are; None when they are none."""
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    return body if isinstance(body, dict) else None


def same(given: str, wanted: str) -> bool:
    """Whether two secrets are equal, in a time that does not tell where they differ."""
    return hmac.compare_digest(given.encode(), wanted.encode())


def wait_header(seconds: float) -> dict[str, str]:
    """`Retry-After` in whole seconds, at least one."""
    return {"Retry-After": str(max(1, -int(-seconds // 1)))}
