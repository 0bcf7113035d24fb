"""What an outside system is sent comes once: also where a kept connection swallows it."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import httpx
import pycurl
import pytest
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from countersign.connectors import http
from countersign.connectors.curl import Curls, perform
from tests.fakes.peers import CUT, WHOLE, Peer
from tests.fakes.serving import served
from tests.fakes.tls import Authority

SECONDS = 4.0
LIMITS = {pycurl.TIMEOUT: 4}


@pytest.fixture
def client() -> Iterator[http.Client]:
    """As connectors have it."""
    made = http.Client(None)
    yield made
    made.close()


def text(
    client: http.Client, method: str, url: str, seconds: float = SECONDS, **parts: Any
) -> bytes:
    """The answer's body."""
    with client.asked(method, url, seconds, **parts) as answer:
        return http.body(answer, time.monotonic() + seconds)


def swallowed(method: str, again: bool, body: bytes) -> Sequence[int]:
    """How many requests came on each connection, when the first one ends after the second request
    instead of being answered."""
    peer, curls = Peer([WHOLE, b""], [WHOLE]), Curls()
    for _ in range(2):
        try:
            perform(
                curls.mine(), method, peer.url, headers=(), body=body, options=LIMITS, again=again
            )
        except pycurl.error:
            break
    curls.close()
    peer.close()
    return [len(one) for one in peer.came]


@pytest.mark.parametrize("method", ["POST", "PATCH", "PUT", "DELETE"])
def test_what_changes_something_is_never_sent_twice(method: str) -> None:
    """With a body its answer is lost; without one it goes over no old connection."""
    assert swallowed(method, again=False, body=b"{}") == [2]
    assert swallowed(method, again=False, body=b"") == [1, 1]


@pytest.mark.control
def test_control_of_its_own_accord_curl_sends_again() -> None:
    """What AWS is asked may come twice; so the peer above would have seen it."""
    assert swallowed("POST", again=True, body=b"{}") == [2, 1]
    assert swallowed("GET", again=False, body=b"") == [2, 1]


def test_a_lost_answer_is_told_as_one(client: http.Client) -> None:
    """Not as something that was not sent."""
    peer = Peer([WHOLE, b""])
    assert text(client, "POST", peer.url, content=b"{}") == b"ok"
    with pytest.raises(httpx.ReadError) as lost:
        text(client, "POST", peer.url, content=b"{}")
    assert not isinstance(lost.value, http.NOT_SENT)
    peer.close()


@pytest.mark.parametrize("answer", [CUT, b"", b"no answer\r\n\r\n"])
def test_half_an_answer_is_none(client: http.Client, answer: bytes) -> None:
    """Cut, nothing, or no HTTP."""
    peer = Peer([answer])
    with pytest.raises(httpx.ReadError):
        text(client, "GET", peer.url)
    peer.close()


def test_where_nobody_listens_nothing_was_sent(client: http.Client) -> None:
    """It may be tried again."""
    peer = Peer()
    peer.close()
    with pytest.raises(http.NOT_SENT):
        text(client, "POST", peer.url, content=b"{}")


def test_an_answer_that_drips_ends_with_the_call_s_time(client: http.Client) -> None:
    """A byte now and then is no progress."""
    peer = Peer([b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nok"], hangs=True)
    began = time.monotonic()
    with pytest.raises(httpx.ReadTimeout):
        text(client, "GET", peer.url, seconds=0.4)
    assert time.monotonic() - began >= 0.4
    peer.close()


def test_what_is_too_large_is_not_read_on(client: http.Client) -> None:
    """However much comes."""
    much = b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * (http.MAX_ANSWER + 1)
    peer = Peer([much])
    with pytest.raises(httpx.ReadError, match="too large"):
        text(client, "GET", peer.url)
    peer.close()


def test_what_is_compressed_is_not_unpacked(client: http.Client) -> None:
    """Nobody asked for it."""
    peer = Peer([b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\nok"])
    with pytest.raises(httpx.DecodingError):
        text(client, "GET", peer.url)
    peer.close()


def test_a_header_of_two_lines_is_not_sent(client: http.Client) -> None:
    """It would be another header."""
    peer = Peer([WHOLE])
    with pytest.raises(httpx.LocalProtocolError):
        text(client, "POST", peer.url, headers={"X-Key": "a\r\nX-Other: b"}, content=b"{}")
    peer.close()
    assert peer.came == []


def test_a_certificate_of_nobody_we_know_is_not_taken(tmp_path: Path) -> None:
    """Then nothing was sent; with its authority trusted it is the same server."""
    authority, asked = Authority(tmp_path), list[object]()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        asked.append(scope)
        await PlainTextResponse("ok")(scope, receive, send)

    with served(app, lifespan="off", certified=authority.certifies("localhost")) as url:
        there = url.replace("127.0.0.1", "localhost")
        with pytest.raises(httpx.ConnectError):
            text(http.Client(None), "GET", there)
        assert asked == []
        pem = str(authority.saved())
        assert text(http.Client(http.CurlTransport(pem)), "GET", there) == b"ok"
        with pytest.raises(httpx.ConnectError):
            text(http.Client(http.CurlTransport(pem)), "GET", url)  # another name
