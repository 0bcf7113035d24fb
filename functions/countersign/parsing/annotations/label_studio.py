"""Label Studio's JSON: tasks with annotations of several people, each with regions.

Boxes are percent of the picture in the file and pixels here. What was cancelled was not said; the
ground truth is an annotator of that name.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from countersign.domain.errors import Quarantined
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
    written,
)
from countersign.parsing.annotations.scanning import elements, find, whole

GROUND_TRUTH = "ground truth"
_LABELS = {"rectanglelabels": "rectanglelabels", "labels": "labels", "choices": "choices"}
"""Where the label stands in a region's value, by the region's type."""
_SIZES = {"x": "original_width", "width": "original_width"}
_PERCENT = Decimal(100)
_DIGITS = Decimal("1e-10")


@dataclass(frozen=True)
class LabelStudio:
    """An array of tasks."""

    buffer: Buffer

    def items(self) -> Iterator[Item | Unread]:
        """Each task, and those that cannot be read. Raises Quarantined where the array breaks."""
        return grouped(self._records(), self._part, _place)

    def edits(self, change: Correction) -> Iterator[Edit]:
        """Raises Unreadable where the region has no such value."""
        one = change.annotation
        region = loaded(self.buffer, find(self.buffer, one.at, one.path[:-1]))
        at = find(self.buffer, one.at, (*one.path[:-1], "value", *_inner(region, change)))
        yield Edit(at.start, at.stop, as_json(_in_percent(region, change)))

    def _records(self) -> Iterator[Record | Unread]:
        try:
            array = whole(self.buffer)
            for at in elements(self.buffer, array.start, array.stop):
                yield self._record(at)
        except Unreadable as broken:
            raise Quarantined(f"the file is no array of tasks: {broken}") from broken

    def _record(self, at: Slice) -> Record | Unread:
        try:
            given = loaded(self.buffer, at)
            return Record(text(given, "id") or _place(at), at)
        except Unreadable as unread:
            return Unread(_place(at), str(unread))

    def _part(self, at: Slice) -> Part:
        given = loaded(self.buffer, at)
        parts = [
            _looked(one, index, at)
            for index, one in enumerate(listed(given, "annotations"))
            if isinstance(one, dict) and not one.get("was_cancelled")
        ]
        sized = next((one for one in parts if one.width is not None), Part())
        return Part(
            text=_text(given.get("data")),
            width=sized.width,
            height=sized.height,
            annotators=tuple(name for one in parts for name in one.annotators),
            annotations=tuple(said for one in parts for said in one.annotations),
            unjudged=sum(one.unjudged for one in parts),
        )


def _place(at: Slice) -> str:
    return f"task {at.number}"


def _text(data: Any) -> str | None:
    """The text of a task: the field `text`, else the only one that is a text and no address."""
    if not isinstance(data, dict):
        raise Unreadable("data is no object")
    if isinstance(data.get("text"), str):
        return str(data["text"])
    texts = [one for one in data.values() if isinstance(one, str) and " " in one]
    return texts[0] if len(texts) == 1 else None


def _looked(given: dict[str, Any], index: int, at: Slice) -> Part:
    """What one person said of a task."""
    who = _who(given)
    said: list[Annotation] = []
    unjudged, width, height = 0, None, None
    for number_, region in enumerate(listed(given, "result")):
        path: Path = ("annotations", index, "result", number_)
        found = list(_region(region, who, path, at))
        unjudged += not found
        said += found
        if found and found[0].box:
            width, height = (number(region[f"original_{side}"], side) for side in _SIDES)
    return Part(None, width, height, (who,), tuple(said), unjudged)


_SIDES = ("width", "height")


def _who(given: dict[str, Any]) -> str:
    if given.get("ground_truth") is True:
        return GROUND_TRUTH
    by = given.get("completed_by")
    return text(by, "email", "id") if isinstance(by, dict) else text(given, "completed_by")


def _region(given: Any, who: str, path: Path, at: Slice) -> Iterator[Annotation]:
    """One annotation for each label of a region; none of a kind that is not judged."""
    value = given.get("value") if isinstance(given, dict) else None
    if not isinstance(value, dict):
        raise Unreadable("result holds a region without a value")
    key = _LABELS.get(str(given.get("type")))
    if key is None or value.get("rotation"):
        return
    box = _box(given, value) if key == "rectanglelabels" else None
    span = _span(value) if key == "labels" else None
    for index, label in enumerate(listed(value, key)):
        name = f"{path[1]}.{path[3]}.{index}"
        yield Annotation(name, who, str(label), box, span, at, (*path, index))


def _box(given: dict[str, Any], value: dict[str, Any]) -> Box:
    sides = []
    for name in Box._fields:
        size = _SIZES.get(name, "original_height")
        sides.append(number(value.get(name), name) * number(given.get(size), size) / _PERCENT)
    return Box(*sides)


def _span(value: dict[str, Any]) -> Span:
    told = text(value, "text") if "text" in value else None
    start, end = (whole_number(value.get(name), name) for name in ("start", "end"))
    return Span(start, end, told)


def _inner(region: dict[str, Any], change: Correction) -> Path:
    """Where in a region's value."""
    if change.field != "label":
        return (change.field,)
    return (_LABELS[str(region["type"])], change.annotation.path[-1])


def _in_percent(region: dict[str, Any], change: Correction) -> Correction:
    if change.field not in Box._fields:
        return change
    size = _SIZES.get(change.field, "original_height")
    percent = Decimal(change.value) * _PERCENT / number(region[size], size)
    return change._replace(value=written(percent.quantize(_DIGITS)))
