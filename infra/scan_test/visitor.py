"""One visitor without a browser: cookies of its own, few requests, never on another host."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from http import HTTPStatus
from ssl import SSLContext
from typing import Any

import httpx

from infra.scan_test.link import Link
from infra.scan_test.page import Page, read

MOST_BYTES = 1_000_000
REDIRECTS = 5
ANSWER_WITHIN = 10.0
"""Seconds for one answer, less when the whole test has less left."""
AGENT = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/126.0 Safari/537.36"


class UnreachableError(RuntimeError):
    """Nothing answered; the message has no address."""


class TimeUpError(RuntimeError):
    """The time of the whole test is up."""


@dataclass(frozen=True)
class Deadline:
    """When the whole test must be over, on `clock`."""

    at: float
    clock: Callable[[], float] = time.monotonic

    @classmethod
    def within(cls, seconds: float, clock: Callable[[], float] = time.monotonic) -> Deadline:
        """`seconds` from now."""
        return cls(clock() + seconds, clock)

    def left(self) -> float:
        """Seconds. Raises TimeUpError when none are left."""
        left = self.at - self.clock()
        if left <= 0:
            raise TimeUpError("the time of the test was up")
        return left


@dataclass(frozen=True)
class Exchange:
    """One request and what was answered. `location` is absolute, empty unless redirected."""

    method: str
    url: str = field(repr=False)
    status: int
    html: str = field(default="", repr=False)
    location: str = field(default="", repr=False)

    @property
    def redirected(self) -> bool:
        """Whether the answer sends the visitor elsewhere."""
        return bool(self.location)

    @cached_property
    def page(self) -> Page:
        """The answer's body, read."""
        return read(self.html)


class Visitor:
    """Sends requests and keeps what was answered. To be closed."""

    def __init__(
        self, link: Link, deadline: Deadline, transport: httpx.BaseTransport | None = None
    ) -> None:
        self.link = link
        self.exchanges: list[Exchange] = []
        self._deadline = deadline
        self._client = httpx.Client(
            transport=transport, verify=_certificates(), headers={"user-agent": AGENT}
        )

    def __enter__(self) -> Visitor:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def send(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        data: Mapping[str, list[str]] | None = None,
        multipart: bool = False,
    ) -> Exchange:
        """One request. Raises UnreachableError, and TimeUpError."""
        wait = min(ANSWER_WITHIN, self._deadline.left())
        asked = {"accept-encoding": "identity", **(headers or {})}
        body = _body(data, multipart=multipart)
        try:
            request = self._client.build_request(method, url, headers=asked, timeout=wait, **body)
            made = self._receive(request)
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
            raise UnreachableError(f"nothing answers ({type(error).__name__})") from error
        self.exchanges.append(made)
        return made

    def follow(self, made: Exchange, headers: Mapping[str, str] | None = None) -> Exchange:
        """The end of `made`'s redirects on the link's own host, at most five, by GET."""
        for _ in range(REDIRECTS):
            if not (made.redirected and self.link.at_home(made.location)):
                break
            made = self.send("GET", made.location, headers=headers)
        return made

    def _receive(self, request: httpx.Request) -> Exchange:
        answer = self._client.send(request, stream=True)
        try:
            body = self._read(answer)
        finally:
            answer.close()
        to = answer.headers.get("location", "")
        moved = HTTPStatus.MULTIPLE_CHOICES <= answer.status_code < HTTPStatus.BAD_REQUEST
        return Exchange(
            method=request.method,
            url=str(request.url),
            status=answer.status_code,
            html=body.decode(answer.encoding or "utf-8", "replace"),
            location=_joined(request.url, to) if moved and to else "",
        )

    def _read(self, answer: httpx.Response) -> bytes:
        body = b""
        for chunk in answer.iter_bytes(65_536):
            self._deadline.left()
            body += chunk
            if len(body) > MOST_BYTES:
                break
        return body[:MOST_BYTES]


def _joined(base: httpx.URL, to: str) -> str:
    try:
        return str(base.join(to))
    except (httpx.InvalidURL, ValueError):
        return ""


def _body(data: Mapping[str, list[str]] | None, *, multipart: bool) -> dict[str, Any]:
    if data is None:
        return {}
    if not multipart:
        return {"data": data}
    return {"files": [(name, (None, value)) for name, each in data.items() for value in each]}


@lru_cache(maxsize=1)
def _certificates() -> SSLContext:
    # Building one takes longer than all of a scanner's requests on loopback.
    return httpx.create_ssl_context()
