"""Other companies' systems, told what happened: a signed POST to an address that they named.

Such an address is content from outside: its host is resolved once, every address of it is judged,
and the connection goes to one that was judged, with the host's name for TLS.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterable, Mapping
from ipaddress import IPv4Address, IPv6Address, ip_address

import httpx

from countersign.connectors import http
from countersign.domain.errors import Refused, Throttled, Unavailable

SECONDS = 5.0
"""For one delivery: others wait behind it."""
_MOST = 4_096  # bytes of an answer, which nobody reads
_HTTPS = 443

Address = IPv4Address | IPv6Address
Resolve = Callable[[str, int], Iterable[str]]
"""The addresses of a host at a port. Raises OSError."""


class HttpCallbacks:
    """The port Callbacks. One attempt, no redirects. `transport` and `resolve` are for tests."""

    def __init__(
        self, transport: httpx.BaseTransport | None = None, resolve: Resolve | None = None
    ) -> None:
        self._client = http.Client(transport)
        self._resolve = resolve or _resolved

    def deliver(self, url: str, headers: Mapping[str, str], body: bytes) -> None:
        """As the port: any 2xx is an acceptance, 410 the wish to hear no more."""
        to = httpx.URL(url)
        if http.in_clear(to):
            raise Unavailable("the address is not https: what is told would travel in clear")
        try:
            status, wait = self._post(to, headers, body)
        except (httpx.HTTPError, OSError) as lost:
            raise Unavailable(f"the receiver did not answer ({type(lost).__name__})") from None
        if status == httpx.codes.GONE:
            raise Refused("the receiver wants to hear no more (410)")
        if status == httpx.codes.TOO_MANY_REQUESTS:
            raise Throttled("the receiver asked to wait", wait)
        if not httpx.codes.is_success(status):
            raise Unavailable(f"the receiver answered {status}")

    def _post(
        self, url: httpx.URL, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, float | None]:
        deadline = time.monotonic() + SECONDS
        at, named = self._judged(url), {**headers, "host": url.netloc.decode()}
        tls = {"sni_hostname": url.host}
        with self._client.asked(
            "POST", at, SECONDS, headers=named, content=body, extensions=tls
        ) as answer:
            http.body(answer, deadline, _MOST)
            return answer.status_code, http.retry_after(answer)

    def _judged(self, url: httpx.URL) -> httpx.URL:
        """The URL at an address of its host. Raises Unavailable where one of them is no public one:
        a name that leads inside once leads there whenever its owner likes."""
        if url.scheme != "https":
            return url  # loopback: no other one is let through
        found = [ip_address(one) for one in self._resolve(url.host, url.port or _HTTPS)]
        if not found or not all(map(is_public, found)):
            raise Unavailable("the receiver's host has an address that is not public")
        return url.copy_with(host=str(found[0]))


def is_public(address: Address) -> bool:
    """Whether an address is somebody's on the internet: not private, loopback, link-local, shared,
    reserved or multicast, nor one of those inside another (mapped, 6to4, Teredo, NAT64)."""
    if isinstance(address, IPv6Address):
        inside = _inside(address)
        if inside is not None or address.is_site_local:
            return inside is not None and is_public(inside)
    return address.is_global and not address.is_multicast


def _inside(address: IPv6Address) -> IPv4Address | None:
    """The address that another one stands for. Sources: RFC 4291 (mapped), RFC 3056 (6to4), RFC
    4380 (Teredo), RFC 6052 (NAT64)."""
    if address.packed.startswith(bytes.fromhex("0064ff9b0000000000000000")):
        return IPv4Address(address.packed[-4:])
    return address.ipv4_mapped or address.sixtofour or (address.teredo or (None, None))[1]


def _resolved(host: str, port: int) -> Iterable[str]:
    for *_, where in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
        yield str(where[0])
