"""What an agent needs of Countersign, in one file of the standard library: copy it, or import it.

there = Client("https://…", "assistant", "whsec_…")
asked = there.propose([action("payments.refund", order="1042", …)], "why", key="ticket-7")
said = there.wait(asked["status_url"], seconds=3600)
said["state"], said["actions"][0]["params"]    # as a person signed them
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

SETTLED = frozenset({"done", "rejected", "failed", "unknown", "undone"})
"""States that only a person or a rollback changes."""
_TRIES, _FIRST_PAUSE, _LONGEST_PAUSE, _SECONDS = 6, 0.5, 15.0, 30.0
_AGAIN, _REFUSED = frozenset({429, 502, 503, 504}), 400


class NotAccepted(Exception):  # noqa: N818 - what the door said, and no fault of ours
    """The door's refusal: its status, and what it says."""

    def __init__(self, status: int, said: Mapping[str, Any]) -> None:
        super().__init__(f"{status}: {said.get('message') or said.get('problems') or said}")
        self.status = status
        self.said = said


def action(name: str, **params: Any) -> Mapping[str, Any]:
    """One action of a proposal, with parameters as its contract has them."""
    return {"action": name, "params": params}


def over_http(request: Request) -> tuple[int, bytes]:
    """Status and body of one request. Raises URLError when nobody answers."""
    try:
        with urlopen(request, timeout=_SECONDS) as answer:  # noqa: S310 - an address of ours
            return answer.status, answer.read()
    except HTTPError as refused:
        return refused.code, refused.read()


@dataclass(frozen=True)
class Client:
    """One caller. A proposal that was sent twice under one key is one proposal, so that whoever
    does not know whether it arrived sends it again."""

    url: str
    caller: str
    secret: str = field(repr=False)
    """`whsec_…`, as it was shown once."""
    ask: Callable[[Request], tuple[int, bytes]] = over_http
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.time

    def propose(
        self, actions: Sequence[Mapping[str, Any]], reason: str, *, key: str, **more: Any
    ) -> Mapping[str, Any]:
        """Hand over actions: the job's id, and the address at which it is followed. `more`:
        evidence, requester, correlation, deadline. Raises NotAccepted, and URLError when nobody
        answered."""
        body = json.dumps({"actions": actions, "reason": reason, **more}).encode()
        return self._patiently(lambda: self._signed(key, body))

    def read(self, status_url: str) -> Mapping[str, Any]:
        """How it stands now. Raises as `propose`."""
        return self._patiently(lambda: Request(status_url))  # noqa: S310 - an address of ours

    def wait(self, status_url: str, seconds: float) -> Mapping[str, Any]:
        """How it stands once it is settled, or when the time is over: then it still waits, and
        nothing is lost by asking again later."""
        until, pause = self.clock() + seconds, _FIRST_PAUSE
        while (said := self.read(status_url))["state"] not in SETTLED and self.clock() < until:
            self.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)
        return said

    def _signed(self, key: str, body: bytes) -> Request:
        stamp = int(self.clock())
        secret = base64.b64decode(self.secret.removeprefix("whsec_"))
        made = hmac.new(secret, f"{key}.{stamp}.".encode() + body, hashlib.sha256).digest()
        headers = {
            "content-type": "application/json",
            "webhook-id": key,
            "webhook-timestamp": str(stamp),
            "webhook-signature": f"v1,{base64.b64encode(made).decode()}",
        }
        return Request(f"{self.url}/propose/{self.caller}", body, headers)  # noqa: S310 - an address of ours

    def _patiently(self, made: Callable[[], Request]) -> Mapping[str, Any]:
        """Once more while the door is away or asks to wait, each try signed anew."""
        pause = _FIRST_PAUSE
        for _ in range(_TRIES - 1):
            try:
                return _said(*self.ask(made()))
            except NotAccepted as refused:
                if refused.status not in _AGAIN:
                    raise
            except URLError:
                pass  # nobody answered: the same key may come again
            self.sleep(pause)
            pause *= 2
        return _said(*self.ask(made()))


def _said(status: int, body: bytes) -> Mapping[str, Any]:
    found = _object(body)
    if status >= _REFUSED:
        raise NotAccepted(status, found)
    return found


def _object(body: bytes) -> Mapping[str, Any]:
    try:
        found = json.loads(body)
    except ValueError:
        found = None
    return found if isinstance(found, dict) else {"message": body[:200].decode("utf-8", "replace")}
