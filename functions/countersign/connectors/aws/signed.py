"""Signed requests to AWS over kept connections, each tried three times: what a function's own calls
are made of. What is signed, and what an error says, is compared with botocore's own in tests."""

from __future__ import annotations

import hashlib
import hmac
import random
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from http import HTTPStatus
from typing import Any, Protocol
from urllib.parse import quote, urlencode

import pycurl
from botocore.exceptions import ClientError

from countersign import tracing
from countersign.connectors.aws.client import Credentials, Place, passes
from countersign.connectors.curl import Curls, Options, authorities, perform
from countersign.domain.canonical import digest
from countersign.domain.errors import Unavailable

_BY = "AWS4-HMAC-SHA256"
_PAUSES = (1.0, 2.0)
"""The most seconds before the second try and the third."""
_TAKEN = frozenset({HTTPStatus.OK, HTTPStatus.PARTIAL_CONTENT})
"""The second for a range of an object."""
Wait = Callable[[float], None]
Refusal = Callable[[int, bytes], Any]
"""An answer that says no, as botocore's errors hold it."""


@dataclass(frozen=True)
class Request:
    """What is asked, before it is signed. `path` and `query` are quoted, the query in order."""

    headers: Mapping[str, str]
    body: bytes = b""
    method: str = "POST"
    path: str = "/"
    query: str = ""


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


class Send(Protocol):
    """Sends one signed request. Raises Unavailable without an answer."""

    def __call__(self, url: str, request: Request) -> Answer:
        """The answer to `request` at `url`, whatever its status."""
        ...


def sent(url: str, request: Request) -> Answer:
    """Send it on a connection that the thread keeps. Where that turns out to have ended, curl sends
    the request again on a new one, as a caller's next try would."""
    curl = _curls().mine()
    target = f"{request.path}?{request.query}" if request.query else request.path
    headers = ((k.encode(), v.encode()) for k, v in request.headers.items())
    try:
        came = perform(
            curl,
            request.method,
            url + target,
            headers=headers,
            body=request.body,
            options=_options(),
            again=True,
        )
    except pycurl.error as error:
        raise Unavailable(f"AWS gave no answer: curl's error {error.args[0]}") from None
    told = {name.decode("latin-1").lower(): text.decode("latin-1") for name, text in came.headers}
    return Answer(curl.getinfo(pycurl.RESPONSE_CODE), came.body, told)


@cache
def _curls() -> Curls:
    return Curls()


@cache
def _options() -> Options:
    """Whom to trust; seconds for a connection, and for which nothing comes over it."""
    return {
        pycurl.CAINFO: authorities(),
        pycurl.CONNECTTIMEOUT: 3,
        pycurl.LOW_SPEED_LIMIT: 1,
        pycurl.LOW_SPEED_TIME: 10,
    }


