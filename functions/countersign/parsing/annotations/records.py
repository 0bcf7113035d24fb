"""The same of all formats whose records can be found again: grouped to items in the order in which
each is first named, and read strictly."""

from __future__ import annotations

import json
import re
from array import array
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from countersign.domain.errors import Quarantined
from countersign.parsing.annotations.item import (
    Box,
    Buffer,
    Correction,
    Item,
    Part,
    Slice,
    Unread,
    Unreadable,
    joined,
)
from countersign.parsing.json import NotJson, loads

MOST_ITEMS = 200_000
_WIDTH = 3


class Record(NamedTuple):
    """One record, and the item that it speaks of."""

    key: str
    at: Slice


def grouped(
    records: Iterator[Record | Unread],
    part: Callable[[Slice], Part],
    place: Callable[[Slice], str],
    whole: Callable[[Item], None] | None = None,
) -> Iterator[Item | Unread]:
    """What cannot be read, then the items: the file is gone through once for where the records are
    and once for what they say, so that what is held is three numbers a record. Raises
    Quarantined above the bound; `whole` raises Unreadable for an item that lacks something."""
    places: dict[str, array[int]] = {}
    for found in records:
        if isinstance(found, Unread):
            yield found
            continue
        places.setdefault(found.key, array("q")).extend(found.at)
        if len(places) > MOST_ITEMS:
            raise Quarantined(f"the file has more than {MOST_ITEMS:,} items")
    for key, numbers in places.items():
        slices = [Slice(*numbers[at : at + _WIDTH]) for at in range(0, len(numbers), _WIDTH)]
        yield from _item(key, slices, part, place, whole)


def _item(
    key: str,
    slices: list[Slice],
    part: Callable[[Slice], Part],
    place: Callable[[Slice], str],
    whole: Callable[[Item], None] | None,
) -> Iterator[Item | Unread]:
    parts: dict[Slice, Part] = {}
    for at in slices:
        try:
            parts[at] = part(at)
        except Unreadable as unread:
            yield Unread(place(at), str(unread))
    if parts:
        yield from _joined(key, parts, place, whole)


def _joined(
    key: str,
    parts: Mapping[Slice, Part],
    place: Callable[[Slice], str],
    whole: Callable[[Item], None] | None,
) -> Iterator[Item | Unread]:
    try:
        item = joined(key, list(parts.values()))
        if whole:
            whole(item)
    except Unreadable as unread:
        yield from (Unread(place(at), str(unread)) for at in parts)
    else:
        yield item


def loaded(buffer: Buffer, at: Slice) -> dict[str, Any]:
    """The record as an object. Raises Unreadable."""
    try:
        value = loads(buffer[at.start : at.stop])
    except NotJson as broken:
        raise Unreadable(str(broken)) from broken
    if not isinstance(value, dict):
        raise Unreadable("is no object")
    return value


def text(given: Mapping[str, Any], *names: str) -> str:
    """The first of these that is there, as text; empty when none is. Raises Unreadable."""
    for name in names:
        value = given.get(name)
        if isinstance(value, str | int) and not isinstance(value, bool):
            return str(value)
        if value is not None:
            raise Unreadable(f"{name} is no text")
    return ""


def whole_number(value: object, name: str) -> int:
    """Raises Unreadable."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise Unreadable(f"{name} is no whole number")
    return value


def number(value: object, name: str) -> Decimal:
    """A number of JSON, or one written in a cell. Raises Unreadable."""
    in_cell = isinstance(value, str) and _NUMBER.fullmatch(value) is not None
    if not in_cell and (isinstance(value, bool) or not isinstance(value, int | Decimal)):
        raise Unreadable(f"{name} is no number")
    made = Decimal(value)  # type: ignore[arg-type] # one of the three
    if abs(made.adjusted()) > _MOST_DIGITS:
        raise Unreadable(f"{name} is no number of pixels")
    return made


_NUMBER = re.compile(r"[+-]?[0-9]{1,40}(?:\.[0-9]{1,40})?(?:[eE][+-]?[0-9]{1,2})?")
_MOST_DIGITS = 12


def listed(given: Mapping[str, Any], name: str) -> list[Any]:
    """A list that may be missing. Raises Unreadable for anything else."""
    value = given.get(name)
    if value is None:
        return []
    if not isinstance(value, list):
        raise Unreadable(f"{name} is no list")
    return value


def as_json(change: Correction) -> bytes:
    """A corrected value, as JSON writes it."""
    if change.field in Box._fields:
        return str(change.value).encode()
    return json.dumps(change.value, ensure_ascii=False).encode()


def written(number: Decimal) -> str:
    """Without an exponent and without zeros at its end."""
    return f"{number.normalize():f}" if number else "0"
