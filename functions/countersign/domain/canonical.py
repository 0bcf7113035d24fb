"""One value, one byte string: what is shown, signed, stored and executed are the same bytes."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from functools import cache, partial
from types import NoneType
from typing import Any

from pydantic import BaseModel

from countersign.domain.money import Money


def canonical(value: object) -> bytes:
    """UTF-8 JSON: sorted keys, NFC strings, UTC times with `Z`, money in minor units, no floats.

    Raises TypeError for anything that has no single spelling (a float, a naive time, a set).
    """
    return _encoder().encode(plain(value)).encode()


def digest(data: bytes) -> str:
    """SHA-256 of `data`, 64 lower-case hex characters."""
    return hashlib.sha256(data).hexdigest()


def instant(at: datetime) -> str:
    """`at` in UTC with `Z`, microseconds always written, so that text order is time order."""
    if at.utcoffset() is None:
        raise TypeError("a time without a zone has no canonical form; give it a zone")
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def plain(value: object) -> Any:
    """`value` as dict, list, str, int, bool and None only."""
    if type(value) is str and value.isascii():  # most of what there is
        return value
    return _way_of(type(value))(value)  # type: ignore[arg-type] # every type has a hash


@cache
def _encoder() -> json.JSONEncoder:
    """What is plain holds itself nowhere: nobody need look for that."""
    return json.JSONEncoder(
        sort_keys=True, separators=(",", ":"), ensure_ascii=False, check_circular=False
    )


@cache
def _way_of(kind: type) -> Callable[[Any], Any]:
    """How values of a type are made plain, found once for each type. Raises TypeError."""
    if issubclass(kind, BaseModel) and not issubclass(kind, Money):
        return partial(_plain_model, tuple(kind.model_fields))
    for known, way in _WAYS.items():
        if issubclass(kind, known):
            return way
    raise TypeError(f"{kind.__name__} has no canonical form")


def _number(value: Decimal) -> str:
    if not value.is_finite():
        raise TypeError("a number that is not finite has no canonical form")
    # Not Decimal.normalize: that rounds to the context's precision.
    text = format(value, "f") if value else "0"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _text(value: str) -> str:
    return value if value.isascii() else unicodedata.normalize("NFC", value)


def _plain_model(names: tuple[str, ...], value: BaseModel) -> dict[str, Any]:
    held = value.__dict__
    return {
        name: one if type(one := held[name]) is str and one.isascii() else plain(one)
        for name in names
    }


def _itself(value: int | None) -> int | None:
    return value


def _plain_list(value: list[Any] | tuple[Any, ...]) -> list[Any]:
    return [one if type(one) is str and one.isascii() else plain(one) for one in value]


def _plain_money(value: Money) -> dict[str, Any]:
    return {"minor": value.minor, "currency": value.currency}


def _plain_enum(value: Enum) -> Any:
    return plain(value.value)


def _plain_mapping(value: Mapping[Any, Any]) -> dict[str, Any]:
    out = {_name(key): plain(item) for key, item in value.items()}
    if len(out) < len(value):
        raise TypeError("two keys are the same text after normalisation")
    return out


def _name(key: object) -> str:
    if not isinstance(key, str):
        raise TypeError(f"keys are text, not {type(key).__name__}")
    return _text(key)


_WAYS: Mapping[type, Callable[[Any], Any]] = {
    Mapping: _plain_mapping,
    list: _plain_list,
    tuple: _plain_list,
    Money: _plain_money,
    Enum: _plain_enum,
    datetime: instant,
    date: date.isoformat,
    Decimal: _number,
    str: _text,
    int: _itself,
    NoneType: _itself,
}
"""By the first that a type is or inherits from."""
