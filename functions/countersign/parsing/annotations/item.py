"""What people said about one text or picture, whatever format it came in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from mmap import mmap
from typing import NamedTuple

Buffer = bytes | mmap
"""A whole file that can be sliced and searched; a mapped one takes no memory of ours."""
Path = tuple[str | int, ...]
"""Where a value stands in a JSON value: keys and indexes."""


class Slice(NamedTuple):
    """Bytes of the file, and which record they are, from 1."""

    start: int
    stop: int
    number: int = 0


NOWHERE = Slice(0, 0)


class Box(NamedTuple):
    """Pixels from the top left corner."""

    x: Decimal
    y: Decimal
    width: Decimal
    height: Decimal


class Span(NamedTuple):
    """Offsets as the file has them, in code points or UTF-16 units, and the text that it states."""

    start: int
    end: int
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Annotation:
    """One label by one annotator: of a box, of a span, or with neither of the whole item.

    `at` are the bytes of its record, `path` where it stands in it; `denied` is a label refused.
    """

    id: str
    annotator: str
    label: str
    box: Box | None = None
    span: Span | None = None
    at: Slice = NOWHERE
    path: Path = ()
    denied: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """What one record says of its item."""

    text: str | None = None
    width: Decimal | None = None
    height: Decimal | None = None
    annotators: tuple[str, ...] = ()
    annotations: tuple[Annotation, ...] = ()
    unjudged: int = 0


@dataclass(frozen=True, slots=True)
class Item:
    """A text or a picture. `annotators` looked at it, also who found nothing in it; `unjudged` are
    shapes that no rule here speaks about (polygons, masks, relations, turned boxes)."""

    id: str
    text: str | None = None
    width: Decimal | None = None
    height: Decimal | None = None
    annotators: tuple[str, ...] = ()
    annotations: tuple[Annotation, ...] = ()
    unjudged: int = 0
    records: int = 1


class Unread(NamedTuple):
    """A record that is quarantined: where it stands, and why."""

    place: str
    reason: str


class Correction(NamedTuple):
    """A new value of one field of an annotation: label, start, end, text; x, y, width and height as
    numbers are written."""

    annotation: Annotation
    field: str
    value: str | int


class Edit(NamedTuple):
    """Bytes that replace those of a slice."""

    start: int
    stop: int
    body: bytes


class Unreadable(ValueError):  # noqa: N818 - it is the outcome of one record
    """A record cannot be read; the sentence says why."""


def joined(key: str, parts: Sequence[Part]) -> Item:
    """One item of what its records say. Raises Unreadable when they speak of different texts."""
    texts = {part.text for part in parts if part.text is not None}
    if len(texts) > 1:
        raise Unreadable("its records have different texts")
    sized = next((one for one in parts if one.width is not None), Part())
    return Item(
        id=key,
        text=next(iter(texts), None),
        width=sized.width,
        height=sized.height,
        annotators=tuple(dict.fromkeys(name for part in parts for name in part.annotators)),
        annotations=tuple(_apart(one for part in parts for one in part.annotations)),
        unjudged=sum(part.unjudged for part in parts),
        records=len(parts),
    )


def _apart(found: Iterable[Annotation]) -> Iterator[Annotation]:
    """Each by a name of its own: files give the same id twice."""
    times: Counter[str] = Counter()
    for one in found:
        times[one.id] += 1
        yield one if times[one.id] == 1 else replace(one, id=f"{one.id}#{times[one.id]}")
