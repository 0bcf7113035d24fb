"""T20: JSON from outside is read exactly or refused, and nothing else happens."""

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from countersign.parsing.json import NotJson, loads

ACCEPTED: list[tuple[bytes, Any]] = [
    (b"{}", {}),
    (b"[]", []),
    (b" \t\r\n[ ] \n", []),
    (b"null", None),
    (b"true", True),
    (b'"text"', "text"),
    (b"0", 0),
    (b"-0", 0),
    (b"-12", -12),
    (b"0.10", Decimal("0.10")),
    (b"1e2", Decimal("1e2")),
    (b"1E-2", Decimal("0.01")),
    (b"123456789012345678901234567890", 123456789012345678901234567890),
    (b'{"a": {"b": [1, {"c": null}]}}', {"a": {"b": [1, {"c": None}]}}),
    (b'{"a": 1, "A": 2}', {"a": 1, "A": 2}),
    (b'{"": 0}', {"": 0}),
    ('"Grüße"'.encode(), "Grüße"),
    (b'"\\u0041\\n\\/\\\\"', "A\n/\\"),
    (b'"\\ud83d\\ude00"', "\U0001f600"),
    (b'"\\u0000"', "\x00"),
    (b'"[[[[{{{{"', "[[[[{{{{"),
    (b'"\\"[["', '"[['),
    (b"[" * 32 + b"]" * 32, json.loads("[" * 32 + "]" * 32)),
]
REFUSED: list[bytes] = [
    b"",
    b" \n",
    b"\xef\xbb\xbf{}",
    b"\xff\xfe{\x00}\x00",
    b'"\xe9"',
    b'"\xed\xa0\x80"',
    b'"\xc0\xaf"',
    b"NaN",
    b"[Infinity]",
    b'{"a": -Infinity}',
    b"{'a': 1}",
    b"{a: 1}",
    b'{"a": 1,}',
    b"[1,]",
    b"[1 2]",
    b"[1",
    b"]",
    b'{"a" 1}',
    b'{"a": 1 "b": 2}',
    b'{"a": 1, "a": 1}',
    b'{"x": [{"a": 1, "b": 2, "\\u0061": 3}]}',
    b"01",
    b"+1",
    b".5",
    b"1.",
    b"1e",
    b"0x10",
    b"--1",
    "\uff11".encode(),
    b"tru",
    b"True",
    b"{} {}",
    b"[] // comment",
    b"/* comment */ []",
    b'"line\nbreak"',
    b'"tab\t"',
    b'"\\x41"',
    b'"\\u12"',
    b'"open',
    b'"open\\',
    b'"\\ud800"',
    b'{"\\udc00": 1}',
    b'"\\ude00\\ud83d"',
    b"[\xa0]",
    b"[]\x00",
    b"9" * 5000,
    b"1e99999",
    b"1e-99999",
    b"[" * 33 + b"]" * 33,
    b"[" * 100_000,
    b'{"a":' * 100_000,
    b'["' * 100_000,
]


def outcome(raw: bytes) -> Any:
    """The value that was read, or NotJson; any other exception breaks the test."""
    try:
        return loads(raw)
    except NotJson:
        return NotJson


@pytest.mark.guarantee("T20")
def test_every_json_case_has_its_right_answer(figure: Callable[[str, int], None]) -> None:
    """Good JSON gives its value, everything else NotJson."""
    for raw, value in ACCEPTED:
        read = outcome(raw)
        assert (read, type(read)) == (value, type(value)), raw
    for raw in REFUSED:
        assert outcome(raw) is NotJson, raw[:60]
    total = len(ACCEPTED) + len(REFUSED)
    figure(f"{len(ACCEPTED)} accepted, {len(REFUSED)} refused, 0 other exceptions", total)


@pytest.mark.guarantee("T20")
@pytest.mark.control
def test_control_bare_json_loads_accepts_or_crashes() -> None:
    """The standard library's default accepts, or fails on in another way, what must be refused."""
    seen = set()
    for raw in REFUSED:
        try:
            json.loads(raw)
            seen.add("accepted")
        except json.JSONDecodeError:
            continue
        except (RecursionError, ValueError) as error:
            seen.add(type(error).__name__)
    assert seen >= {"accepted", "RecursionError", "ValueError", "UnicodeDecodeError"}
