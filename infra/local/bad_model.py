"""A double of a model's provider in trouble: each kind of bad answer by its name.

One kind for every request, or one for each by a seed: the same seed and the same request have the
same answer, whenever it is asked.
"""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import json
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

from starlette.responses import JSONResponse, RedirectResponse, Response, StreamingResponse

Body = Mapping[str, Any]
Answering = Callable[[Body], Response]

OFFERED: Mapping[str, str] = {
    "429 for 8 s": "it asks to wait for 8 seconds",
    "cut at its limit": "its answer is cut",
    "another schema": "it answers something else",
    "refusal": "it refuses to answer",
    "10 MB": "it answers 10 MB",
    "silence": "it never answers",
    "a slow drip": "it answers a byte now and then",
    "HTML": "it answers with a web page",
    "another language": "it quotes what nobody wrote",
    "an attacker's proposal": "it proposes what an attacker would like",
}
"""What a person can have the model do, in words."""


class Trouble:
    """What the model does to every question, chosen while it runs; nothing at first."""

    def __init__(self, before_each: Callable[[], None] = lambda: None) -> None:
        """`before_each` choice, what the last one left behind is put away."""
        self.kind = NO_FAULT
        self._before_each = before_each

    def choose(self, kind: str) -> None:
        """Do this from now on; nothing for NO_FAULT. Raises ValueError for what is not offered."""
        if kind not in {NO_FAULT, *OFFERED}:
            raise ValueError(f"{kind!r} is none of {', '.join(OFFERED)}")
        self._before_each()
        self.kind = kind

    def answered(self, status: int, body: Body) -> Response:
        """What is answered in the place of a good answer."""
        if self.kind and "choices" in body:
            return faulty(self.kind, body)
        return JSONResponse(body, status)


MEGABYTE = 1_048_576
LONGEST = 600.0
"""Seconds for which a silent or dripping answer goes on, if nobody hangs up."""
DRIP = 0.05
NO_FAULT = ""


def faulty(name: str, body: Body) -> Response:
    """What the provider answers in this kind of trouble instead of the completion `body`."""
    return FAULTS[name](body)


def chosen(seed: int, asked: Body, of: tuple[str, ...]) -> str:
    """One of the kinds, or none, by the seed and the request."""
    content = f"{seed} {json.dumps(asked, sort_keys=True)}".encode()
    number = int.from_bytes(hashlib.sha256(content).digest()[:4], "big")
    return (NO_FAULT, *of)[number % (len(of) + 1)]


def _status(code: int, text: str = "", **headers: str) -> Answering:
    error = {"error": {"message": "made up", "type": "server_error", "param": None, "code": text}}
    head = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda _: Response(json.dumps(error), code, head, "application/json")


def _raw(content: bytes, kind: str = "application/json", **headers: str) -> Answering:
    head = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda _: Response(content, 200, head, kind)


def _with(**changed: object) -> Answering:
    return lambda body: _json({**body, **changed})


def _choice(reason: str = "stop", **message: object) -> Answering:
    said = {"role": "assistant", "content": None, "refusal": None, **message}
    choice = {"index": 0, "message": said, "finish_reason": reason, "logprobs": None}
    return _with(choices=[choice])


def _says(change: Callable[[dict[str, Any]], Mapping[str, Any]]) -> Answering:
    """The answer itself, changed."""

    def answer(body: Body) -> Response:
        said = change(json.loads(body["choices"][0]["message"]["content"]))
        return _choice(content=json.dumps(said, ensure_ascii=False))(body)

    return answer


def _json(body: Body) -> Response:
    return Response(json.dumps(body), 200, media_type="application/json")