@dataclass(frozen=True)
class Signer:
    """Signature Version 4 for one service at `url`, by its name in signatures."""

    name: str
    region: str
    url: str
    by: Credentials
    _keys: dict[str, bytes] = field(default_factory=dict, init=False, repr=False, compare=False)

    def signed(self, request: Request) -> Request:
        """The request with its signature, of this moment."""
        now = _now()
        headers = {
            **request.headers,
            "host": self.url.partition("://")[2],
            "x-amz-date": now,
            **({"x-amz-security-token": self.by.token} if self.by.token else {}),
        }
        headers = dict(sorted(headers.items()))
        headers["authorization"] = self._authorization(request, headers, now)
        return Request(headers, request.body, request.method, request.path, request.query)

    def _authorization(self, asked: Request, headers: Mapping[str, str], now: str) -> str:
        """Over these headers; of every service but S3 a path is quoted once more."""
        names = ";".join(headers)
        lines = "".join([f"{name}:{text}\n" for name, text in headers.items()])
        path = asked.path if self.name == "s3" else quote(asked.path, safe="/~")
        head = f"{asked.method}\n{path}\n{asked.query}"
        signature = self._signature(f"{head}\n{lines}\n{names}\n{digest(asked.body)}", now)
        by = f"Credential={self.by.key}/{self._place(now)}, SignedHeaders={names}"
        return f"{_BY} {by}, Signature={signature}"

    def link(self, path: str, query: Mapping[str, str], seconds: int) -> str:
        """What whoever has it may GET of S3 for so long: its signature stands in its query."""
        now = _now()
        token = {"X-Amz-Security-Token": self.by.token} if self.by.token else {}
        said = {
            **query,
            **token,
            "X-Amz-Algorithm": _BY,
            "X-Amz-Credential": f"{self.by.key}/{self._place(now)}",
            "X-Amz-Date": now,
            "X-Amz-Expires": str(seconds),
            "X-Amz-SignedHeaders": "host",
        }
        text = urlencode(sorted(said.items()), quote_via=quote, safe="~")
        host = self.url.partition("://")[2]
        asked = f"GET\n{path}\n{text}\nhost:{host}\n\nhost\nUNSIGNED-PAYLOAD"
        return f"{self.url}{path}?{text}&X-Amz-Signature={self._signature(asked, now)}"

    def _place(self, now: str) -> str:
        return f"{now[:8]}/{self.region}/{self.name}/aws4_request"

    def _signature(self, request: str, now: str) -> str:
        told = f"{_BY}\n{now}\n{self._place(now)}\n{digest(request.encode())}"
        return hmac.digest(self._key(now[:8]), told.encode(), hashlib.sha256).hex()

    def _key(self, day: str) -> bytes:
        """Of one day; made once."""
        if day not in self._keys:
            key = f"AWS4{self.by.secret}".encode()
            for part in (day, self.region, self.name, "aws4_request"):
                key = hmac.digest(key, part.encode(), hashlib.sha256)
            self._keys[day] = key
        return self._keys[day]


def _now() -> str:
    """AWS's time, which no stage moves."""
    return datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")


class Signed:
    """One service as its callers reach it, by its name in hosts and signatures.

    Raises ClientError for an answer that says no, Unavailable without one; trouble that passes is
    tried again first.
    """

    def __init__(
        self,
        name: str,
        place: Place,
        by: Credentials | None = None,
        send: Send = sent,
        wait: Wait = time.sleep,
    ) -> None:
        self._url, self._send, self._wait = place.url(name), send, wait
        self._signer = Signer(name, place.region, self._url, by or place.own)

    def asked(self, operation: str, request: Request, refused: Refusal) -> Answer:
        """The answer to `operation`."""
        for longest in _PAUSES:
            try:
                return self._once(operation, request, refused)
            except (ClientError, Unavailable) as error:
                if isinstance(error, ClientError) and not passes(error):
                    raise
            self._wait(random.uniform(0, longest))  # noqa: S311 - many shall not come at once
        return self._once(operation, request, refused)

    def link(self, path: str, query: Mapping[str, str], seconds: int) -> str:
        """As Signer's."""
        return self._signer.link(path, query, seconds)

    def _once(self, operation: str, request: Request, refused: Refusal) -> Answer:
        with tracing.span(f"{self._signer.name} {operation}"):
            answer = self._send(self._url, self._signer.signed(request))
        if answer.status not in _TAKEN:
            raise ClientError(refused(answer.status, answer.body), operation)
        return answer


def refusal(status: int, text: bytes) -> Any:
    """A Refusal in XML: by its code, or by its status where whoever answered was not AWS."""
    told = text.decode(errors="replace")
    code, message = element("Code", told) or str(status), element("Message", told)
    return {
        "Error": {"Code": code, "Message": message},
        "ResponseMetadata": {"HTTPStatusCode": status},
    }


def element(name: str, text: str) -> str:
    """What stands in the first element of this name. Nothing that is read so holds an entity."""
    found = re.search(f"<{name}>([^<]*)</{name}>", text)
    return found[1] if found else ""
