"""HTTP to a model: one answer has so many bytes, and so much time for all of it."""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterable, Mapping
from contextvars import ContextVar
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from typing import Any

import httpcore2
import httpx2

MOST_BYTES = 2 * 1_048_576
"""Of one answer."""
KEEP_ALIVE = 5.0
"""Seconds: after a frozen function wakes, an older connection would lose a request."""
LONGEST_PAUSE = 86_400.0
"""Seconds of Retry-After that are believed."""
_TELLS = frozenset({"retry-after", "retry-after-ms", "date", "x-amzn-errortype"})
"""The only headers of an answer that are heeded: no other can make a client do anything."""
_LOST = (httpcore2.NetworkError, httpcore2.ProtocolError, httpcore2.UnsupportedProtocol)

_ends: ContextVar[float] = ContextVar("ends")
"""When the request of this thread must be over, in monotonic seconds."""


@cache
def _certificates() -> ssl.SSLContext:
    return httpx2.create_ssl_context(trust_env=False)


def http_client() -> httpx2.Client:
    """A client over it that follows no redirect, asks for nothing compressed and reads nothing from
    the environment."""
    return httpx2.Client(
        transport=BoundedTransport(),
        headers={"Accept-Encoding": "identity"},
        follow_redirects=False,
        trust_env=False,
    )


class BoundedTransport(httpx2.BaseTransport):
    """The whole answer, headers and body, within the request's time-out.

    A time-out of httpx is one of each read: a server that sends a byte now and then meets it for
    ever. Here it is that of all of them together. What is compressed was not asked for, and is not
    unpacked. Raises httpx2.TransportError, and nothing else.
    """

    def __init__(self) -> None:
        self._pool = httpcore2.ConnectionPool(
            ssl_context=_certificates(),
            keepalive_expiry=KEEP_ALIVE,
            network_backend=_Backend(),
        )

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send it and read all of the answer."""
        before = _ends.set(time.monotonic() + request.extensions["timeout"]["read"])
        try:
            return self._answered(request)
        except httpcore2.TimeoutException as late:
            raise httpx2.ReadTimeout(f"not there in time ({type(late).__name__})") from None
        except _LOST as lost:
            raise httpx2.ReadError(f"the connection failed ({type(lost).__name__})") from None
        finally:
            _ends.reset(before)

    def close(self) -> None:
        """Close the connections."""
        self._pool.close()

    def _answered(self, request: httpx2.Request) -> httpx2.Response:
        with self._pool.stream(
            request.method,
            str(request.url),
            headers=request.headers.raw,
            content=request.read(),
            extensions=request.extensions,
        ) as answer:
            headers = [(name.decode("latin-1").lower(), value) for name, value in answer.headers]
            packed = {value.lower() for name, value in headers if name == "content-encoding"}
            if packed - {b"identity"}:
                raise httpx2.DecodingError("the answer is compressed, which was not asked for")
            return httpx2.Response(
                answer.status,
                headers=[(n, v.decode("latin-1")) for n, v in headers if n in _TELLS],
                content=_bounded(answer.iter_stream()),
            )


def _bounded(chunks: Iterable[bytes]) -> bytes:
    got = bytearray()
    for chunk in chunks:
        got += chunk
        if len(got) > MOST_BYTES:
            raise httpx2.ReadError(f"the answer has more than {MOST_BYTES} bytes")
    return bytes(got)


def _left(timeout: float | None) -> float:
    left = _ends.get() - time.monotonic()
    if left <= 0:
        raise httpcore2.ReadTimeout("the time of the whole answer is over")
    return left if timeout is None else min(timeout, left)


class _Backend(httpcore2.NetworkBackend):
    """Connections whose every read and write ends with the request's own time."""

    def __init__(self) -> None:
        self._sockets = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        left = _left(timeout)
        return _Stream(self._sockets.connect_tcp(host, port, left, local_address, socket_options))


class _Stream(httpcore2.NetworkStream):
    def __init__(self, stream: httpcore2.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _left(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> _Stream:
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, _left(timeout)))

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def pause_of(headers: Mapping[str, Any]) -> float | None:
    """The seconds that Retry-After asks for, as a number or as a date beside the answer's own; None
    when it does not say so in a way that can be read."""
    said = headers.get("retry-after", "")
    exact = _number(headers.get("retry-after-ms", ""))
    seconds = exact / 1000 if exact is not None else _number(said)
    if seconds is None:
        ends, now = _date(said), _date(headers.get("date", "")) or datetime.now(UTC)
        seconds = (ends - now).total_seconds() if ends else None
    return None if seconds is None else min(max(seconds, 0.0), LONGEST_PAUSE)


def _number(text: str) -> float | None:
    plain = len(text) < len("123456789.0") and text.isascii()
    return float(text) if plain and text.replace(".", "", 1).isdecimal() else None


def _date(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
