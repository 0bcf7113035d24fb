"""Connections are kept, given up when they are of no use, and lose no answer silently."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import closing, suppress

import pytest

from countersign.connectors.connections import (
    Connections,
    LateError,
    LostError,
    NotReachedError,
    Phases,
)

SOON = Phases(connect=5, write=5, read=5)
WHOLE = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-Said: a\r\nX-Said: b\r\n\r\nhello"
LAST = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n"
UNTIL_THE_END = b"HTTP/1.0 200 OK\r\n\r\nhello"


class Server:
    """Answers each request of a connection with the next text; then closes it, unless it `stays`.
    `seen` are the requests, by connection."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.answers: list[list[bytes]] = []
        self.seen: list[list[bytes]] = []
        self.stays = True
        self.closed = threading.Event()
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                self._talk(connection, self.answers.pop(0))

    def _talk(self, connection: socket.socket, answers: list[bytes]) -> None:
        self.seen.append([])
        for answer in answers:
            self.seen[-1].append(connection.recv(65_536))
            connection.sendall(answer)
        if self.stays and connection.recv(1):
            self.seen[-1].append(b"more than was expected")
        connection.close()
        self.closed.set()

    def close(self) -> None:
        """Take no more."""
        self._listener.close()


@pytest.fixture
def server() -> Iterator[Server]:
    """A server on this machine."""
    with closing(Server()) as served:
        yield served


def place_of(server: Server, **more: float) -> Connections:
    """Connections to it."""
    return Connections(server.url, ssl.create_default_context, **more)  # type: ignore[arg-type]


def get(place: Connections, phases: Phases = SOON) -> bytes:
    """One answer, read to its end."""
    with closing(place.asked("GET", "/a?b=c", {"x-one": "1"}, b"", phases)) as answer:
        return b"".join(answer.chunks())


@pytest.mark.parametrize("answer", [WHOLE, CHUNKED])
def test_a_connection_is_used_again(server: Server, answer: bytes) -> None:
    """Its answer was read to the end, whatever tells where that is."""
    server.answers = [[answer, answer]]
    with closing(place_of(server)) as place:
        assert [get(place), get(place)] == [b"hello", b"hello"]
    assert server.closed.wait(5)
    assert [len(one) for one in server.seen] == [2]
    assert server.seen[0][0].startswith(b"GET /a?b=c HTTP/1.1\r\n")


@pytest.mark.parametrize("answer", [LAST, UNTIL_THE_END])
def test_a_connection_that_the_server_ends_is_not_kept(server: Server, answer: bytes) -> None:
    """It said so, or its end is that of the answer."""
    server.stays, server.answers = False, [[answer], [answer]]
    with closing(place_of(server)) as place:
        assert get(place) == get(place)
    assert [len(one) for one in server.seen] == [1, 1]


def test_a_connection_that_was_closed_meanwhile_is_not_used(server: Server) -> None:
    """A function that was frozen wakes behind it: nothing is sent into it and lost."""
    server.stays, server.answers = False, [[WHOLE], [WHOLE]]
    with closing(place_of(server)) as place:
        get(place)
        assert server.closed.wait(5)
        assert get(place) == b"hello"


def test_a_connection_that_rested_too_long_is_not_used(server: Server) -> None:
    """Whoever stands between may have forgotten it without a word."""
    server.stays, server.answers = False, [[WHOLE], [WHOLE]]
    with closing(place_of(server, rests=-1)) as place:
        assert get(place) + get(place) == b"hellohello"


def test_an_answer_that_nobody_read_takes_its_connection_along(server: Server) -> None:
    """What is left of it would be the next one's."""
    server.stays, server.answers = False, [[WHOLE], [WHOLE]]
    with closing(place_of(server)) as place:
        place.asked("GET", "/", {}, b"", SOON).close()
        assert get(place) == b"hello"


@pytest.mark.parametrize("answer", [WHOLE[:-1], CHUNKED[:-9], b"no HTTP at all\r\n", b""])
def test_an_answer_that_is_not_whole_is_lost(server: Server, answer: bytes) -> None:
    """Cut short, none of HTTP, or none at all: nobody takes a part for all of it."""
    server.stays, server.answers = False, [[answer]]
    with closing(place_of(server)) as place, pytest.raises(LostError) as lost:
        get(place)
    assert not isinstance(lost.value, NotReachedError)


def test_late_and_not_reached_are_told_apart(server: Server) -> None:
    """After the one nobody knows what was done, after the other nothing was."""
    server.answers = [[b""]]
    with closing(place_of(server)) as place, pytest.raises(LateError):
        get(place, Phases(connect=5, write=5, read=0.01))
    server.close()
    nobody = Connections("http://127.0.0.1:9", ssl.create_default_context)
    with pytest.raises(NotReachedError):
        get(nobody)


def test_no_header_ends_early(server: Server) -> None:
    """A line break in a value or in the target would begin a request of its own."""
    server.stays, server.answers = False, [[], []]
    with closing(place_of(server)) as place:
        for target, value in (("/", "a\r\nx: y"), ("/ HTTP/1.1\r\nx: y", "a")):
            with pytest.raises(NotReachedError):
                place.asked("GET", target, {"x-one": value}, b"", SOON)


@pytest.mark.control
def test_naive_keeping_would_lose_a_request(server: Server) -> None:
    """Control: the client as it is sends into the connection that was closed meanwhile."""
    import http.client  # noqa: PLC0415 - the naive way

    server.stays, server.answers = False, [[WHOLE]]
    connection = http.client.HTTPConnection(server.url.partition("//")[2], timeout=5)
    connection.request("GET", "/")
    connection.getresponse().read()
    assert server.closed.wait(5)
    connection.request("GET", "/")  # sent, and nobody there
    with pytest.raises((http.client.RemoteDisconnected, ConnectionError)):
        connection.getresponse()
