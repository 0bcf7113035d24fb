"""An item as the checks see it, and what they say of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, NamedTuple

from countersign.parsing.annotations.item import Annotation, Item

Offsets = Literal["code_points", "utf16_units"]
Severity = Literal["minor", "major", "critical"]
_BASIC = "\uffff"
"""The last code point that is one UTF-16 unit."""
_MOST_QUOTED = 80


class Change(NamedTuple):
    """A value that is certainly meant instead."""

    annotation: str
    field: str
    value: str | int


class Fault(NamedTuple):
    """What a check says: of whom, of which annotations, in a sentence's end, with words of it."""

    said: str
    annotations: tuple[Annotation, ...] = ()
    quote: str = ""
    changes: tuple[Change, ...] = ()
    annotator: str = ""
    """Whose it is, where no annotation says so."""


@dataclass(frozen=True)
class Subject:
    """An item, with the annotations that a rule's scope holds, and how offsets are counted."""

    item: Item
    labels: frozenset[str] = frozenset()
    """The scope; empty: all."""
    offsets: Offsets = "code_points"
    known: Mapping[str, str] = field(default_factory=dict)
    """The rulebook's labels, and other spellings of them with what they mean."""
    repeated: str = ""
    """An earlier item that is the same, if there is one."""

    @cached_property
    def annotations(self) -> tuple[Annotation, ...]:
        """Those in the scope that are said, not denied."""
        every = (one for one in self.item.annotations if not one.denied)
        return tuple(one for one in every if not self.labels or one.label in self.labels)

    @cached_property
    def by_annotator(self) -> Mapping[str, tuple[Annotation, ...]]:
        """Those in the scope, for everybody who looked at the item."""
        return {
            name: tuple(one for one in self.annotations if one.annotator == name)
            for name in self.item.annotators
        }

    @cached_property
    def text(self) -> str:
        """Empty of a picture."""
        return self.item.text or ""

    def place(self, one: Annotation) -> tuple[int, int] | None:
        """A span in code points; None when it is not one of this text."""
        return placed(self.text, one, self.offsets)

    def spans(self) -> Iterator[tuple[Annotation, int, int]]:
        """Spans in the scope that are spans of the text."""
        for one in self.annotations:
            place = self.place(one)
            if place:
                yield one, *place

    def quoted(self, start: int, end: int) -> str:
        """Words of the text, as many as a finding shows."""
        return self.text[start:end][:_MOST_QUOTED]


def placed(text: str, one: Annotation, offsets: Offsets) -> tuple[int, int] | None:
    """Where a span begins and ends in `text`, in code points; None of what is no span of it."""
    if one.span is None:
        return None
    start, end = (_point(text, at, offsets) for at in one.span[:2])
    return (start, end) if 0 <= start < end <= len(text) else None


def written(text: str, at: int, offsets: Offsets) -> int:
    """A code point's offset, as the file counts."""
    return at if offsets == "code_points" else len(text[:at].encode("utf-16-le")) // 2


def _point(text: str, at: int, offsets: Offsets) -> int:
    """-1 of what lies outside, or within a pair of UTF-16 units."""
    if offsets == "code_points" or text.isascii() or max(text) <= _BASIC:
        return at if 0 <= at <= len(text) else -1
    raw = text.encode("utf-16-le")
    if not 0 <= at * 2 <= len(raw):
        return -1
    try:
        return len(raw[: at * 2].decode("utf-16-le"))
    except UnicodeDecodeError:
        return -1
