"""HTTP as the HTTP API hands it over (payload format 2.0), and the answers it takes back."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from countersign.domain.errors import ContractBroken

_COOKIE_TEXT = re.compile(r"[A-Za-z0-9._/-]+")


@dataclass(frozen=True)
class Request:
    """One request. Header names are in lower case; `body` is the raw bytes."""

    method: str
    params: Mapping[str, str] = field(default_factory=dict, repr=False)
    """What the route's placeholders matched. Never in a `repr`: an approval link is a secret."""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    cookies: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)
    query: Mapping[str, str] = field(default_factory=dict, repr=False)
    path: str = field(default="", repr=False)
    """Where it was asked, as the table of pages matched it."""

    @classmethod
    def of(cls, event: Mapping[str, Any]) -> Request:
        """The request in a Lambda event. Raises ContractBroken for a body that is not base64
        although the event says so."""
        headers = {str(k).lower(): _text(v) for k, v in (event.get("headers") or {}).items()}
        # AWS takes the cookies out of the headers; other gateways leave them there.
        given = [*(event.get("cookies") or ()), *headers.get("cookie", "").split(";")]
        return cls(
            method=str(event["requestContext"]["http"]["method"]).upper(),
            params={k: _text(v) for k, v in (event.get("pathParameters") or {}).items()},
            headers=headers,
            cookies=_cookies(given),
            body=_body(event),
            query={k: _text(v) for k, v in (event.get("queryStringParameters") or {}).items()},
        )


@dataclass(frozen=True)
class Response:
    """One answer."""

    status: int
    body: str = ""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    cookies: tuple[str, ...] = ()
    """Whole `Set-Cookie` values."""
    file: bytes = field(default=b"", repr=False)
    """What is handed out instead of `body`."""

    def without_body(self) -> Response:
        """What HEAD gets."""
        return replace(self, body="", file=b"")

    def as_event(self) -> dict[str, Any]:
        """In the shape that Lambda gives to the HTTP API."""
        return {
            "statusCode": self.status,
            "headers": dict(self.headers),
            "cookies": list(self.cookies),
            "body": base64.b64encode(self.file).decode() if self.file else self.body,
            "isBase64Encoded": bool(self.file),
        }


def _text(value: object) -> str:
    # JSON can carry half a surrogate pair, which no later `encode` survives.
    return str(value).encode("utf-8", "replace").decode()


def _body(event: Mapping[str, Any]) -> bytes:
    body = event.get("body") or ""
    if not event.get("isBase64Encoded"):
        return str(body).encode("utf-8", "surrogatepass")
    try:
        return base64.b64decode(body, validate=True)
    except (binascii.Error, ValueError):
        raise ContractBroken("the body is not the base64 that the event announces") from None


def _cookies(given: Iterable[object]) -> dict[str, str]:
    """By name; of two with one name the first counts, as it has the longer path (RFC 6265 5.4)."""
    cookies: dict[str, str] = {}
    for one in given:
        name, _, value = _text(one).strip().partition("=")
        if name:
            cookies.setdefault(name.strip(), value.strip().strip('"'))
    return cookies


def set_cookie(name: str, value: str, *, path: str, secure: bool, seconds: int) -> str:
    """A cookie that scripts and forms of other sites never get. Raises ValueError for what would
    need quoting.

    Lax, not Strict: a link in somebody's webmail is another site's, and must find them signed in.
    """
    if not all(_COOKIE_TEXT.fullmatch(part) for part in (name, value, path)):
        raise ValueError(f"{name} has a value or a path that needs quoting")
    shared = f"{name}={value}; Path={path}; Max-Age={seconds}; HttpOnly; SameSite=Lax"
    return shared + ("; Secure" if secure else "")
