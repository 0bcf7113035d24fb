"""Other companies' systems: whom we connect to, what we send, what each answer means."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from ipaddress import ip_address

import httpx
import pytest

from countersign.connectors.callbacks import HttpCallbacks, is_public
from countersign.domain.errors import Refused, Throttled, Unavailable

URL = "https://partner.example/ended?to=us"
PUBLIC = "93.184.215.14"
Handler = Callable[[httpx.Request], httpx.Response]


def _adapter(handler: Handler, *addresses: str) -> HttpCallbacks:
    def resolve(host: str, port: int) -> Iterable[str]:
        assert (host, port) == ("partner.example", 443)
        return addresses

    return HttpCallbacks(httpx.MockTransport(handler), resolve)


def _answering(status: int, **headers: str) -> Handler:
    return lambda _: httpx.Response(status, headers=headers)


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_any_good_answer_is_an_acceptance(status: int) -> None:
    """The connection goes to the address that was judged, under the host's own name."""
    asked: list[httpx.Request] = []

    def handler(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(status)

    _adapter(handler, PUBLIC).deliver(URL, {"webhook-id": "one"}, b"{}")
    (request,) = asked
    assert str(request.url) == f"https://{PUBLIC}/ended?to=us"
    assert request.headers["host"] == "partner.example"
    assert request.extensions["sni_hostname"] == "partner.example"
    assert (request.headers["webhook-id"], request.content) == ("one", b"{}")


@pytest.mark.parametrize(
    ("handler", "error"),
    [
        (_answering(410), Refused),
        (_answering(429, **{"retry-after": "7"}), Throttled),
        (_answering(302, location="https://elsewhere.example/"), Unavailable),
        (_answering(400), Unavailable),
        (_answering(404), Unavailable),
        (_answering(503), Unavailable),
        (lambda _: httpx.Response(200, content=b"x" * 5_000), Unavailable),
    ],
)
def test_what_is_not_taken_comes_again(handler: Handler, error: type[Exception]) -> None:
    """Redirects are not followed, a long answer is not read; only 410 is an end."""
    with pytest.raises(error):
        _adapter(handler, PUBLIC).deliver(URL, {}, b"{}")


def test_who_does_not_answer_is_tried_again() -> None:
    """A connection that fails, and a name that nobody knows."""

    def lost(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectTimeout("")

    with pytest.raises(Unavailable, match="ConnectTimeout"):
        _adapter(lost, PUBLIC).deliver(URL, {}, b"{}")

    def nobody(host: str, port: int) -> Iterable[str]:
        raise OSError(f"{host}:{port}")

    with pytest.raises(Unavailable, match="OSError"):
        HttpCallbacks(httpx.MockTransport(_answering(200)), nobody).deliver(URL, {}, b"{}")


INSIDE = (
    *("127.0.0.1", "127.8.8.8", "0.0.0.1", "10.1.2.3", "172.20.0.1", "192.168.1.1"),
    *("169.254.169.254", "100.64.0.1", "224.0.0.1", "255.255.255.255", "198.18.0.1", "192.0.2.1"),
    *("::1", "::", "fe80::1", "fd00::1", "fec0::1", "ff02::1", "2001:db8::1"),
    *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe"),
    *("2002:7f00:1::", "2002:a00:1::1", "2001:0:4136:e378:8000:63bf:f5ff:fffe"),
)


@pytest.mark.parametrize("address", INSIDE)
def test_no_delivery_goes_inside(address: str) -> None:
    """Neither as the only address of a host nor as one beside a public one."""
    assert not is_public(ip_address(address))
    for found in ((address,), (PUBLIC, address)):
        with pytest.raises(Unavailable, match="not public"):
            _adapter(_answering(200), *found).deliver(URL, {}, b"{}")


@pytest.mark.parametrize("address", [PUBLIC, "8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8"])
def test_what_is_on_the_internet_is_reached(address: str) -> None:
    """Control: such addresses are let through."""
    assert is_public(ip_address(address))
    _adapter(_answering(200), address).deliver(URL, {}, b"{}")


def test_nothing_travels_in_clear() -> None:
    """Without TLS only this machine itself is told."""
    taken = HttpCallbacks(httpx.MockTransport(_answering(200)))
    with pytest.raises(Unavailable, match="in clear"):
        taken.deliver("http://partner.example/ended", {}, b"{}")
    taken.deliver("http://127.0.0.1:8400/partner/outcomes", {}, b"{}")
