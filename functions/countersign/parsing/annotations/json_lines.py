"""JSON lines of spans, boxes and labels: Prodigy's, a line for each annotator's look at a task, and
doccano's, a line for each text.

Prodigy's `accept` counts as said, `reject` of a label as its opposite and of spans as none found,
`ignore` as nobody having looked.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from countersign.parsing.annotations.item import (
    Annotation,
    Box,
    Buffer,
    Correction,
    Edit,
    Item,
    Part,
    Path,
    Slice,
    Span,
    Unread,
    Unreadable,
)
from countersign.parsing.annotations.records import (
    Record,
    as_json,
    grouped,
    listed,
    loaded,
    number,
    text,
    whole_number,
)
from countersign.parsing.annotations.scanning import find

_KEYS = ("_input_hash", "id", "item")
_LABELS = ("label", "labels")


@dataclass(frozen=True)
class JsonLines:
    """A file with one object a line."""

    buffer: Buffer

    def items(self) -> Iterator[Item | Unread]:
        """Each text or picture, and the lines that cannot be read."""
        return grouped(self._records(), self._part, _place)

    def edits(self, change: Correction) -> Iterator[Edit]:
        """Raises Unreadable where the line has no such value."""
        one = change.annotation
        at = find(self.buffer, one.at, (*one.path, *_inner(one, change.field)))
        yield Edit(at.start, at.stop, as_json(change))

    def _records(self) -> Iterator[Record | Unread]:
        for at in _lines(self.buffer):
            try:
                given = loaded(self.buffer, at)
                key = text(given, *_KEYS) or _place(at)
            except Unreadable as unread:
                yield Unread(_place(at), str(unread))
            else:
                yield Record(key, at)

    def _part(self, at: Slice) -> Part:
        given = loaded(self.buffer, at)
        if given.get("answer") == "ignore":
            return Part(text=text(given, "text"))
        who = text(given, "_annotator_id", "_session_id", "annotator", "user")
        found = [] if _refused(given) else list(_annotations(given))
        found += _whole(given)
        return Part(
            text=text(given, "text") if "text" in given else None,
            width=number(given["width"], "width") if "width" in given else None,
            height=number(given["height"], "height") if "height" in given else None,
            annotators=(who,),
            unjudged=sum(map(_is_outline, listed(given, "spans"))),
            annotations=tuple(
                replace(one, id=f"{at.number}.{index}", annotator=who, at=at)
                for index, one in enumerate(found, start=1)
            ),
        )


_OFFSETS = {"start": "start_offset", "end": "end_offset"}
_TRIPLE = ("start", "end", "label")


def _inner(one: Annotation, field: str) -> Path:
    """Where a field stands in an annotation, by the list that it stands in."""
    held = one.path[0] if one.path else ""
    if held == "accept" or (held in _LABELS and one.span is None):
        return ()
    if held in _LABELS:
        return (_TRIPLE.index(field),)
    return (_OFFSETS.get(field, field),) if held == "entities" else (field,)


def _lines(buffer: Buffer) -> Iterator[Slice]:
    """Lines with something on them, without their ends."""
    start = number_ = 0
    while start < len(buffer):
        end = buffer.find(b"\n", start)
        stop = len(buffer) if end < 0 else end
        number_ += 1
        begin = start + (3 if number_ == 1 and buffer[:3] == b"\xef\xbb\xbf" else 0)
        if buffer[begin:stop].strip():
            yield Slice(begin, stop, number_)
        start = stop + 1


def _place(at: Slice) -> str:
    return f"line {at.number}"


def _refused(given: dict[str, Any]) -> bool:
    return given.get("answer") == "reject"


def _annotations(given: dict[str, Any]) -> Iterator[Annotation]:
    for index, span in enumerate(listed(given, "spans")):
        if not _is_outline(span):
            yield _region(span, ("spans", index), "start", "end")
    for index, span in enumerate(listed(given, "entities")):
        yield _region(span, ("entities", index), "start_offset", "end_offset")
    yield from _labelled(given)


def _labelled(given: dict[str, Any]) -> Iterator[Annotation]:
    for name in _LABELS:
        value = given.get(name)
        for index, one in enumerate(value if isinstance(value, list) else ()):
            yield _triple(one, (name, index))
    for index, label in enumerate(listed(given, "accept")):
        yield Annotation("", "", str(label), path=("accept", index))


def _is_outline(given: Any) -> bool:
    """A polygon of a picture: it has corners and is no box."""
    return isinstance(given, dict) and "points" in given and "x" not in given


def _region(given: Any, path: Path, start: str, end: str) -> Annotation:
    if not isinstance(given, dict):
        raise Unreadable(f"{path[0]} holds what is no object")
    label = text(given, "label")
    if start not in given and "x" in given:
        sides = (number(given.get(name), name) for name in Box._fields)
        return Annotation("", "", label, box=Box(*sides), path=path)
    told = text(given, "text") if "text" in given else None
    first, last = (whole_number(given.get(name), name) for name in (start, end))
    return Annotation("", "", label, span=Span(first, last, told), path=path)


def _triple(given: Any, path: Path) -> Annotation:
    """`[start, end, label]`, or a label of the whole text."""
    if isinstance(given, str):
        return Annotation("", "", given, path=path)
    if not isinstance(given, list) or len(given) != len(_TRIPLE):
        raise Unreadable(f"{path[0]} holds what is no [start, end, label]")
    start, end, label = given
    span = Span(whole_number(start, "start"), whole_number(end, "end"))
    return Annotation("", "", str(label), span=span, path=path)


def _whole(given: dict[str, Any]) -> list[Annotation]:
    """The one label of a task, said or denied."""
    label = given.get("label")
    if not isinstance(label, str):
        return []
    return [Annotation("", "", label, denied=_refused(given))]
