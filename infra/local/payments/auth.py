"""What stands before every call of the demo payments server: key, rights, rate, faults, and
Stripe's idempotency: one key, one answer."""

from __future__ import annotations

import asyncio
import base64
import binascii
import hmac
import json
import secrets
import threading
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias, get_args

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from infra.local import faults
from infra.local.crm.auth import Cut
from infra.local.payments.rules import ApiError, parsed
from infra.local.payments.store import Saved, Store

Fault = Literal[
    "unavailable", "throttle", "error_before", "error_after", "drop_after", "slow", "lie"
]
"""503 before anything is applied or saved · 429 · nothing applied, and a 500 saved under the key ·
applied, and a 500 saved under the key · applied, then the connection is cut · applied, then
answered late (the key is in use until then) · answered as if applied, but it was not."""
Faults: TypeAlias = faults.Faults[Fault]
Plan: TypeAlias = faults.Plan[Fault]

_FAULTS: Mapping[str, Fault] = {name: name for name in get_args(Fault)}


def no_faults() -> Faults:
    """No fault is planned yet."""
    return faults.Faults(_FAULTS)


def planned(held: Faults, params: Mapping[str, object]) -> None:
    """Plan what `POST /payments/_faults` asks for (a form). Raises ApiError 400."""
    try:
        held.ask(params)
    except faults.UnknownFaultError as unknown:
        raise ApiError(400, str(unknown), param="fault") from None


def too_many(seconds: float) -> ApiError:
    """429: come back in `seconds`."""
    return ApiError(
        429,
        "Too many requests; slow down.",
        code="rate_limit",
        headers=faults.wait_header(seconds),
    )


def server_error() -> ApiError:
    """500, which an idempotency key keeps like any other answer."""
    return ApiError(500, "Something went wrong here.", type_="api_error", executed=True)


MAX_BODY = 1_048_576
"""Bytes of one request."""
LONGEST_KEY = 255
"""Characters of an idempotency key."""


@dataclass(frozen=True)
class PaymentsCall:
    """One request, read: path parameters, form or query, idempotency key, and what was asked."""

    path: Mapping[str, str]
    params: Mapping[str, Any]
    key: str
    request: str
    """Path and parameters in one spelling: what a key may be used for."""


@dataclass(frozen=True)
class Answer:
    """Status and JSON. `replayed`: it is the one that the key has kept."""

    status: int
    body: Any
    replayed: bool = False


Handler: TypeAlias = Callable[[Store, PaymentsCall], Answer]
Endpoint: TypeAlias = Callable[[Request], Awaitable[Response]]


class KeysInUse:
    """The idempotency keys of requests that are running now."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._keys: set[str] = set()

    @contextmanager
    def using(self, key: str) -> Iterator[None]:
        """Hold `key` meanwhile. Raises ApiError 409 when another request holds it."""
        with self._lock:
            if key and key in self._keys:
                raise ApiError(
                    409,
                    "Another request with this idempotency key is in progress.",
                    code="idempotency_key_in_use",
                    type_="idempotency_error",
                )
            self._keys.add(key)
        try:
            yield
        finally:
            with self._lock:
                self._keys.discard(key)


@dataclass(frozen=True)
class Door:
    """The door of one account: `guarded` turns a handler into an endpoint."""

    store: Store
    faults: Faults
    key_write: str
    key_read: str
    in_use: KeysInUse = field(default_factory=KeysInUse)

    def guarded(self, handler: Handler, *, writes: bool) -> Endpoint:
        """The endpoint for `handler`; `writes` needs the writing key."""

        async def endpoint(request: Request) -> Response:
            try:
                self._admit(request, writes=writes)
                response = await self._answer(handler, await _read(request), writes=writes)
            except ApiError as refused:
                response = JSONResponse(refused.body, refused.status, refused.headers)
            response.headers["Request-Id"] = f"req_{secrets.token_hex(7)}"
            return response

        return endpoint

    def _admit(self, request: Request, *, writes: bool) -> None:
        key = _key(request.headers.get("authorization", ""))
        if not (_same(key, self.key_write) or _same(key, self.key_read)):
            raise ApiError(401, "The API key is not valid.")
        if writes and not _same(key, self.key_write):
            raise ApiError(403, "The restricted key has no right to write here.")

    async def _answer(self, handler: Handler, call: PaymentsCall, *, writes: bool) -> Response:
        plan = self.faults.take(writes=writes)
        _fail_before(plan)
        with self.in_use.using(call.key if writes else ""):
            answer = await run_in_threadpool(self._apply, handler, call, plan, writes=writes)
            if plan and plan.fault == "slow":
                await asyncio.sleep(plan.seconds)
        if plan and plan.fault == "drop_after":
            return Cut()
        headers = {"Idempotent-Replayed": "true"} if answer.replayed else None
        return JSONResponse(answer.body, answer.status, headers)

    def _apply(
        self, handler: Handler, call: PaymentsCall, plan: Plan | None, *, writes: bool
    ) -> Answer:
        """The answer that the key has kept, or the call; effect and answer in one transaction."""
        with self.store.transaction():
            saved = self.store.saved(call.key) if call.key and writes else None
            if saved:
                return _replayed(saved, call)
            answer = self._executed(handler, call, plan)
            if call.key and writes:
                self.store.save(call.key, Saved(call.request, answer.status, answer.body))
            return answer

    def _executed(self, handler: Handler, call: PaymentsCall, plan: Plan | None) -> Answer:
        fault = plan.fault if plan else ""
        if fault == "error_before":
            return _error(server_error())
        try:
            with self.store.part(pretend=fault == "lie"):
                answer = handler(self.store, call)
        except ApiError as refused:
            if not refused.executed:
                raise
            answer = _error(refused)
        return _error(server_error()) if fault == "error_after" else answer


def _fail_before(plan: Plan | None) -> None:
    if plan and plan.fault == "unavailable":
        raise ApiError(503, "Not available.", type_="api_error")
    if plan and plan.fault == "throttle":
        raise too_many(plan.seconds)


def _error(refused: ApiError) -> Answer:
    return Answer(refused.status, refused.body)


def _replayed(saved: Saved, call: PaymentsCall) -> Answer:
    if saved.request != call.request:
        message = "This idempotency key was used with other parameters."
        raise ApiError(400, message, type_="idempotency_error")
    return Answer(saved.status, saved.body, replayed=True)


def _key(header: str) -> str:
    """The API key out of `Bearer KEY`, or out of Basic with the key as the user name."""
    scheme, _, value = header.partition(" ")
    if scheme.lower() == "bearer":
        return value
    try:
        return base64.b64decode(value, validate=True).decode().partition(":")[0]
    except (binascii.Error, ValueError):
        return ""


def _same(given: str, wanted: str) -> bool:
    return hmac.compare_digest(given.encode(), wanted.encode())


async def _read(request: Request) -> PaymentsCall:
    raw = bytearray()
    async for chunk in request.stream():
        raw += chunk
        if len(raw) > MAX_BODY:
            raise ApiError(413, f"A request has at most {MAX_BODY} bytes.")
    key = request.headers.get("idempotency-key", "")
    if len(key) > LONGEST_KEY:
        raise ApiError(400, f"An idempotency key has at most {LONGEST_KEY} characters.")
    query = request.scope["query_string"]
    params = parsed(query if request.method == "GET" else bytes(raw))
    asked = json.dumps([request.method, request.url.path, params], sort_keys=True)
    path = {name: str(value) for name, value in request.path_params.items()}
    return PaymentsCall(path=path, params=params, key=key, request=asked)
