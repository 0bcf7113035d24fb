"""What a server does below its answers, byte by byte: the same named outcomes, within the time."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from functools import partial
from typing import Any

import pytest

from countersign.connectors.aws.client import Credentials, Place
from countersign.connectors.bedrock.client import BedrockModel
from countersign.connectors.http import OpenGate
from countersign.connectors.openai.client import OpenAIModel
from countersign.domain.errors import CountersignError, Misconfigured, Throttled, Unavailable
from countersign.domain.ports import ModelAnswer
from tests.unit.connectors.test_bad_model import GOOD, REQUEST

pytestmark = pytest.mark.enable_socket

CONVERSED: dict[str, Any] = {
    "output": {"message": {"role": "assistant", "content": [{"text": '{"a": 1}'}]}},
    "stopReason": "end_turn",
    "usage": {"inputTokens": 7, "outputTokens": 3},
}
MODELS: dict[str, tuple[Callable[[str], Any], bytes]] = {
    "Chat Completions": (
        lambda url: OpenAIModel(f"{url}/v1", "key", OpenGate()),
        json.dumps(GOOD).encode(),
    ),
    "Converse": (
        lambda url: BedrockModel(Place("eu", Credentials("A", "s", "t"), url), OpenGate()),
        json.dumps(CONVERSED).encode(),
    ),
}
SECONDS, TOO_LATE = 0.3, 1.5
CHUNKED = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"
HEAD = b"HTTP/1.1 200 OK\r\n"
AWAY = Unavailable


def headed(status: bytes, body: bytes = b"", *more: bytes) -> bytes:
    """An answer with its length, and more headers."""
    lines = (b"HTTP/1.1 " + status, b"content-length: %d" % len(body), *more)
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


def well(body: bytes, *more: bytes) -> bytes:
    """Under status 200."""
    return headed(b"200 OK", body, *more)


ONCE: dict[str, tuple[Callable[[bytes], bytes], type[CountersignError] | str]] = {
    "a hundred headers": (
        lambda good: well(good, *(b"x-%d: y" % n for n in range(100))),
        "completed",
    ),
    "a header that is no text": (lambda good: well(good, b"x: \xff\xfe"), "completed"),
    "a charset that is none": (
        lambda good: well(good, b"content-type: application/json; charset=rot13"),
        "completed",
    ),
    "more than its length": (lambda good: well(good) + b"\0" * 99, "completed"),
    "a status of its own for a good answer": (lambda good: headed(b"201 C", good), "completed"),
    "usage -0": (lambda good: well(good.replace(b": 7", b": -0")), "completed"),
    "usage 7.0": (lambda good: well(good.replace(b": 7", b": 7.0")), "completed"),
    "usage in text": (lambda good: well(good.replace(b": 7", b': "7"')), "completed"),
    "a word of its own for the end": (
        lambda good: well(good.replace(b'"stop"', b'["x"]').replace(b'"end_turn"', b"{}")),
        "completed",
    ),
    "a mark before the JSON": (lambda good: well(b"\xef\xbb\xbf" + good), AWAY),
    "UTF-16": (lambda good: well(good.decode().encode("utf-16")), AWAY),
    "NaN": (lambda good: well(good.replace(b": 7", b": NaN")), AWAY),
    "1e999": (lambda good: well(good.replace(b": 7", b": 1e999")), AWAY),
    "a number of 6,000 digits": (
        lambda good: well(good.replace(b": 7", b": " + b"9" * 6_000)),
        AWAY,
    ),
    "half a character": (lambda good: well(good.replace(b"{\\", rb"{\ud800\\")), AWAY),
    "the answer twice": (lambda good: well(good + good), AWAY),
    "events": (lambda good: well(b"data: " + good + b"\n\ndata: [DONE]\n\n"), AWAY),
    "100,000 lists": (lambda _: well(b"[" * 100_000 + b"]" * 100_000), AWAY),
    "a header of 1 MB": (lambda good: well(good, b"x: " + b"y" * 1_048_576), AWAY),
    "NUL in a header": (lambda good: well(good, b"x: a\0b"), AWAY),
    "two lengths": (lambda good: well(good, b"content-length: 5"), AWAY),
    "a length too long": (lambda good: HEAD + b"content-length: 9999\r\n\r\n" + good, AWAY),
    "a length too short": (lambda good: HEAD + b"content-length: 20\r\n\r\n" + good, AWAY),
    "a length below zero": (lambda good: HEAD + b"content-length: -1\r\n\r\n" + good, AWAY),
    "a chunk of no size": (lambda _: CHUNKED + b"ZZ\r\n{}\r\n0\r\n\r\n", AWAY),
    "a chunk of all memory": (lambda _: CHUNKED + b"f" * 16 + b"\r\n{}\r\n0\r\n\r\n", AWAY),
    "packed, unasked": (lambda good: well(good, b"content-encoding: br"), AWAY),
    "no HTTP at all": (lambda good: good, AWAY),
    "HTTP/2": (lambda _: b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", AWAY),
    "nothing": (lambda _: b"", AWAY),
    "101": (lambda _: b"HTTP/1.1 101 S\r\nupgrade: h2c\r\nconnection: upgrade\r\n\r\n", AWAY),
    "204": (lambda _: b"HTTP/1.1 204 N\r\n\r\n", AWAY),
    "206 with a part": (lambda good: headed(b"206 P", good[:9]), AWAY),
    "600": (lambda _: headed(b"600 Odd", b"{}"), AWAY),
    "999": (lambda _: headed(b"999 Odd", b"{}"), AWAY),
    "a proxy's 401": (lambda _: headed(b"401 U", b"<html>"), Misconfigured),
    "a proxy's 403": (lambda _: headed(b"403 F", b"<html>"), Misconfigured),
    "a proxy's 404": (lambda _: headed(b"404 N", b"<html>"), Misconfigured),
    "a proxy's 429": (lambda _: headed(b"429 T", b"", b"retry-after: 7"), Throttled),
    "a proxy's 503": (lambda _: headed(b"503 S", b"[" * 9_999), AWAY),
}
"""What is sent once, and what comes of it."""

ENDLESS: dict[str, tuple[bytes, bytes]] = {
    "chunks": (CHUNKED, b"1\r\nx\r\n" * 999),
    "a chunk now and then": (CHUNKED, b"1\r\n \r\n"),
    "a chunk's extension": (CHUNKED + b"1;", b"a" * 99),
    "trailers": (CHUNKED + b"0\r\n", b"x: y\r\n"),
    "100 Continue": (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "103 Early Hints": (b"", b"HTTP/1.1 103 E\r\nlink: x\r\n\r\n" * 99),
    "headers": (HEAD, b"x: y\r\n"),
    "its first line": (b"HTTP/1.1 200 ", b"O"),
}
"""What is sent first, and then again and again."""


@contextmanager
def server(answers: Callable[[socket.socket], None]) -> Iterator[str]:
    """A socket that answers one connection like this; where it is."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=_once, args=(listening, answers), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        thread.join(TOO_LATE)


