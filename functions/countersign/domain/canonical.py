"""One value, one byte string: what is shown, signed, stored and executed are the same bytes."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any, cast

from pydantic import BaseModel

from countersign.domain.money import Money


def canonical(value: object) -> bytes:
    """UTF-8 JSON: sorted keys, NFC strings, UTC times with `Z`, money in minor units, no floats.

    Raises TypeError for anything that has no single spelling (a float, a naive time, a set).
    """
    text = json.dumps(plain(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode()


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
    kind = type(value)
    if kind is str:
        return _text(cast("str", value))
    if value is None or kind is int or kind is bool:
        return value
    return _plain_compound(value)


def _number(value: Decimal) -> str:
    if not value.is_finite():
        raise TypeError("a number that is not finite has no canonical form")
    # Not Decimal.normalize: that rounds to the context's precision.
    text = format(value, "f") if value else "0"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _text(value: str) -> str:
    return value if value.isascii() else unicodedata.normalize("NFC", value)


def _plain_compound(value: object) -> Any:
    match value:
        case dict():
            return _plain_mapping(value)
        case list() | tuple():
            return [plain(item) for item in value]
        case Money():
            return {"minor": value.minor, "currency": value.currency}
        case BaseModel():
            return {name: plain(getattr(value, name)) for name in type(value).model_fields}
        case Mapping():
            return _plain_mapping(value)
        case _:
            return _plain_simple(value)


def _plain_simple(value: object) -> Any:
    match value:
        case Enum():
            return plain(value.value)
        case date():
            return instant(value) if isinstance(value, datetime) else value.isoformat()
        case Decimal():
            return _number(value)
        case str():
            return _text(value)
        case int():
            return value
        case _:
            raise TypeError(f"{type(value).__name__} has no canonical form")


def _plain_mapping(value: Mapping[Any, Any]) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for key, item in value.items():
        if not isinstance(key, str):
            raise TypeError(f"keys are text, not {type(key).__name__}")
        name = _text(key)
        if name in out:
            raise TypeError("two keys are the same text after normalisation")
        out[name] = plain(item)
    return out
