"""A business's own system over HTTP: what goes on the wire, and what each answer means."""

from __future__ import annotations

import json
from collections.abc import Callable

import httpx
import pytest

from countersign.actions.http_request import Asked
from countersign.connectors.http_request import MOST, HttpRequests
from countersign.connectors.judged import JudgedTransport
from countersign.domain.errors import (
    Ambiguous,
    Misconfigured,
    NotFound,
    Refused,
    Throttled,
    Unavailable,
)
from countersign.domain.ledger.targets import HttpTarget
from tests.fakes.tls import Dialled

TARGET = HttpTarget(id="shop", url="https://shop.example/api/", header="X-Key", prefix="Token ")
READ = Asked("GET", "/v1/orders/1061", query=(("of", "a&b=c#d"), ("no", "")))
WRITE = Asked("PUT", "/v1/orders/%2561", body={"day": "x"}, keyed=("Idempotency-Key", "cs-1"))
Handler = Callable[[httpx.Request], httpx.Response]


def _adapter(handler: Handler, target: HttpTarget = TARGET, seconds: float = 5.0) -> HttpRequests:
    return HttpRequests(
        target,
        "secret-of-the-tests",
        timeout=lambda: seconds,
        transport=httpx.MockTransport(handler),
    )


def _answering(status: int, content: bytes = b"{}", **headers: str) -> Handler:
    return lambda _: httpx.Response(status, content=content, headers=headers)


def test_what_goes_on_the_wire_is_what_was_asked() -> None:
    """Below the target's path, the query encoded, the secret in the header that the stage names,
    the key in the system's own; and nothing of ours beside."""
    seen: list[httpx.Request] = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json={"n": 1.5, "ok": True})

    adapter = _adapter(handler)
    assert str(adapter.read(READ)["n"]) == "1.5"
    adapter.write(WRITE)
    read, write = seen
    assert str(read.url) == "https://shop.example/api/v1/orders/1061?of=a%26b%3Dc%23d&no="
    assert write.url.raw_path == b"/api/v1/orders/%2561"
    assert json.loads(write.content) == {"day": "x"}
    assert write.headers["x-key"] == "Token secret-of-the-tests"
    assert write.headers["idempotency-key"] == "cs-1"
    assert "idempotency-key" not in read.headers
    assert {"cookie", "referer"}.isdisjoint(read.headers)


@pytest.mark.parametrize(
    ("status", "read", "write"),
    [
        (401, Misconfigured, Misconfigured),
        (403, Misconfigured, Misconfigured),
        (301, Misconfigured, Misconfigured),
        (302, Misconfigured, Misconfigured),
        (307, Misconfigured, Misconfigured),
        (308, Misconfigured, Misconfigured),
        (303, Unavailable, Ambiguous),
        (400, Refused, Refused),
        (404, NotFound, NotFound),
        (408, Unavailable, Ambiguous),
        (409, Refused, Refused),
        (410, NotFound, NotFound),
        (422, Refused, Refused),
        (423, Unavailable, Ambiguous),
        (425, Unavailable, Ambiguous),
        (429, Throttled, Throttled),
        (500, Unavailable, Ambiguous),
        (502, Unavailable, Ambiguous),
        (503, Unavailable, Ambiguous),
        (504, Unavailable, Ambiguous),
    ],
)
def test_each_status_has_one_meaning(
    status: int, read: type[Exception], write: type[Exception]
) -> None:
    """A write that may have been applied is never told as one that was not; no redirect is
    followed, and no words of the answer are repeated."""
    asked: list[httpx.URL] = []

    def handler(request: httpx.Request) -> httpx.Response:
        asked.append(request.url)
        return httpx.Response(
            status, text="secret words", headers={"location": "https://169.254.169.254/"}
        )

    adapter = _adapter(handler)
    for error, ask, what in ((read, adapter.read, READ), (write, adapter.write, WRITE)):
        with pytest.raises(error) as told:
            ask(what)
        assert type(told.value) is error
        assert "secret words" not in str(told.value)
    assert len(asked) == 2
    assert {one.host for one in asked} == {"shop.example"}


def test_a_key_that_is_still_in_use_does_not_tell_the_outcome() -> None:
    """By the status that the row names; without one it is a refusal like any other."""
    busy = Asked("POST", "/v1/x", body={}, keyed=("Idempotency-Key", "cs-1"), busy=409)
    with pytest.raises(Ambiguous, match="409"):
        _adapter(_answering(409)).write(busy)


def test_only_what_a_row_accepts_is_a_success() -> None:
    """A 200 where 201 is the success may have done something else."""
    made = Asked("POST", "/v1/x", body={}, accepts=(201,))
    with pytest.raises(Ambiguous, match="200"):
        _adapter(_answering(200)).write(made)
    assert _adapter(_answering(201)).write(made) == {}
    assert _adapter(_answering(204, b"")).write(WRITE) is None


@pytest.mark.parametrize(
    "content", [b"<html>", b'{"a": 1, "a": 2}', b"[" * 100_000, b'"\xff"', b"x" * (MOST + 1)]
)
def test_what_is_no_json_or_too_long_says_nothing(content: bytes) -> None:
    """Of a read, nobody has answered; of a write, nobody knows."""
    with pytest.raises(Unavailable):
        _adapter(_answering(200, content)).read(READ)
    with pytest.raises(Ambiguous):
        _adapter(_answering(200, content)).write(WRITE)
    with pytest.raises(Ambiguous):
        _adapter(_answering(200, b"{}", **{"content-encoding": "gzip"})).write(WRITE)


def test_without_time_nothing_is_sent() -> None:
    """The visit is over before the request."""
    with pytest.raises(Unavailable, match="was not reached"):
        _adapter(_answering(200), seconds=0).write(WRITE)


@pytest.mark.parametrize("found", [["10.0.0.5"], ["93.184.215.14", "169.254.169.254"], []])
def test_a_host_that_leads_inside_is_told_nothing(found: list[str]) -> None:
    """No socket is opened; it is the operators' to mend, and no job is at fault."""
    sockets = Dialled({})
    transport = JudgedTransport(resolve=lambda *_: found, sockets=sockets)
    adapter = HttpRequests(TARGET, "secret", timeout=lambda: 5.0, transport=transport)
    for ask, what in ((adapter.read, READ), (adapter.write, WRITE)):
        with pytest.raises(Misconfigured, match=r"shop\.example has an address that is not public"):
            ask(what)
    assert sockets.asked == []


def test_a_name_that_nobody_knows_was_not_sent_to() -> None:
    """The resolver does not answer."""

    def nobody(_host: str, _port: int) -> list[str]:
        raise OSError("no such name")

    transport = JudgedTransport(resolve=nobody)
    adapter = HttpRequests(TARGET, "secret", timeout=lambda: 5.0, transport=transport)
    with pytest.raises(Unavailable, match="was not reached"):
        adapter.write(WRITE)
