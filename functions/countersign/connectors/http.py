"""What every call to an outside system keeps to: time, size, no redirects, no secret in clear.

A request goes over libcurl as it is: httpx's client spends half of a call's CPU on what none of
ours may have (redirects, cookies, environment, logs of URLs), its transport half of the rest on
parsing HTTP in Python, and its types a millisecond on a URL of many properties. Its errors are
used, and its transports where one is handed in.
"""

from __future__ import annotations

import json as json_
import re
import ssl
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Protocol

import certifi
import httpx
import pycurl

from countersign import tracing
from countersign.connectors.curl import Curls, perform
from countersign.domain.limits.pace import Told

MAX_ANSWER = 8 * 1_048_576
"""Bytes that are read of one answer."""
NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
"""Errors after which nothing was asked."""

KEEP_ALIVE = 5.0
"""Seconds: after a frozen function wakes, an older connection would lose a write."""
_HEADERS = {"Accept": "*/*", "Accept-Encoding": "identity", "User-Agent": "countersign"}
_LONGEST_PAUSE = 3600.0  # seconds of Retry-After that are believed
_SIGNS = re.compile(r"[\w\-.~:/?#\[\]@!$&'()*+,;=%]+", re.ASCII)
"""Of URLs (RFC 3986)."""
_ENDS = re.compile(r"[\r\n\0]")
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class Gate(Protocol):
    """What every request to an outside system passes."""

    def before(self) -> None:
        """A request is about to be sent: its turn is waited for. Raises NotYourTurn."""

    def after(self, told: Told | None) -> None:
        """An answer came, and what it said of the limit."""


class OpenGate:
    """Where nobody counts: a command at a terminal, a test."""

    def before(self) -> None:
        """Nothing is waited for."""

    def after(self, told: Told | None) -> None:
        """Nothing is remembered."""


@cache
def certificates() -> ssl.SSLContext:
    """Whom to trust. A client that is not given it reads 150 authorities: 20 ms of CPU and more."""
    return httpx.create_ssl_context(trust_env=False)


@dataclass(frozen=True)
class Request:
    """One request as it is sent. `timeout` has httpx's phases."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes
    timeout: Mapping[str, float]

    @property
    def host(self) -> str:
        """Whom it is sent to, for a trace: without credentials and port."""
        place = self.url.partition("://")[2].partition("/")[0].partition("?")[0]
        return place.rpartition("@")[2].partition(":")[0]


class Answer:
    """What came back; the names of headers are in lower case. It is read once, by `body`."""

    def __init__(
        self, status_code: int, headers: Mapping[str, str], chunks: Iterable[bytes]
    ) -> None:
        self.status_code = status_code
        self.headers = headers
        self.chunks = chunks

    def close(self) -> None:
        """Nothing is open."""


class Transport(Protocol):
    """A way on which requests go."""

    def send(self, request: Request) -> Answer:
        """The answer. Raises httpx.TransportError."""
        ...

    def close(self) -> None:
        """Close the connections."""


class Client:
    """Connections that are kept, over which each request goes as it is."""

    def __init__(self, transport: httpx.BaseTransport | Transport | None) -> None:
        given = transport or CurlTransport()
        self._transport = OverHttpx(given) if isinstance(given, httpx.BaseTransport) else given

    def close(self) -> None:
        """Close the connections."""
        self._transport.close()

    @contextmanager
    def asked(
        self,
        method: str,
        url: httpx.URL | str,
        seconds: float,
        *,
        headers: Mapping[str, str] | None = None,
        content: bytes | str | None = None,
        json: object = None,
    ) -> Iterator[Answer]:
        """The answer; what is sent is `content`, or `json` written as such. Raises
        httpx.HTTPError."""
        typed = {} if json is None else {"Content-Type": "application/json"}
        request = Request(
            method,
            _quoted(str(url)),
            {**_HEADERS, **typed, **(headers or {})},
            _written(content, json),
            _phases(seconds),
        )
        with tracing.span(request.host), closing(self._transport.send(request)) as answer:
            yield answer


def _quoted(url: str) -> str:
    """What has only signs of URLs is one already."""
    return url if _SIGNS.fullmatch(url) else str(httpx.URL(url))


def _written(content: bytes | str | None, json: object) -> bytes:
    if json is not None:
        text = json_.dumps(json, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
        return text.encode()
    return content.encode() if isinstance(content, str) else content or b""


class OverHttpx:
    """A transport of httpx's as one of ours."""

    def __init__(self, transport: httpx.BaseTransport) -> None:
        self._transport = transport

    def close(self) -> None:
        """Close its connections."""
        self._transport.close()

    def send(self, request: Request) -> Answer:
        """Its answer, which is read as it is taken."""
        came = self._transport.handle_request(
            httpx.Request(
                request.method,
                request.url,
                headers=request.headers,
                content=request.body or None,
                extensions={"timeout": request.timeout},
            )
        )
        return _Streamed(came)


