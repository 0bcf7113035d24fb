"""The demo channels: a small real HTTP server in the shape of Slack's incoming webhooks."""

from __future__ import annotations

import asyncio
import hmac
import json
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, get_args

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from infra.local.crm.auth import Cut
from infra.local.crm.page import SAFE_HEADERS
from infra.local.demo_page import rendered, table
from infra.local.faults import Faults, Plan, UnknownFaultError, for_this_machine, wait_header
from infra.local.payments.store import iso

Fault = Literal["unavailable", "throttle", "archived", "error_after", "drop_after", "slow", "lie"]
"""503 before anything is posted · 429 · 410, the channel is archived · posted, then 500 · posted,
then the connection is cut · posted, then answered late · answered `ok`, and not posted."""

FINANCE = "finance"
"""The channel that this machine has."""
LONGEST = 40_000
"""Characters of a message; Slack cuts longer ones, which here would hide a defect of ours."""
MAX_BODY = 1_048_576

_FAULTS: Mapping[str, Fault] = {name: name for name in get_args(Fault)}


class Journal:
    """The messages that were posted, in their order. Safe to use from threads."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._entries: list[dict[str, Any]] = []

    def add(self, channel: str, text: str) -> None:
        """A message is in its channel now."""
        with self._lock:
            n, at = len(self._entries) + 1, iso(self._clock())
            self._entries.append({"n": n, "at": at, "channel": channel, "text": text})

    def entries(self) -> Sequence[dict[str, Any]]:
        """All of them."""
        with self._lock:
            return list(self._entries)


class RefusedError(Exception):
    """An answer that is an error: status and Slack's word for it."""

    def __init__(self, status: int, word: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(word)
        self.answer = PlainTextResponse(word, status, headers)


def hook(base: str, channel: str, token: str) -> str:
    """The webhook of a channel: whoever knows it can post."""
    return f"{base}/push/services/{channel}/{token}"


def push_app(
    tokens: Mapping[str, str], *, key: str, clock: Callable[[], float] = time.time
) -> Starlette:
    """The channels in `tokens`, each with the token of its webhook, all paths below `/push`.

    `key` is the bearer that may plan faults. `app.state.faults` plans them, `app.state.journal`
    has the messages.
    """
    door = _Door(tokens, key, Journal(clock))
    app = Starlette(
        routes=[
            Route("/push/services/{channel}/{token}", door.post, methods=["POST"]),
            Route("/push/_faults", for_this_machine(door.plan), methods=["POST"]),
            Route("/push/journal.json", door.listed),
            Route("/push", door.page),
        ]
    )
    app.state.faults, app.state.journal = door.faults, door.journal
    return app


class _Door:
    def __init__(self, tokens: Mapping[str, str], key: str, journal: Journal) -> None:
        self._tokens = tokens
        self._key = key
        self.journal = journal
        self.faults: Faults[Fault] = Faults(_FAULTS)

    async def post(self, request: Request) -> Response:
        try:
            channel = self._channel(request)
            plan = self.faults.take(writes=True)
            _fail_before(plan)
            text = _text(await _read(request))
        except RefusedError as refused:
            return refused.answer
        if plan is None or plan.fault != "lie":
            self.journal.add(channel, text)
        return await _fail_after(plan) or PlainTextResponse("ok")

    async def plan(self, request: Request) -> Response:
        if not _same(request.headers.get("authorization", ""), f"Bearer {self._key}"):
            return Response(status_code=403)
        try:
            self.faults.ask(_object(await _read(request)))
        except (RefusedError, UnknownFaultError) as unknown:
            return PlainTextResponse(str(unknown), 400)
        return Response(status_code=204)

    def listed(self, _: Request) -> Response:
        return JSONResponse({"entries": self.journal.entries()}, headers=SAFE_HEADERS)

    def page(self, _: Request) -> Response:
        rows = [(e["channel"], e["text"], e["at"]) for e in reversed(self.journal.entries())]
        messages = table("Messages", ("Channel", "Text as it was sent", "When"), rows)
        about = "A stand-in for a chat's incoming webhooks on this machine."
        page = rendered("Demo channels", about, "/push/journal.json", [messages])
        return HTMLResponse(page, headers=SAFE_HEADERS)

    def _channel(self, request: Request) -> str:
        channel, token = request.path_params["channel"], request.path_params["token"]
        if channel not in self._tokens or not _same(token, self._tokens[channel]):
            raise RefusedError(404, "no_service")
        return str(channel)


def _fail_before(plan: Plan[Fault] | None) -> None:
    if plan and plan.fault == "unavailable":
        raise RefusedError(503, "service_unavailable")
    if plan and plan.fault == "throttle":
        raise RefusedError(429, "rate_limited", wait_header(plan.seconds))
    if plan and plan.fault == "archived":
        raise RefusedError(410, "channel_is_archived")


async def _fail_after(plan: Plan[Fault] | None) -> Response | None:
    if plan and plan.fault == "slow":
        await asyncio.sleep(plan.seconds)
    if plan and plan.fault == "error_after":
        return PlainTextResponse("rollup_error", 500)
    return Cut() if plan and plan.fault == "drop_after" else None


def _text(raw: bytes) -> str:
    text = _object(raw).get("text")
    if not isinstance(text, str) or not text.strip():
        raise RefusedError(400, "no_text")
    if len(text) > LONGEST:
        raise RefusedError(400, "invalid_payload")
    return text


def _object(raw: bytes) -> Mapping[str, Any]:
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError):
        body = None
    if not isinstance(body, dict):
        raise RefusedError(400, "invalid_payload")
    return body


async def _read(request: Request) -> bytes:
    raw = bytearray()
    async for chunk in request.stream():
        raw += chunk
        if len(raw) > MAX_BODY:
            raise RefusedError(413, "invalid_payload")
    return bytes(raw)


def _same(given: str, wanted: str) -> bool:
    return hmac.compare_digest(given.encode(), wanted.encode())
