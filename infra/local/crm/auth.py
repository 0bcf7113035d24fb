"""What stands before every API call of the demo CRM: token, rate, size, faults, error bodies."""

from __future__ import annotations

import asyncio
import hmac
import json
import threading
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, get_args

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from infra.local import faults
from infra.local.crm.rules import ApiError
from infra.local.crm.store import Store

Fault = Literal["unavailable", "throttle", "error_after", "drop_after", "slow", "lie"]
"""503 before anything is applied · 429 · applied, then 500 · applied, then the connection is cut ·
applied, then answered late · answered as if applied, but it was not."""
Faults: TypeAlias = faults.Faults[Fault]
Plan: TypeAlias = faults.Plan[Fault]

_FAULTS: Mapping[str, Fault] = {name: name for name in get_args(Fault)}

WINDOW = 10.0
"""Seconds over which requests are counted."""


def no_faults() -> Faults:
    """No fault is planned yet."""
    return faults.Faults(_FAULTS)


def planned(held: Faults, body: Mapping[str, object]) -> None:
    """Plan what the body of `POST /crm/_faults` asks for. Raises ApiError 400."""
    try:
        held.ask(body)
    except faults.UnknownFaultError as unknown:
        raise ApiError(400, "VALIDATION_ERROR", str(unknown)) from None


class RateLimit:
    """At most `most` requests of one key in any ten seconds, like HubSpot's rolling limit."""

    def __init__(self, most: int, clock: Callable[[], float]) -> None:
        self._most = most
        self._clock = clock
        self._lock = threading.Lock()
        self._seen: dict[str, deque[float]] = {}

    def count(self, key: str) -> dict[str, str]:
        """Count a request and give the headers that tell what is left. Raises ApiError 429."""
        with self._lock:
            now = self._clock()
            seen = self._seen.setdefault(key, deque())
            while seen and seen[0] <= now - WINDOW:
                seen.popleft()
            if len(seen) >= self._most:
                raise too_many(seen[0] + WINDOW - now, self._headers(0))
            seen.append(now)
            return self._headers(self._most - len(seen))

    def _headers(self, left: int) -> dict[str, str]:
        return {
            "X-HubSpot-RateLimit-Max": str(self._most),
            "X-HubSpot-RateLimit-Remaining": str(left),
            "X-HubSpot-RateLimit-Interval-Milliseconds": str(int(WINDOW * 1000)),
        }


def too_many(seconds: float, headers: Mapping[str, str]) -> ApiError:
    """429: come back in `seconds`."""
    return ApiError(
        429,
        "RATE_LIMITS",
        "You have reached your ten_secondly_rolling limit.",
        errorType="RATE_LIMIT",
        policyName="TEN_SECONDLY_ROLLING",
        headers={**headers, **faults.wait_header(seconds)},
    )


MAX_BODY = 1_048_576
"""Bytes of one request."""


@dataclass(frozen=True)
class CrmCall:
    """One request, read: path parameters, query, body and the sender's idempotency header."""

    path: Mapping[str, str]
    query: Mapping[str, str]
    body: Mapping[str, Any]
    key: str


@dataclass(frozen=True)
class Answer:
    """Status and JSON; None is an empty body."""

    status: int
    body: Any = None


Handler: TypeAlias = Callable[[Store, CrmCall], Answer]
Endpoint: TypeAlias = Callable[[Request], Awaitable[Response]]


class Cut(Response):
    """A response that stops in the middle, so that the server cuts the connection."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - ASGI's signature
        """Promise a body and send none of it."""
        headers = [(b"content-length", b"64")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})


@dataclass(frozen=True)
class Door:
    """The door of one CRM: `guarded` turns a handler into an endpoint."""

    store: Store
    faults: Faults
    limit: RateLimit
    token_write: str
    token_read: str

    def guarded(self, handler: Handler, *, writes: bool) -> Endpoint:
        """The endpoint for `handler`; `writes` needs the writing token."""

        async def endpoint(request: Request) -> Response:
            try:
                headers = self._admit(request, writes=writes)
                call = await _read(request)
                response = await self._answer(handler, call, writes=writes)
            except ApiError as refused:
                return JSONResponse(refused.body, refused.status, refused.headers)
            response.headers.update(headers)
            return response

        return endpoint

    def _admit(self, request: Request, *, writes: bool) -> dict[str, str]:
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        if not (_same(token, self.token_write) or _same(token, self.token_read)):
            raise ApiError(401, "INVALID_AUTHENTICATION", "Authentication credentials not found.")
        headers = self.limit.count(token)
        if writes and not _same(token, self.token_write):
            raise ApiError(
                403,
                "MISSING_SCOPES",
                "This app hasn't been granted all required scopes to make this call.",
            )
        return headers

    async def _answer(self, handler: Handler, call: CrmCall, *, writes: bool) -> Response:
        plan = self.faults.take(writes=writes)
        _fail_before(plan)
        lie = plan is not None and plan.fault == "lie"
        answer = await run_in_threadpool(self._apply, handler, call, lie)
        return await _fail_after(plan) or _response(answer)

    def _apply(self, handler: Handler, call: CrmCall, pretend: bool) -> Answer:
        with self.store.transaction(pretend=pretend):
            return handler(self.store, call)


def _same(given: str, wanted: str) -> bool:
    return hmac.compare_digest(given.encode(), wanted.encode())


def _fail_before(plan: Plan | None) -> None:
    if plan and plan.fault == "unavailable":
        raise ApiError(503, "SERVICE_UNAVAILABLE", "The service is not available.")
    if plan and plan.fault == "throttle":
        raise too_many(plan.seconds, {})


async def _fail_after(plan: Plan | None) -> Response | None:
    if plan and plan.fault == "slow":
        await asyncio.sleep(plan.seconds)
    if plan and plan.fault == "error_after":
        raise ApiError(500, "INTERNAL_ERROR", "There was a problem with the request.")
    return Cut() if plan and plan.fault == "drop_after" else None


def _response(answer: Answer) -> Response:
    if answer.body is None:
        return Response(status_code=answer.status)
    return JSONResponse(answer.body, answer.status)


async def _read(request: Request) -> CrmCall:
    raw = bytearray()
    async for chunk in request.stream():
        raw += chunk
        if len(raw) > MAX_BODY:
            raise ApiError(413, "PAYLOAD_TOO_LARGE", f"A request has at most {MAX_BODY} bytes")
    return CrmCall(
        path={name: str(value) for name, value in request.path_params.items()},
        query=dict(request.query_params),
        body=_parsed(bytes(raw)),
        key=request.headers.get("idempotency-key", "")[:200],
    )


def _parsed(raw: bytes) -> Mapping[str, Any]:
    try:
        body = json.loads(raw) if raw else {}
    except (ValueError, RecursionError):
        body = None
    if not isinstance(body, dict):
        raise ApiError(400, "VALIDATION_ERROR", "Invalid input JSON: an object is expected")
    return body