class _Streamed(Answer):
    def __init__(self, came: httpx.Response) -> None:
        super().__init__(came.status_code, came.headers, came.iter_bytes())
        self._came = came

    def close(self) -> None:
        self._came.close()


class CurlTransport:
    """Each request once, and the whole of its answer within twice the time that it has for reading:
    what a kept connection swallowed is an answer that was lost. Raises httpx.TransportError."""

    def __init__(self, authorities: str = "") -> None:
        """`authorities`: the file of whom to trust; empty: certifi's."""
        self._curls = Curls()
        self._trusts = authorities or certifi.where()

    def close(self) -> None:
        """Close this thread's connections."""
        self._curls.close()

    def send(self, request: Request) -> Answer:
        """Send it and read all of the answer."""
        curl, times = self._curls.mine(), request.timeout
        options: dict[int, object] = {
            pycurl.CAINFO: self._trusts,
            pycurl.MAXAGE_CONN: int(KEEP_ALIVE),
            pycurl.CONNECTTIMEOUT_MS: _milliseconds(times["connect"]),
            pycurl.TIMEOUT_MS: _milliseconds(2 * times["read"]),
        }
        headers = list(_sent(request.headers))
        try:
            came = perform(
                curl,
                request.method,
                request.url,
                headers=headers,
                body=request.body,
                options=options,
                again=False,
                most=MAX_ANSWER,
            )
        except pycurl.error as error:
            raise _trouble(
                int(error.args[0]), begun=curl.getinfo(pycurl.PRETRANSFER_TIME) > 0
            ) from None
        told: dict[str, str] = {}
        for name, value in came.headers:
            key, text = name.decode("latin-1").lower(), value.decode("latin-1")
            told[key] = f"{told[key]}, {text}" if key in told else text
        return Answer(curl.getinfo(pycurl.RESPONSE_CODE), told, (came.body,))


_NOT_REACHED = frozenset(
    {
        *(pycurl.E_COULDNT_RESOLVE_HOST, pycurl.E_COULDNT_CONNECT),
        *(pycurl.E_SSL_CONNECT_ERROR, pycurl.E_PEER_FAILED_VERIFICATION),
    }
)


def _sent(headers: Mapping[str, str]) -> Iterator[tuple[bytes, bytes]]:
    for name, value in headers.items():
        if _ENDS.search(value):
            raise httpx.LocalProtocolError("a header has more than one line")
        yield name.encode("ascii"), value.encode("ascii")


def _milliseconds(seconds: float) -> int:
    """At least one: to curl none is for ever."""
    return max(1, int(1000 * seconds))


def _trouble(code: int, *, begun: bool) -> httpx.TransportError:
    """curl's error, of a request of which something may have been sent or not."""
    if code == pycurl.E_OPERATION_TIMEDOUT:
        late = "not there in time"
        return httpx.ReadTimeout(late) if begun else httpx.ConnectTimeout(late)
    if code in _NOT_REACHED:
        return httpx.ConnectError(f"not reached (curl's error {code})")
    if code == pycurl.E_WRITE_ERROR:
        return httpx.ReadError("the answer is too large")
    return httpx.ReadError(f"the connection failed (curl's error {code})")


def _phases(seconds: float) -> Mapping[str, float]:
    """Each phase has its own limit; together they must not exceed what the caller has."""
    return {**dict.fromkeys(("connect", "write", "pool"), seconds / 4), "read": seconds / 2}


def in_clear(url: httpx.URL) -> bool:
    """Whether what is sent there could be read on the way; loopback has no way."""
    return url.scheme != "https" and url.host not in _LOOPBACK


def body(answer: Answer, deadline: float, most: int = MAX_ANSWER) -> bytes:
    """The bytes of a streamed answer. Raises httpx.HTTPError when it is too large, comes later than
    `deadline` (monotonic seconds) or is compressed."""
    if answer.headers.get("content-encoding", "identity") != "identity":
        raise httpx.DecodingError("the answer is compressed, which was not asked for")
    got = bytearray()
    for chunk in answer.chunks:
        got += chunk
        if len(got) > most:
            raise httpx.ReadError("the answer is too large")
        if time.monotonic() > deadline:
            raise httpx.ReadTimeout("the answer came too slowly")
    return bytes(got)


def retry_after(answer: Answer) -> float | None:
    """Seconds that the answer asks for, at most an hour; None when it does not say."""
    return pause(answer.headers.get("retry-after", ""))


def pause(text: str) -> float | None:
    """Seconds out of a Retry-After header, at most an hour; None for anything else."""
    if not re.fullmatch(r"\d{1,6}(\.\d{1,3})?", text):
        return None
    return min(float(text), _LONGEST_PAUSE)
