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
        door = f"{self.url}/propose/{self.caller}"
        return self._patiently(lambda: self._signed(key, body, door))

    def read(self, status_url: str) -> Mapping[str, Any]:
        """How it stands now. Raises as `propose`."""
        return self._patiently(lambda: Request(status_url))  # noqa: S310 - an address of ours

    def wait(self, status_url: str, seconds: float) -> Mapping[str, Any]:
        """How it stands once it is settled or has a verdict, or when the time is over: then it
        still waits, and nothing is lost by asking again later."""
        until, pause = self.clock() + seconds, _FIRST_PAUSE
        while not _settled(said := self.read(status_url)) and self.clock() < until:
            self.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)
        return said

    def verdict(self, said: Mapping[str, Any]) -> Mapping[str, Any]:
        """What an action of an answer allows this caller to do now: do exactly its `params`, once
        for each `jti`, and report. Raises NotVerified."""
        keys = self.read(f"{self.url}/proposals/keys")["keys"]
        return verify(said["verdict"], keys, self.caller, self.clock())

    def report(self, status_url: str, *done: Mapping[str, Any]) -> Mapping[str, Any]:
        """Say what was done: for each action with a verdict its `number`, whether it is `done`, and
        a `receipt` or `words`. Raises as `propose`."""
        body = json.dumps({"actions": done}).encode()
        return self._patiently(lambda: self._signed("report", body, status_url))

    def withdraw(self, status_url: str, words: str) -> Mapping[str, Any]:
        """Take back what is still open, and say why to those who were asked; what ran stays. Raises
        as `propose`: 409 once it has ended."""
        body = json.dumps({"withdraw": words}).encode()
        return self._patiently(lambda: self._signed("withdraw", body, status_url))

    def _signed(self, key: str, body: bytes, url: str) -> Request:
        stamp = int(self.clock())
        secret = base64.b64decode(self.secret.removeprefix("whsec_"))
        made = hmac.new(secret, f"{key}.{stamp}.".encode() + body, hashlib.sha256).digest()
        headers = {
            "content-type": "application/json",
            "webhook-id": key,
            "webhook-timestamp": str(stamp),
            "webhook-signature": f"v1,{base64.b64encode(made).decode()}",
        }
        return Request(url, body, headers)  # noqa: S310 - an address of ours

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


def _settled(said: Mapping[str, Any]) -> bool:
    return said["state"] in SETTLED or any("verdict" in one for one in said["actions"])


class NotVerified(Exception):  # noqa: N818 - what is wrong with somebody's token
    """The token allows nothing; the sentence says why."""


def verify(
    token: str, keys: Sequence[Mapping[str, str]], audience: str, now: float
) -> Mapping[str, Any]:
    """What a verdict says: a JWT signed with ES256 by one of `keys` (JSON Web Keys), for `audience`
    and not expired at `now` (Unix seconds). Raises NotVerified."""
    try:
        head, said, signature = (_bytes(part) for part in token.split("."))
        named, claims = json.loads(head), json.loads(said)
        (key,) = (one for one in keys if one["kid"] == named["kid"])
        point = int.from_bytes(_bytes(key["x"])), int.from_bytes(_bytes(key["y"]))
        good = named["alg"] == "ES256" and _ecdsa(
            point, token.rpartition(".")[0].encode(), signature
        )
        mine, fresh = claims["aud"] == audience, claims["iat"] - _SKEW <= now < claims["exp"]
        short = claims["exp"] - claims["iat"] <= _LIVES
    except (ValueError, KeyError, TypeError) as malformed:
        raise NotVerified(f"it is no verdict ({type(malformed).__name__})") from None
    for holds, why in ((good, "signed by none of the keys"), (mine, "another caller's")):
        if not holds:
            raise NotVerified(why)
    if not (fresh and short):
        raise NotVerified("expired, or not good yet")
    return dict(claims)


_LIVES, _SKEW = 300, 60
_P = 2**256 - 2**224 + 2**192 + 2**96 - 1
_N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_B = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
_G = (
    0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
    0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
)
"""The curve P-256 (FIPS 186-5): y² = x³ - 3x + b over the field of p, a point of order n."""
Point = tuple[int, int] | None


def _ecdsa(key: tuple[int, int], message: bytes, signature: bytes) -> bool:
    """Whether the signature (r and s, 32 bytes each) over SHA-256 is the key's. FIPS 186-5, 6.4.2;
    public data only, so it need not take the same time."""
    r, s = int.from_bytes(signature[:32]), int.from_bytes(signature[32:])
    x, y = key
    on_curve = (y * y - x**3 + 3 * x - _B) % _P == 0 and max(x, y) < _P
    if len(signature) != 64 or not (on_curve and 0 < r < _N and 0 < s < _N):  # noqa: PLR2004 - r and s
        return False
    hashed, inverse = int.from_bytes(hashlib.sha256(message).digest()), pow(s, -1, _N)
    found = _sum(_times(hashed * inverse % _N, _G), _times(r * inverse % _N, key))
    return found is not None and found[0] % _N == r


def _times(count: int, point: Point) -> Point:
    found: Point = None
    while count:
        if count & 1:
            found = _sum(found, point)
        point, count = _sum(point, point), count >> 1
    return found


def _sum(one: Point, other: Point) -> Point:
    if one is None or other is None:
        return one or other
    if one[0] == other[0] and (one[1] + other[1]) % _P == 0:
        return None
    if one == other:
        slope = (3 * one[0] ** 2 - 3) * pow(2 * one[1], -1, _P) % _P
    else:
        slope = (other[1] - one[1]) * pow(other[0] - one[0], -1, _P) % _P
    x = (slope**2 - one[0] - other[0]) % _P
    return x, (slope * (one[0] - x) - one[1]) % _P


def _bytes(part: str) -> bytes:
    """Base64url as JOSE writes it: without padding, and in no other spelling."""
    found = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
    if base64.urlsafe_b64encode(found).rstrip(b"=").decode() != part:
        raise ValueError("another spelling of base64url")
    return found


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
