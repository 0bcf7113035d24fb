"""The demo partner: a system that posts events, and is told how its jobs ended."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request

from countersign.web.signature import BadSignature, verify
from infra.local.demo.answer import DemoAnswer, Refusal
from infra.local.demo.database import IN_MEMORY, Database
from infra.local.demo.page import Table
from infra.local.demo.system import DemoCall, DemoSystem, json_object, same, wait_header

ROOT = "/partner"
OUTCOMES = f"{ROOT}/outcomes"


Clock = Callable[[], float]


class DemoPartner(DemoSystem[Database]):
    """It knows us by the secrets that its own systems sign with; `key` may plan faults."""

    root = ROOT
    title = "Demo partner"
    about = "A stand-in for another company's system: what it was told, with our signature."
    own_faults = ("archived",)

    def __init__(
        self, store: Database, mark: str, secrets: Sequence[str], key: str, clock: Clock
    ) -> None:
        super().__init__(store, mark)
        self._secrets = tuple(secrets)
        self._key = key
        self._clock = clock

    def admit(self, request: Request, *, writes: bool) -> Mapping[str, str]:  # noqa: ARG002 - a signature is over the body
        """As the frame."""
        return {}

    def may_plan(self, request: Request) -> None:
        """As the frame."""
        if not same(request.headers.get("authorization", ""), f"Bearer {self._key}"):
            raise self.refusal(403, "not yours")

    def params(self, request: Request, raw: bytes) -> Mapping[str, Any]:
        """As the frame: a signed JSON object, with the id that it was told under."""
        body = json_object(raw)
        if request.url.path != OUTCOMES:
            return body or {}
        now = datetime.fromtimestamp(self._clock(), UTC)
        try:
            signed = verify(self._secrets, dict(request.headers), raw, now)
        except BadSignature as bad:
            raise self.refusal(401, str(bad)) from None
        if body is None:
            raise self.refusal(400, "not a JSON object")
        return {"id": signed.id, **body}

    def refusal(self, status: int, message: str) -> Refusal:
        """As the frame."""
        return Refusal(message, DemoAnswer(status, {"message": message}))

    def too_many(self, seconds: float) -> Refusal:
        """As the frame."""
        return Refusal("later", DemoAnswer(429, {"message": "later"}, wait_header(seconds)))

    def tables(self) -> Sequence[Table]:
        """As the frame."""
        told = [
            (e["data"]["event_id"], e["data"]["status"], e["at"])
            for e in reversed(self.store.journal())
        ]
        return [Table("Told", ("Event", "How it ended", "When"), told)]


def partner_app(
    secrets: Sequence[str], *, key: str, clock: Clock = time.time, mark: str = "demo"
) -> Starlette:
    """All paths below `/partner`, as `DemoSystem.app` says; `app.state.store` has what it was told
    in its journal, in memory. `key` is the bearer that may plan faults."""
    partner = DemoPartner(Database(IN_MEMORY, clock), mark, secrets, key, clock)
    return partner.app(reads=(), writes=(("POST", OUTCOMES.removeprefix(ROOT), told),))


def told(store: Database, call: DemoCall) -> DemoAnswer:
    """`POST /outcomes`: told twice it is one entry."""
    known = {entry["id"] for entry in store.journal()}
    if call.params["id"] not in known:
        store.record(id=call.params["id"], data=call.params.get("data", {}))
    return DemoAnswer(202, {})
