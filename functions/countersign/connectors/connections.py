"""Connections that are kept and used again, over the standard library's client.

A request costs its socket and its headers. urllib3 takes twice and httpx three times the CPU for
each, for redirects, retries, content codings, proxies and pools that wait: no call of ours may have
them.
"""

from __future__ import annotations

import http.client
import select
import ssl
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

_MOST_KEPT = 16
"""To one place: more than a function has threads."""
_CHUNK = 1 << 16
_A_DAY = 86_400.0
Trusted = Callable[[], ssl.SSLContext]
"""Whom to trust; asked for where there is TLS only."""


class LostError(Exception):
    """The answer did not come, or not whole: whether anything was done is not known."""


class LateError(LostError):
    """It did not come in time."""


class NotReachedError(LostError):
    """Nothing was sent."""


@dataclass(frozen=True)
class Phases:
    """The most seconds for connecting, and for each sending and each reading."""

    connect: float
    write: float
    read: float


class Connections:
    """Those to one place. `url` says scheme, host and port; `named` is who must be there by its
    certificate, where that is another name. One that rested for longer than `rests` seconds, or
    that the other side has closed, is not used again."""

    def __init__(
        self, url: str, trusted: Trusted, *, rests: float = _A_DAY, named: str = ""
    ) -> None:
        place = urlsplit(url)
        self._host, self._port = place.hostname or "", place.port
        self._trusted = trusted if place.scheme == "https" else None
        self._named = named or self._host
        self._rests = rests
        self._kept: list[tuple[float, http.client.HTTPConnection]] = []

    def asked(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes, phases: Phases
    ) -> Exchange:
        """The answer, of which only the head was read; it is closed by whoever asked. Raises
        LostError."""
        connection = self._awake() or self._connected(phases)
        try:
            connection.sock.settimeout(phases.write)
            connection.request(method, target, body, headers)
            connection.sock.settimeout(phases.read)
            return Exchange(self, connection, connection.getresponse())
        except (ValueError, http.client.InvalidURL):  # a line break: it is looked for before
            connection.close()
            raise NotReachedError("no HTTP") from None
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            raise _lost(error) from None

    def keep(self, connection: http.client.HTTPConnection) -> None:
        """Its answer was read to the end: it can be asked again."""
        if len(self._kept) < _MOST_KEPT:
            self._kept.append((time.monotonic(), connection))
        else:
            connection.close()

    def close(self) -> None:
        """Close all that nobody uses."""
        while self._kept:
            self._kept.pop()[1].close()

    def _awake(self) -> http.client.HTTPConnection | None:
        """The one that was used last, unless it is of no use any more."""
        while self._kept:
            used, connection = self._kept.pop()
            if time.monotonic() - used <= self._rests and not _has_ended(connection):
                return connection
            connection.close()
        return None

    def _connected(self, phases: Phases) -> http.client.HTTPConnection:
        port = self._port or self._usual
        connection = http.client.HTTPConnection(self._host, port, phases.connect)
        try:
            connection.connect()
            if self._trusted:
                plain = connection.sock
                connection.sock = self._trusted().wrap_socket(plain, server_hostname=self._named)
        except OSError as error:
            connection.close()
            raise NotReachedError(type(error).__name__) from None
        return connection

    @property
    def _usual(self) -> int:
        return http.client.HTTPS_PORT if self._trusted else http.client.HTTP_PORT


class Exchange:
    """One answer, whose body is still to be read."""

    def __init__(
        self,
        place: Connections,
        connection: http.client.HTTPConnection,
        answer: http.client.HTTPResponse,
    ) -> None:
        self._place = place
        self._connection = connection
        self._answer = answer
        self.status = answer.status

    @property
    def headers(self) -> Sequence[tuple[str, str]]:
        """As they came."""
        return self._answer.getheaders()

    def chunks(self) -> Iterator[bytes]:
        """The body, as it comes. Raises LostError, for one that is cut short too."""
        try:
            while chunk := self._answer.read1(_CHUNK):
                yield chunk
            if self._answer.length:
                raise LostError("cut short")
            self._answer.read()  # nothing: it tells the client that this was the end
        except (OSError, http.client.HTTPException) as error:
            raise _lost(error) from None

    def close(self) -> None:
        """Keep the connection where the answer was read to its end."""
        if self._answer.isclosed() and self._connection.sock:
            self._place.keep(self._connection)
        else:
            self._answer.close()
            self._connection.close()


def _has_ended(connection: http.client.HTTPConnection) -> bool:
    """Whether the other side has closed it, or said what nobody asked for."""
    ready = select.poll()
    ready.register(connection.sock, select.POLLIN)
    return bool(ready.poll(0))


def _lost(error: Exception) -> LostError:
    kind = LateError if isinstance(error, TimeoutError) else LostError
    return kind(type(error).__name__)
