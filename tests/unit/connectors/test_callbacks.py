"""Other companies' systems: whom we connect to, what we send, what each answer means."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import httpx
import pytest

from countersign.connectors.callbacks import HttpCallbacks
from countersign.connectors.judged import JudgedTransport
from countersign.domain.errors import Refused, Throttled, Unavailable

URL = "https://partner.example/ended?to=us"
Handler = Callable[[httpx.Request], httpx.Response]


def _adapter(handler: Handler) -> HttpCallbacks:
    return HttpCallbacks(httpx.MockTransport(handler))


def _answering(status: int, **headers: str) -> Handler:
    return lambda _: httpx.Response(status, headers=headers)


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_any_good_answer_is_an_acceptance(status: int) -> None:
    """What is sent arrives as it is, at its own address."""
    asked: list[httpx.Request] = []

    def handler(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(status)

    _adapter(handler).deliver(URL, {"webhook-id": "one"}, b"{}")
    (request,) = asked
    assert str(request.url) == URL
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
        _adapter(handler).deliver(URL, {}, b"{}")


def test_who_does_not_answer_is_tried_again() -> None:
    """A connection that fails, and a name that nobody knows."""

    def lost(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectTimeout("")

    with pytest.raises(Unavailable, match="ConnectTimeout"):
        _adapter(lost).deliver(URL, {}, b"{}")

    def nobody(host: str, port: int) -> Iterable[str]:
        raise OSError(f"{host}:{port}")

    with pytest.raises(Unavailable, match="OSError"):
        HttpCallbacks(JudgedTransport(resolve=nobody)).deliver(URL, {}, b"{}")


@pytest.mark.parametrize("found", [("127.0.0.1",), ("93.184.215.14", "10.0.0.1"), ()])
def test_no_delivery_goes_inside(found: tuple[str, ...]) -> None:
    """Neither as the only address of a host nor as one beside a public one; what is judged, and
    where, is in test_judged.py."""
    transport = JudgedTransport(resolve=lambda _host, _port: found)
    with pytest.raises(
        Unavailable, match=r"nothing was sent: .* has an address that is not public"
    ):
        HttpCallbacks(transport).deliver(URL, {}, b"{}")


def test_nothing_travels_in_clear() -> None:
    """Without TLS only this machine itself is told."""
    taken = HttpCallbacks(httpx.MockTransport(_answering(200)))
    with pytest.raises(Unavailable, match="in clear"):
        taken.deliver("http://partner.example/ended", {}, b"{}")
    taken.deliver("http://127.0.0.1:8400/partner/outcomes", {}, b"{}")
