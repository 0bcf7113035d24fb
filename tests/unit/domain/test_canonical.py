"""Canonical bytes: one value has one spelling, and nothing without one gets any."""

from __future__ import annotations

import json
import unicodedata
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal, localcontext
from enum import Enum, IntEnum
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countersign.domain.canonical import canonical, digest, instant, plain
from countersign.domain.jobs.job import Status
from countersign.domain.money import Money
from tests.unit.domain.strategies import decimals, instants, money, plain_json


class Shade(Enum):
    """An enum whose values would be refused if they came alone."""

    HALF = 0.5
    TEXT = "e\u0301"


class Level(IntEnum):
    """Numbers with names."""

    LOW = 1


class Word(str):
    """A kind of text."""

    __slots__ = ()


class Count(int):
    """A kind of number."""


def exactly(one: Any, other: Any) -> bool:
    """Equality that tells True from 1."""
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(exactly(one[k], other[k]) for k in one)
    if isinstance(one, list):
        return len(one) == len(other) and all(map(exactly, one, other))
    return bool(one == other)


def respelled(value: Any) -> Any:
    """The same value with keys in another order and text decomposed."""
    if isinstance(value, str):
        return unicodedata.normalize("NFD", value)
    if isinstance(value, dict):
        return {respelled(k): respelled(v) for k, v in reversed(value.items())}
    return [respelled(item) for item in value] if isinstance(value, list) else value


@given(plain_json)
def test_bytes_give_the_value_back(value: Any) -> None:
    """The bytes decode to exactly the value, so two different values never share bytes."""
    assert exactly(json.loads(canonical(value)), value)


@given(plain_json)
def test_equal_values_have_equal_bytes(value: Any) -> None:
    """Key order and Unicode composition are no part of a value."""
    assert canonical(respelled(value)) == canonical(value)


@pytest.mark.control
def test_plain_json_has_many_spellings() -> None:
    """Control: json.dumps gives other bytes for another key order and for decomposed text."""
    value = {"name": "Zoë", "age": 3}
    assert json.dumps(respelled(value)) != json.dumps(value)
    assert canonical(respelled(value)) == canonical(value)


@given(plain_json)
def test_bytes_as_text_are_composed(value: Any) -> None:
    """Canonical text stays the same when it is stored inside another canonical text."""
    text = canonical(value).decode()
    assert unicodedata.normalize("NFC", text) == text


@pytest.mark.parametrize(
    "value",
    [
        1.5,
        float("nan"),
        Shade.HALF,
        Decimal("NaN"),
        Decimal("-Infinity"),
        datetime(2026, 3, 2),  # noqa: DTZ001 - the naive time is the point
        {1, 2},
        b"bytes",
        pytest.param(object(), id="object"),
        {1: "a number as key"},
        {"e\u0301": 1, "\u00e9": 2},
    ],
    ids=str,
)
@pytest.mark.parametrize("wrap", [lambda v: v, lambda v: [v], lambda v: {"deep": (v,)}])
def test_what_has_no_single_spelling_is_refused(value: object, wrap: Any) -> None:
    """Floats, naive times, sets, bytes and ambiguous keys raise TypeError at any depth."""
    with pytest.raises(TypeError):
        canonical(wrap(value))


@given(decimals)
def test_decimals_are_exact_and_have_one_spelling(number: Decimal) -> None:
    """A decimal's text means the same number, whatever zeros it came with or precision is set."""
    with localcontext() as context:
        context.prec = 3
        text = plain(number)
    assert Decimal(text) == number
    assert text == plain(Decimal(f"{number:f}{'' if '.' in f'{number:f}' else '.'}000"))


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("50.00", "50"),
        ("-0", "0"),
        ("0.00", "0"),
        ("1E+3", "1000"),
        ("0.10", "0.1"),
        ("100", "100"),
    ],
)
def test_decimals_lose_only_what_means_nothing(number: str, text: str) -> None:
    """Trailing zeros after the point, exponents and the sign of zero are no part of a number."""
    assert plain(Decimal(number)) == text


@given(decimals, decimals)
def test_different_decimals_have_different_bytes(one: Decimal, other: Decimal) -> None:
    """Two decimals share bytes exactly when they are equal."""
    assert (canonical(one) == canonical(other)) == (one == other)


def test_a_day_is_spelled_as_iso_8601_has_it() -> None:
    """A day has no zone, and one spelling."""
    assert canonical(date(2026, 3, 2)) == b'"2026-03-02"'


def test_long_decimals_are_not_rounded() -> None:
    """Digits beyond the 28 of decimal arithmetic still tell two numbers apart."""
    assert canonical(Decimal("1." + "0" * 40 + "1")) != canonical(Decimal(1))


@given(instants, instants)
def test_text_order_is_time_order(one: datetime, other: datetime) -> None:
    """Times compare as text as they do as times, in any zone and any year."""
    assert (instant(one) < instant(other)) == (one < other)
    assert (instant(one) == instant(other)) == (one == other)


@given(instants)
def test_times_come_back_in_utc(at: datetime) -> None:
    """A time's text is the same moment, in UTC, with `Z`."""
    back = datetime.fromisoformat(instant(at))
    assert back == at
    assert back.utcoffset() == timedelta(0)
    assert instant(at).endswith("Z")


def test_a_zone_is_no_part_of_a_time() -> None:
    """The same moment in two zones is the same bytes."""
    lima = timezone(timedelta(hours=-5))
    at = datetime(2026, 3, 2, 9, tzinfo=UTC)
    assert canonical(at) == canonical(at.astimezone(lima)) == b'"2026-03-02T09:00:00.000000Z"'


@given(money(), money())
def test_money_is_its_minor_units_and_currency(one: Money, other: Money) -> None:
    """Two amounts share bytes exactly when number and currency are equal."""
    assert json.loads(canonical(one)) == {"minor": one.minor, "currency": one.currency}
    assert (canonical(one) == canonical(other)) == (one == other)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (True, b"true"),
        (1, b"1"),
        (None, b"null"),
        (Level.LOW, b"1"),
        (Status.PENDING, b'"PENDING"'),
        (Shade.TEXT, '"\u00e9"'.encode()),
        ((1, (2,)), b"[1,[2]]"),
        ({"b": 1, "a": Money(amount=Decimal("0.5"), currency="KWD")},
         b'{"a":{"currency":"KWD","minor":500},"b":1}'),
        ('\u2028\x00"', '"\u2028\\u0000\\""'.encode()),
        (Word("e\u0301"), '"é"'.encode()),
        (Count(3), b"3"),
        (MappingProxyType({"b": 1, "a": ()}), b'{"a":[],"b":1}'),
    ],
)  # fmt: skip
def test_the_published_form(value: object, expected: bytes) -> None:
    """Booleans are not numbers, enums are their values, tuples are lists, text is UTF-8."""
    assert canonical(value) == expected


@given(st.binary(), st.binary())
def test_digest_is_sha256_in_hex(one: bytes, other: bytes) -> None:
    """Digests are 64 hex characters and equal exactly for equal bytes."""
    assert len(digest(one)) == 64
    assert int(digest(one), 16) >= 0
    assert (digest(one) == digest(other)) == (one == other)
