"""Requests to AWS on a real socket: the bytes that were signed, on a connection that is kept, to
nobody else; and what has no whole answer is none."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from countersign.connectors.aws.signed import Request, sent
from countersign.domain.errors import Unavailable
from tests.fakes.peers import CUT, WHOLE, Peer
from tests.fakes.serving import served
from tests.fakes.tls import Authority

SIGNED = Request({"host": "queue", "x-amz-date": "now"}, b'{"a": "\0\xff"}')


@pytest.fixture
def nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy that the environment names, and where nobody listens."""
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")


@pytest.mark.usefixtures("nobody")
def test_what_was_signed_is_sent_and_nothing_is_added() -> None:
    """Path, query, headers and bytes; no proxy of the environment, no header of the library."""
    peer = Peer([WHOLE] * 2)
    answer = sent(peer.url, SIGNED)
    assert (answer.status, answer.body) == (200, b"ok")
    assert answer.headers["x-amz-version-id"] == "v1"
    sent(peer.url, Request({"host": "queue"}, b"", "GET", "/b/../k%20x", "versionId=1"))
    peer.close()
    posted, read = peer.came[0]  # on one connection
    assert posted == (
        b"POST / HTTP/1.1\r\nHost: queue\r\nx-amz-date: now\r\nContent-Length: 11\r\n\r\n"
        + SIGNED.body
    )
    assert read == b"GET /b/../k%20x?versionId=1 HTTP/1.1\r\nHost: queue\r\n\r\n"


def test_a_long_body_comes_whole_and_at_once() -> None:
    """Nobody waits to be told to go on."""
    got: list[bytes] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        body = b""
        while True:
            part = await receive()
            body += part.get("body", b"")
            if not part.get("more_body"):
                break
        got.append(body)
        await PlainTextResponse("kept")(scope, receive, send)

    with served(app, lifespan="off") as url:
        long = bytes(range(256)) * 12_000
        assert sent(url, Request({"host": "s3"}, long, "PUT", "/b/k")).body == b"kept"
    assert got == [long]


def test_a_kept_connection_that_has_ended_is_replaced() -> None:
    """A function that slept finds its connections closed."""
    peer = Peer([WHOLE], [WHOLE])
    assert [sent(peer.url, SIGNED).status for _ in range(2)] == [200, 200]
    peer.close()
    assert [len(one) for one in peer.came] == [1, 1]


def test_each_thread_has_connections_of_its_own() -> None:
    """Answers never meet another's request."""
    peer = Peer([WHOLE], [WHOLE])
    found: list[bytes] = []
    first = sent(peer.url, SIGNED).body
    other = threading.Thread(target=lambda: found.append(sent(peer.url, SIGNED).body))
    other.start()
    other.join()
    peer.close()
    assert (first, found) == (b"ok", [b"ok"])
    assert len(peer.came) == 2


@pytest.mark.parametrize("answers", [[CUT], [b""], [b"HTTP/1.1 2"], [b"no answer\r\n\r\n"]])
def test_half_an_answer_is_none(answers: list[bytes]) -> None:
    """It was cut, there was nothing, or it is no HTTP."""
    peer = Peer(answers)
    with pytest.raises(Unavailable, match="curl's error"):
        sent(peer.url, SIGNED)
    peer.close()


def test_where_nobody_listens_there_is_no_answer() -> None:
    """It is tried again by whoever sends."""
    peer = Peer()
    peer.close()
    with pytest.raises(Unavailable, match="curl's error 7"):
        sent(peer.url, SIGNED)


def test_nobody_is_believed_to_be_aws_without_a_certificate(tmp_path: Path) -> None:
    """A rights' token is in each request."""
    certified = Authority(tmp_path).certifies("127.0.0.1")
    asked: list[object] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        asked.append(scope)
        await PlainTextResponse("thanks")(scope, receive, send)

    with (
        served(app, lifespan="off", certified=certified) as url,
        pytest.raises(Unavailable, match="curl's error 60"),
    ):
        sent(url, SIGNED)
    assert asked == []
