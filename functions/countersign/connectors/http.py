"""What every call to an outside system keeps to: time, size, no redirects, no secret in clear.

httpx's own client spends half of a call's CPU on what none of ours may have: redirects, cookies,
environment, logs of URLs; its transport half of the rest on parsing HTTP in Python. Its requests
and answers are used without them, over libcurl.
"""

from __future__ import annotations

import re
import ssl
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from functools import cache
from typing import Any, Protocol

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


class Client:
    """Connections that are kept, over which each request goes as it is."""

    def __init__(self, transport: httpx.BaseTransport | None) -> None:
        self._transport = transport or CurlTransport()

    def close(self) -> None:
        """Close the connections."""
        self._transport.close()

    @contextmanager
    def asked(
        self, method: str, url: httpx.URL | str, seconds: float, **parts: Any
    ) -> Iterator[httpx.Response]:
        """The answer. `parts` are an httpx.Request's. Raises
        httpx.HTTPError."""
        headers = {**_HEADERS, **parts.pop("headers", {})}
        extensions = {"timeout": _phases(seconds), **parts.pop("extensions", {})}
        request = httpx.Request(method, url, headers=headers, extensions=extensions, **parts)
        with (
            tracing.span(request.url.host),
            closing(self._transport.handle_request(request)) as answer,
        ):
            yield answer


class CurlTransport(httpx.BaseTransport):
    """Each request once, and the whole of its answer within twice the time that it has for reading:
    what a kept connection swallowed is an answer that was lost. Raises httpx.TransportError."""

    def __init__(self, authorities: str = "") -> None:
        """`authorities`: the file of whom to trust; empty: certifi's."""
        self._curls = Curls()
        self._trusts = authorities or certifi.where()

    def close(self) -> None:
        """Close this thread's connections."""
        self._curls.close()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send it and read all of the answer."""
        curl, times = self._curls.mine(), request.extensions["timeout"]
        options: dict[int, object] = {
            pycurl.CAINFO: self._trusts,
            pycurl.MAXAGE_CONN: int(KEEP_ALIVE),
            pycurl.CONNECTTIMEOUT_MS: _milliseconds(times["connect"]),
            pycurl.TIMEOUT_MS: _milliseconds(2 * times["read"]),
        }
        headers, body = list(_sent(request.headers)), request.read()
        try:
            answer = perform(
                curl,
                request.method,
                str(request.url),
                headers=headers,
                body=body,
                options=options,
                again=False,
                most=MAX_ANSWER,
            )
        except pycurl.error as error:
            raise _trouble(
                int(error.args[0]), begun=curl.getinfo(pycurl.PRETRANSFER_TIME) > 0
            ) from None
        status: int = curl.getinfo(pycurl.RESPONSE_CODE)
        return httpx.Response(status, headers=answer.headers, stream=_Whole(answer.body))


class _Whole(httpx.SyncByteStream):
    """An answer that has been read; httpx reads its own kind at once and unpacks it."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    def __iter__(self) -> Iterator[bytes]:
        yield self._body


_CURL_S = frozenset({b"content-length", b"transfer-encoding"})
"""Headers that curl writes itself."""
_NOT_REACHED = frozenset(
    {
        *(pycurl.E_COULDNT_RESOLVE_HOST, pycurl.E_COULDNT_CONNECT),
        *(pycurl.E_SSL_CONNECT_ERROR, pycurl.E_PEER_FAILED_VERIFICATION),
    }
)


def _sent(headers: httpx.Headers) -> Iterator[tuple[bytes, bytes]]:
    for name, value in headers.raw:
        if any(one in value for one in b"\r\n\0"):
            raise httpx.LocalProtocolError("a header has more than one line")
        if name.lower() not in _CURL_S:
            yield name, value


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


def _phases(seconds: float) -> Mapping[str, float | None]:
    """Each phase has its own limit; together they must not exceed what the caller has."""
    return httpx.Timeout(seconds / 4, read=seconds / 2).as_dict()


def in_clear(url: httpx.URL) -> bool:
    """Whether what is sent there could be read on the way; loopback has no way."""
    return url.scheme != "https" and url.host not in _LOOPBACK


def body(answer: httpx.Response, deadline: float, most: int = MAX_ANSWER) -> bytes:
    """The bytes of a streamed answer. Raises httpx.HTTPError when it is too large, comes later than
    `deadline` (monotonic seconds) or is compressed."""
    if answer.headers.get("content-encoding", "identity") != "identity":
        raise httpx.DecodingError("the answer is compressed, which was not asked for")
    got = bytearray()
    for chunk in answer.iter_bytes():
        got += chunk
        if len(got) > most:
            raise httpx.ReadError("the answer is too large")
        if time.monotonic() > deadline:
            raise httpx.ReadTimeout("the answer came too slowly")
    return bytes(got)


def retry_after(answer: httpx.Response) -> float | None:
    """Seconds that the answer asks for, at most an hour; None when it does not say."""
    return pause(answer.headers.get("retry-after", ""))


def pause(text: str) -> float | None:
    """Seconds out of a Retry-After header, at most an hour; None for anything else."""
    if not re.fullmatch(r"\d{1,6}(\.\d{1,3})?", text):
        return None
    return min(float(text), _LONGEST_PAUSE)
