"""The demo payments server: a small real HTTP server in Stripe's public REST shape, with Stripe's
idempotency: one key, one answer. Our own, because localstripe knows no idempotency keys."""

from __future__ import annotations

import base64
import binascii
import json
import secrets
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request

from infra.local.demo.answer import DemoAnswer
from infra.local.demo.database import Lag
from infra.local.demo.page import Table
from infra.local.demo.system import DemoCall, DemoSystem, Handler, KeyPair, wait_header
from infra.local.payments.api import (
    create_refund,
    list_charges,
    list_refunds,
    read_charge,
    read_refund,
    search_charges,
)
from infra.local.payments.page import tables
from infra.local.payments.rules import StripeRefusal, parsed
from infra.local.payments.store import PaymentsStore, Saved

LONGEST_KEY = 255
"""Characters of an idempotency key."""


class KeysInUse:
    """The idempotency keys of requests that are running now."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._keys: set[str] = set()

    @contextmanager
    def using(self, key: str) -> Iterator[None]:
        """Hold `key` meanwhile. Raises StripeRefusal 409 when another request holds it."""
        with self._lock:
            if key and key in self._keys:
                raise StripeRefusal(
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


class DemoPayments(DemoSystem[PaymentsStore]):
    """The account: Stripe's restricted keys, error objects and kept answers."""

    root = "/payments"
    title = "Demo payments"
    about = "A stand-in for Stripe on this machine. No money moves; all people are made up."
    own_faults = ("error_before",)

    def __init__(self, store: PaymentsStore, mark: str, keys: KeyPair) -> None:
        super().__init__(store, mark)
        self._keys = keys
        self._in_use = KeysInUse()

    def admit(self, request: Request, *, writes: bool) -> Mapping[str, str]:
        """As the frame."""
        key = _key(request.headers.get("authorization", ""))
        if not self._keys.has(key):
            raise StripeRefusal(401, "The API key is not valid.")
        if writes and not self._keys.may_write(key):
            raise StripeRefusal(403, "The restricted key has no right to write here.")
        return {}

    def params(self, request: Request, raw: bytes) -> Mapping[str, Any]:
        """As the frame: a form, or the query."""
        if len(request.headers.get("idempotency-key", "")) > LONGEST_KEY:
            message = f"An idempotency key has at most {LONGEST_KEY} characters."
            raise StripeRefusal(400, message)
        return parsed(request.scope["query_string"] if request.method == "GET" else raw)

    def refusal(self, status: int, message: str) -> StripeRefusal:
        """As the frame; an idempotency key keeps a 500 like any other answer."""
        own = status in (500, 503)
        kind = "api_error" if own else "invalid_request_error"
        return StripeRefusal(status, message, type_=kind)

    def too_many(self, seconds: float) -> StripeRefusal:
        """As the frame."""
        message = "Too many requests; slow down."
        return StripeRefusal(429, message, code="rate_limit", headers=wait_header(seconds))

    def tables(self) -> Sequence[Table]:
        """As the frame."""
        return tables(self.store)

    def stamps(self) -> Mapping[str, str]:
        """As the frame."""
        return {"Request-Id": f"req_{secrets.token_hex(7)}"}

    def in_use(self, call: DemoCall) -> AbstractContextManager[None]:
        """As the frame: the idempotency key."""
        return self._in_use.using(_kept_under(call))

    def execute(self, handler: Handler[PaymentsStore], call: DemoCall, fault: str) -> DemoAnswer:
        """The answer that the key has kept, or the call; effect and answer in one transaction."""
        key = _kept_under(call)
        with self.store.transaction():
            saved = self.store.saved(key) if key else None
            if saved:
                return _replayed(saved, call)
            answer = self._executed(handler, call, fault)
            if key:
                self.store.save(key, Saved(_asked(call), answer.status, answer.body))
            return answer

    def _executed(self, handler: Handler[PaymentsStore], call: DemoCall, fault: str) -> DemoAnswer:
        broken = self.refusal(500, "Something went wrong here.").answer
        if fault == "error_before":
            return broken
        try:
            with self.store.part(pretend=fault == "lie"):
                answer = handler(self.store, call)
        except StripeRefusal as refused:
            if not refused.executed:
                raise
            answer = refused.answer
        return broken if fault == "error_after" else answer


def payments_app(
    database: Path,
    *,
    key_write: str,
    key_read: str,
    lag: Lag = (2.0, 10.0),
    clock: Callable[[], float] = time.time,
    mark: str = "demo",
) -> Starlette:
    """The account over `database`, all paths below `/payments`, as `DemoSystem.app` says; a
    client's base address ends there.

    `key_write` and `key_read` are restricted keys. `lag`: shortest and longest delay in seconds
    until search sees a write.
    """
    store, keys = PaymentsStore(database, clock, lag), KeyPair(key_write, key_read)
    return DemoPayments(store, mark, keys).app(
        reads=(
            ("GET", "/v1/charges/search", search_charges),
            ("GET", "/v1/charges/{id:path}", read_charge),
            ("GET", "/v1/charges", list_charges),
            ("GET", "/v1/refunds/{id:path}", read_refund),
            ("GET", "/v1/refunds", list_refunds),
        ),
        writes=(("POST", "/v1/refunds", create_refund),),
    )


def _replayed(saved: Saved, call: DemoCall) -> DemoAnswer:
    if saved.request != _asked(call):
        message = "This idempotency key was used with other parameters."
        raise StripeRefusal(400, message, type_="idempotency_error")
    return DemoAnswer(saved.status, saved.body, {"Idempotent-Replayed": "true"})


def _kept_under(call: DemoCall) -> str:
    """The key that keeps the answer; empty where none does: reading calls have none."""
    return call.key if call.method == "POST" else ""


def _asked(call: DemoCall) -> str:
    """Path and parameters in one spelling: what a key may be used for."""
    return json.dumps([call.method, call.address, call.params], sort_keys=True)


def _key(header: str) -> str:
    """The API key out of `Bearer KEY`, or out of Basic with the key as the user name."""
    scheme, _, value = header.partition(" ")
    if scheme.lower() == "bearer":
        return value
    try:
        return base64.b64decode(value, validate=True).decode().partition(":")[0]
    except (binascii.Error, ValueError):
        return ""
