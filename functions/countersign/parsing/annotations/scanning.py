"""Where the values of a JSON text stand, in bytes.

Measured: ijson 3.6 streams at 10 MB/s and gives no positions, and of `1e2` it gives 1E+2; the
standard library's decoder needs the whole text. This finds the records of 17 MB a second, and what
a record says is read by `parsing.json`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from countersign.parsing.annotations.item import Buffer, Path, Slice, Unreadable
from countersign.parsing.json import NotJson, loads

_SPACE = re.compile(rb"[ \t\r\n]*")
_STRING = re.compile(rb'"(?:[^"\\]++|\\.)*+"', re.DOTALL)
_SCALAR = re.compile(rb"[^\s,\]}\[{\":]+")
_NESTING = re.compile(rb'"(?:[^"\\]++|\\.)*+"?|[\[{]|[\]}]', re.DOTALL)
_STEP = {b"[": 1, b"{": 1, b"]": -1, b"}": -1}
_BOM = b"\xef\xbb\xbf"
_BROKEN = "is not JSON"


def value_at(buffer: Buffer, start: int, stop: int) -> Slice:
    """The value that begins at or after `start`. Raises Unreadable when there is none."""
    begin = _past(_SPACE, buffer, start, stop)
    first = buffer[begin : begin + 1]
    if first in (b"{", b"["):
        return Slice(begin, _end(buffer, begin, stop))
    found = (_STRING if first == b'"' else _SCALAR).match(buffer, begin, stop)
    if not found:
        raise Unreadable(_BROKEN)
    return Slice(begin, found.end())


def whole(buffer: Buffer) -> Slice:
    """The one value of the file. Raises Unreadable when there is none, or more behind it."""
    start = len(_BOM) if buffer[: len(_BOM)] == _BOM else 0
    value = value_at(buffer, start, len(buffer))
    if _past(_SPACE, buffer, value.stop, len(buffer)) < len(buffer):
        raise Unreadable("goes on behind its end")
    return value


def elements(buffer: Buffer, start: int, stop: int) -> Iterator[Slice]:
    """The elements of the array that begins at `start`, numbered from 1. Raises Unreadable."""
    at = _past(_SPACE, buffer, start + 1, stop)
    number = 0
    while buffer[at : at + 1] != b"]":
        value = value_at(buffer, at, stop)
        number += 1
        yield Slice(value.start, value.stop, number)
        at = _next(buffer, value.stop, stop, b"]")


def members(buffer: Buffer, start: int, stop: int) -> Iterator[tuple[str, Slice]]:
    """Keys and values of the object that begins at `start`. Raises Unreadable."""
    at = _past(_SPACE, buffer, start + 1, stop)
    while buffer[at : at + 1] != b"}":
        key = _STRING.match(buffer, at, stop)
        colon = _past(_SPACE, buffer, key.end(), stop) if key else at
        if not key or buffer[colon : colon + 1] != b":":
            raise Unreadable(_BROKEN)
        value = value_at(buffer, colon + 1, stop)
        yield _key(key[0]), value
        at = _next(buffer, value.stop, stop, b"}")


def find(buffer: Buffer, at: Slice, path: Path) -> Slice:
    """The value to which `path` leads from the value at `at`. Raises Unreadable."""
    value = value_at(buffer, at.start, at.stop)
    for step in path:
        value = _step(buffer, value, step)
    return value


def _step(buffer: Buffer, value: Slice, step: str | int) -> Slice:
    begins = b"{" if isinstance(step, str) else b"["
    if buffer[value.start : value.start + 1] != begins:
        raise Unreadable(_BROKEN)
    if isinstance(step, str):
        inside: Iterator[tuple[str | int, Slice]] = members(buffer, *value[:2])
    else:
        inside = ((one.number - 1, one) for one in elements(buffer, *value[:2]))
    found = next((one for key, one in inside if key == step), None)
    if found is None:
        raise Unreadable(f"has no {step}")
    return found


def _end(buffer: Buffer, start: int, stop: int) -> int:
    """Where the array or object that begins at `start` ends."""
    depth = 0
    for token in _NESTING.finditer(buffer, start, stop):
        depth += _STEP.get(token[0], 0)
        if not depth:
            return token.end()
    raise Unreadable("ends in the middle of a value")


def _next(buffer: Buffer, at: int, stop: int, end: bytes) -> int:
    """Where the next value begins, or the end of what holds it."""
    at = _past(_SPACE, buffer, at, stop)
    sign = buffer[at : at + 1]
    if sign == end:
        return at
    if sign != b",":
        raise Unreadable(_BROKEN)
    at = _past(_SPACE, buffer, at + 1, stop)
    if buffer[at : at + 1] == end:
        raise Unreadable(_BROKEN)
    return at


def _past(pattern: re.Pattern[bytes], buffer: Buffer, at: int, stop: int) -> int:
    found = pattern.match(buffer, at, stop)
    return found.end() if found else at


def _key(raw: bytes) -> str:
    try:
        return str(loads(raw))
    except NotJson as broken:
        raise Unreadable(str(broken)) from broken
