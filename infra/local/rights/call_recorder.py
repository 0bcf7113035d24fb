"""Writes down every AWS call that a role makes on the local cloud, the refused ones too.

One line of JSON each: who (role and session), which rights the call needs, and whether it was
refused. It stands before the emulator, so what the emulator thinks of the call has no part in it.
"""

from __future__ import annotations

import importlib
import json
from collections.abc import Awaitable, Callable, Container, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TextIO

from infra.local.rights.wire import Request, needs

ACCOUNT = "000000000000"
_ASSUMED = ":assumed-role/"
_REFUSALS = (b"AccessDenied", b"NotAuthorized", b"not authorized to perform")
_BAD_REQUEST = 400

App = Callable[[dict[str, Any], Any, Any], Awaitable[None]]
Sessions = Mapping[str, Mapping[str, Any]]


def recording(app: App, journal: Path) -> App:
    """`app`, with each role's calls appended to `journal`."""
    sts: Any = importlib.import_module("ministack.services.sts")
    ses: Any = importlib.import_module("ministack.services.ses")
    # There is no public way to who holds a key, and to what is verified.
    known = sts._sessions, ses._identities  # noqa: SLF001
    recorder = Recorder(journal.open("a", buffering=1), *known)

    async def answer(scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] != "http" or scope["path"].startswith("/_"):
            return await app(scope, receive, send)
        heard, said = heard_and_said(receive, send)
        await app(scope, heard.receive, said.send)
        recorder.note(_request(scope, bytes(heard.body)), denied=said.refused)
        return None

    return answer


@dataclass(frozen=True)
class Recorder:
    """Lines of `journal`, for callers whose access key is one of `sessions`; mails are sent from
    `identities`."""

    journal: TextIO
    sessions: Sessions
    identities: Container[str] = ()

    def note(self, request: Request, *, denied: bool) -> None:
        """One line, if a role's session signed the request."""
        signed = request.signed
        session = self.sessions.get(signed["key"], {}) if signed else {}
        _, assumed, who = str(session.get("Arn", "")).partition(_ASSUMED)
        if not assumed:
            return
        role, _, name = who.partition("/")
        line = {
            "role": role,
            "session": name,
            "policy": (session.get("SessionPolicies") or {}).get("Policy"),
            "denied": denied,
            "needs": [asdict(need) for need in needs(request, ACCOUNT, self.identities)],
        }
        self.journal.write(json.dumps(line) + "\n")


def _request(scope: Mapping[str, Any], body: bytes) -> Request:
    return Request(
        method=scope["method"],
        path=scope["path"],
        query=scope["query_string"].decode(),
        headers={name.decode(): value.decode("latin-1") for name, value in scope["headers"]},
        body=body,
    )


def heard_and_said(receive: Any, send: Any) -> tuple[Heard, Said]:
    """Both sides of one call, which passes through them unchanged."""
    return Heard(receive), Said(send)


class Heard:
    """The request's body, kept while it passes."""

    def __init__(self, receive: Any) -> None:
        self._receive = receive
        self.body = bytearray()

    async def receive(self) -> Any:
        """The next part."""
        message = await self._receive()
        self.body += message.get("body", b"")
        return message


class Said:
    """Whether the answer is a refusal by IAM."""

    def __init__(self, send: Any) -> None:
        self._send = send
        self._status = 0
        self.refused = False

    async def send(self, message: Any) -> None:
        """Pass a part on."""
        self._status = message.get("status", self._status)
        if self._status >= _BAD_REQUEST:
            self.refused |= any(word in message.get("body", b"") for word in _REFUSALS)
        await self._send(message)