def _cut(body: Body) -> Response:
    whole = json.dumps(body).encode()
    return Response(whole[: len(whole) // 2], 200, media_type="application/json")


def _lost(body: Body) -> Response:
    """The connection ends before the answer does."""
    whole = json.dumps(body).encode()

    async def half() -> AsyncIterator[bytes]:
        yield whole[: len(whole) // 2]
        raise ConnectionAbortedError

    return StreamingResponse(half(), 200, {"content-length": str(len(whole))}, "application/json")


def _drip(body: Body) -> Response:
    async def drops() -> AsyncIterator[bytes]:
        for _ in range(int(LONGEST / DRIP)):
            yield b" "
            await asyncio.sleep(DRIP)
        yield json.dumps(body).encode()

    return StreamingResponse(drops(), 200, media_type="application/json")


def _silence(body: Body) -> Response:
    async def nothing() -> AsyncIterator[bytes]:
        await asyncio.sleep(LONGEST)
        yield json.dumps(body).encode()

    return StreamingResponse(nothing(), 200, media_type="application/json")


def _twice(body: Body) -> Response:
    return Response('{"model": "other", ' + json.dumps(body)[1:], media_type="application/json")


def _huge(body: Body) -> Response:
    return _json({**body, "padding": "x" * 10 * MEGABYTE})


def _foreign(said: dict[str, Any]) -> Mapping[str, Any]:
    """In a language that the source is not in: no quote is verbatim."""
    return {name: _translated(value) for name, value in said.items()}


def _translated(value: Any) -> Any:
    if isinstance(value, dict) and "quotes" in value:
        return {**value, "quotes": ["これは原文にはありません"]}
    return value


def _attacker(said: dict[str, Any]) -> Mapping[str, Any]:
    """As sure as it can be, and with whatever amount it likes."""
    larger = {n: _more(value) for n, value in said.items()}
    return {**larger, "confidence": 100} if "confidence" in larger else larger


def _more(value: Any) -> Any:
    return (
        {**value, "amount": "9999.00"} if isinstance(value, dict) and "amount" in value else value
    )


_BOMB = gzip.compress(b" " * 10 * MEGABYTE)

FAULTS: Mapping[str, Answering] = {
    "empty body": _raw(b""),
    "HTML": _raw(b"<!doctype html><title>502 Bad Gateway</title>", "text/html; charset=x"),
    "cut JSON": _cut,
    "lost connection": _lost,
    "not UTF-8": _raw(b'{"model": "\xff\xfe"}'),
    "10 MB": _huge,
    "a list": _raw(b"[1, 2]"),
    "keys given twice": _twice,
    "deep nesting": _raw(b"[" * 100_000),
    "a gzip bomb": _raw(_BOMB, content_encoding="gzip"),
    "an error under 200": _raw(b'{"error": {"message": "x", "code": 17}}'),
    "no choices": _with(choices=[]),
    "choices null": _with(choices=None),
    "message null": _with(choices=[{"index": 0, "message": None, "finish_reason": "stop"}]),
    "model null": _with(model=None),
    "usage null": _with(usage=None),
    "usage negative": _with(usage={"prompt_tokens": -5, "completion_tokens": 7}),
    "usage in words": _with(usage={"prompt_tokens": "many", "completion_tokens": 1.5}),
    "usage beyond reason": _with(usage={"prompt_tokens": 10**30, "completion_tokens": 1}),
    "refusal": _choice(refusal="I cannot help with that."),
    "cut at its limit": _choice("length", content='{"facts": {"na'),
    "filtered": _choice("content_filter"),
    "empty content": _choice(content=""),
    "a tool call": _choice("tool_calls", tool_calls=[{"id": "1", "type": "function"}]),
    "another schema": _choice(content='{"answer": 42}'),
    "another language": _says(_foreign),
    "an attacker's proposal": _says(_attacker),
    "redirect": lambda _: RedirectResponse("/elsewhere"),
    "401": _status(401, "invalid_api_key"),
    "403": _status(403),
    "404": _status(404, "model_not_found"),
    "408": _status(408),
    "409": _status(409),
    "429 for 8 s": _status(429, retry_after="8"),
    "429 for 600 s": _status(429, retry_after="600"),
    "429 until a date": _status(
        429, retry_after="Fri, 06 Mar 2026 10:01:30 GMT", date="Fri, 06 Mar 2026 10:00:00 GMT"
    ),
    "429 without a time": _status(429),
    "500": _status(500),
    "503": _status(503),
    "silence": _silence,
    "a slow drip": _drip,
}
