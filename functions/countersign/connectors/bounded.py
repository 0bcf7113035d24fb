"""HTTP to a model: one answer has so many bytes, and so much time for all of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx2
import pycurl

from countersign.connectors.curl import Curls, Options, authorities, perform

MOST_BYTES = 2 * 1_048_576
"""Of one answer."""
KEEP_ALIVE = 5.0
"""Seconds: after a frozen function wakes, an older connection would lose a request."""
LONGEST_PAUSE = 86_400.0
"""Seconds of Retry-After that are believed."""
_TELLS = frozenset({"retry-after", "retry-after-ms", "date", "x-amzn-errortype"})
"""The only headers of an answer that are heeded: no other can make a client do anything."""
_CURL_S = frozenset({b"content-length", b"transfer-encoding"})
"""Headers that curl writes itself."""


def http_client(trusts: str = "") -> httpx2.Client:
    """A client over it that follows no redirect, asks for nothing compressed and reads nothing from
    the environment. `trusts` is a file of whom to trust instead of whom all trust."""
    return httpx2.Client(
        transport=BoundedTransport(trusts or authorities()),
        headers={"Accept-Encoding": "identity"},
        follow_redirects=False,
        trust_env=False,
    )


class BoundedTransport(httpx2.BaseTransport):
    """The whole answer, headers and body, within the request's time-out; each request once.

    A time-out of httpx is one of each read: a server that sends a byte now and then meets it for
    ever. Here it is that of all of them together. What is compressed was not asked for, and is not
    unpacked. Raises httpx2.TransportError, and nothing else.
    """

    def __init__(self, trusts: str) -> None:
        self._curls, self._trusts = Curls(), trusts

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send it and read all of the answer."""
        curl, headers, body = self._curls.mine(), list(_sent(request)), request.read()
        try:
            came = perform(
                curl,
                request.method,
                str(request.url),
                headers=headers,
                body=body,
                options=self._within(request.extensions["timeout"]["read"]),
                again=False,
                most=MOST_BYTES,
            )
        except pycurl.error as error:
            raise _trouble(int(error.args[0])) from None
        told = [(name.decode("latin-1").lower(), text) for name, text in came.headers]
        packed = {text.lower() for name, text in told if name == "content-encoding"}
        if packed - {b"identity"}:
            raise httpx2.DecodingError("the answer is compressed, which was not asked for")
        return httpx2.Response(
            curl.getinfo(pycurl.RESPONSE_CODE),
            headers=[(name, text.decode("latin-1")) for name, text in told if name in _TELLS],
            content=came.body,
        )

    def close(self) -> None:
        """Close this thread's connections."""
        self._curls.close()

    def _within(self, seconds: float) -> Options:
        """To curl no time is for ever."""
        return {
            pycurl.CAINFO: self._trusts,
            pycurl.MAXAGE_CONN: int(KEEP_ALIVE),
            pycurl.TIMEOUT_MS: max(1, int(1000 * seconds)),
        }


def _sent(request: httpx2.Request) -> Iterator[tuple[bytes, bytes]]:
    for name, value in request.headers.raw:
        if any(one in value for one in b"\r\n\0"):
            raise httpx2.LocalProtocolError("a header has more than one line")
        if name.lower() not in _CURL_S:
            yield name, value


def _trouble(code: int) -> httpx2.TransportError:
    if code == pycurl.E_OPERATION_TIMEDOUT:
        return httpx2.ReadTimeout("not there in time")
    if code == pycurl.E_WRITE_ERROR:
        return httpx2.ReadError(f"the answer has more than {MOST_BYTES} bytes")
    return httpx2.ReadError(f"the connection failed (curl's error {code})")


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
