"""Connections to hosts that somebody else named: judged by their addresses, where they are made.

A name is resolved once for each connection, every address of it is judged, and the socket is opened
to one that was judged. Host, certificate and kept connections stay the name's, since nothing above
the socket knows of addresses.
"""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Callable, Iterable
from contextvars import ContextVar
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any

import httpcore
import httpx

from countersign.connectors import http

Address = IPv4Address | IPv6Address
Resolve = Callable[[str, int], Iterable[str]]
"""The addresses of a host at a port. Raises OSError."""
_TRIED = 3
"""Of the addresses of a host."""
_NOBODYS = ("192.88.99.0/24", "192.0.0.0/24", "3fff::/20")
"""6to4 relays (RFC 7526), where whoever answers is not who was asked; IETF's own (RFC 6890), and
what documents use (RFC 9637): of these Python knows a part."""
_UNICAST = "2000::/3"
"""All that IANA gives to anybody of IPv6 (RFC 4291)."""
_ends: ContextVar[float] = ContextVar("ends")
"""When the request of this thread must be over, in monotonic seconds."""


class NotPublic(OSError):  # noqa: N818 - it reads as what was found
    """One of the host's addresses is not somebody's on the internet: nothing was connected."""


def is_public(address: Address) -> bool:
    """Whether an address is somebody's on the internet: not private, loopback, link-local, shared,
    reserved or multicast, nor one of those inside another (mapped, 6to4, Teredo, NAT64)."""
    inside = _inside(address) if isinstance(address, IPv6Address) else None
    if inside is not None:
        return is_public(inside)
    if address.version == 6 and address not in ip_network(_UNICAST):  # noqa: PLR2004 - IPv6
        return False
    if any(address in ip_network(one) for one in _NOBODYS):
        return False
    return address.is_global and not address.is_multicast


def _inside(address: IPv6Address) -> IPv4Address | None:
    """The address that another one stands for. Sources: RFC 4291 (mapped), RFC 3056 (6to4), RFC
    4380 (Teredo), RFC 6052 (NAT64)."""
    if address.packed.startswith(bytes.fromhex("0064ff9b0000000000000000")):
        return IPv4Address(address.packed[-4:])
    return address.ipv4_mapped or address.sixtofour or (address.teredo or (None, None))[1]


def judged(host: str, found: Iterable[str], *, loopback: bool = False) -> list[str]:
    """The addresses of a host, each of them judged. Raises NotPublic where one of them is not
    public (with `loopback`: not this machine's own): a name that leads inside once leads there
    whenever its owner likes."""
    addresses = [ip_address(one) for one in found]
    well = [one.is_loopback if loopback else is_public(one) for one in addresses]
    if not addresses or not all(well):
        whose = "of this machine" if loopback else "public"
        raise NotPublic(f"the host {host} has an address that is not {whose}")
    return [str(one) for one in addresses]


class JudgedTransport(httpx.HTTPTransport):
    """httpx's transport, whose sockets are opened to judged addresses only, and whose answers are
    over in twice the time that a read has: a server that sends a byte now and then meets every
    time-out of a single read for ever.

    With `loopback` it reaches this machine and nothing else. The rest is for tests: `resolve`,
    `sockets` that connect elsewhere, and whom to `trust`.
    """

    def __init__(
        self,
        *,
        loopback: bool = False,
        resolve: Resolve | None = None,
        sockets: httpcore.NetworkBackend | None = None,
        trust: ssl.SSLContext | None = None,
    ) -> None:
        trusted = trust or http.certificates()
        super().__init__(verify=trusted, trust_env=False)
        # httpx has no word for how sockets are made: its pool is replaced by one that has.
        self._pool = httpcore.ConnectionPool(
            ssl_context=trusted,
            keepalive_expiry=http.KEEP_ALIVE,
            network_backend=_Sockets(
                resolve or resolved, sockets or httpcore.SyncBackend(), loopback
            ),
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send it. Raises NotPublic and httpx.TransportError."""
        _ends.set(time.monotonic() + 2 * request.extensions["timeout"]["read"])
        return super().handle_request(request)


class _Sockets(httpcore.NetworkBackend):
    """Opens sockets to judged addresses; every read and write ends with the request's own time."""

    def __init__(self, resolve: Resolve, sockets: httpcore.NetworkBackend, loopback: bool) -> None:
        self._resolve = resolve
        self._sockets = sockets
        self._loopback = loopback

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        found = judged(host, self._resolve(host, port), loopback=self._loopback)[:_TRIED]
        for address in found[:-1]:
            try:
                return self._connected(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return self._connected(found[-1], port, timeout, local_address, socket_options)

    def _connected(
        self,
        address: str,
        port: int,
        timeout: float | None,
        local_address: str | None,
        socket_options: Iterable[Any] | None,
    ) -> httpcore.NetworkStream:
        seconds = min(_left(), _left() if timeout is None else timeout)
        return _Stream(
            self._sockets.connect_tcp(address, port, seconds, local_address, socket_options)
        )


class _Stream(httpcore.NetworkStream):
    """One connection, none of whose waits is longer than what is left of the request's time."""

    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _within(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _within(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> _Stream:
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, _within(timeout)))

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _within(timeout: float | None) -> float:
    left = _left()
    if left <= 0:
        raise httpcore.ReadTimeout("the time of the whole answer is over")
    return left if timeout is None else min(timeout, left)


def _left() -> float:
    return _ends.get() - time.monotonic()


def resolved(host: str, port: int) -> Iterable[str]:
    """What this machine's resolver says."""
    for *_, where in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
        yield str(where[0])