def _once(listening: socket.socket, answers: Callable[[socket.socket], None]) -> None:
    connection, _ = listening.accept()
    with connection, suppress(OSError):
        connection.recv(65_536)
        answers(connection)


def outcome(by: str, answers: Callable[[socket.socket, bytes], None]) -> str:
    """How asking once ends, by its name; an error that nobody foresaw goes through."""
    make, good = MODELS[by]
    began = time.monotonic()
    with server(lambda connection: answers(connection, good)) as url, closing(make(url)) as model:
        try:
            got: ModelAnswer = model.answer(REQUEST, SECONDS)
        except CountersignError as error:
            said = type(error).__name__
        else:
            said = got.ended
        late = time.monotonic() - began > TOO_LATE
    return "too late" if late else said


@pytest.mark.parametrize("by", MODELS)
def test_bytes_of_every_kind_have_their_outcome(by: str) -> None:
    """One answer each, in both formats; the table says which differ."""
    for name, (sent, wanted) in ONCE.items():
        got = outcome(by, partial(_sends, sent))
        assert got == (wanted if isinstance(wanted, str) else wanted.__name__), name


@pytest.mark.parametrize("by", MODELS)
def test_what_has_no_end_ends_with_the_time(by: str) -> None:
    """Wherever in the protocol it never ends."""
    for name, (first, then) in ENDLESS.items():
        assert outcome(by, partial(_never_ends, first, then)) == AWAY.__name__, name


def _sends(what: Callable[[bytes], bytes], connection: socket.socket, good: bytes) -> None:
    connection.sendall(what(good))


def _never_ends(first: bytes, then: bytes, connection: socket.socket, _: bytes) -> None:
    connection.sendall(first)
    while True:
        connection.sendall(then)
        time.sleep(0.001)


@pytest.mark.control
def test_control_a_plain_reader_believes_some_of_it_and_breaks_on_the_rest() -> None:
    """What came is not harmless in itself: Python's own reader takes what is no number for one, and
    ends other answers with errors of its own."""
    good = json.dumps(GOOD).encode()
    body = {name: sent(good).partition(b"\r\n\r\n")[2] for name, (sent, _) in ONCE.items()}
    assert str(json.loads(body["NaN"])["usage"]["prompt_tokens"]) == "nan"
    assert json.loads(body["1e999"])["usage"]["prompt_tokens"] == float("inf")
    for name, error in (
        ("a number of 6,000 digits", ValueError),
        ("100,000 lists", RecursionError),
    ):
        with pytest.raises(error):
            json.loads(body[name])
