"""COCO: pictures, categories and boxes, in three arrays of one object. Masks stay as they are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
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
    Slice,
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
from countersign.parsing.annotations.scanning import elements, find, members, whole

_BOX_SIDES = {"x": 0, "y": 1, "width": 2, "height": 3}


@dataclass(frozen=True)
class Coco:
    """A file of instances: where its arrays lie, and what its categories are called."""

    buffer: Buffer
    arrays: Mapping[str, Slice]
    names: Mapping[int, str]

    @classmethod
    def of(cls, buffer: Buffer) -> Coco:
        """Raises Quarantined when its three arrays cannot be found."""
        try:
            value = whole(buffer)
            arrays = dict(members(buffer, value.start, value.stop))
            names = dict(_categories(buffer, arrays["categories"]))
        except (Unreadable, KeyError) as broken:
            raise Quarantined(f"the file is no COCO that can be read: {broken}") from broken
        return cls(buffer, arrays, names)

    def items(self) -> Iterator[Item | Unread]:
        """Each picture with its boxes, and the records that cannot be read. Raises Quarantined
        where an array breaks."""
        try:
            yield from grouped(self._records(), self._part, self._place, _has_picture)
        except Unreadable as broken:
            raise Quarantined(f"the file {broken}") from broken

    def edits(self, change: Correction) -> Iterator[Edit]:
        """Raises Unreadable for a label that no category has."""
        if change.field == "label":
            ids = {name: id_ for id_, name in self.names.items()}
            if change.value not in ids:
                raise Unreadable(f"no category is called {change.value}")
            at = find(self.buffer, change.annotation.at, ("category_id",))
            yield Edit(at.start, at.stop, str(ids[str(change.value)]).encode())
        else:
            path = ("bbox", _BOX_SIDES[change.field])
            at = find(self.buffer, change.annotation.at, path)
            yield Edit(at.start, at.stop, as_json(change))

    def _records(self) -> Iterator[Record | Unread]:
        for array, key in (("images", "id"), ("annotations", "image_id")):
            at = self.arrays.get(array)
            for one in elements(self.buffer, at.start, at.stop) if at else ():
                try:
                    given = loaded(self.buffer, one)
                    yield Record(_picture(given.get(key), key), one)
                except Unreadable as unread:
                    yield Unread(self._place(one), str(unread))

    def _place(self, at: Slice) -> str:
        pictures = self.arrays.get("images", Slice(0, 0))
        within = pictures.start <= at.start < pictures.stop
        return f"{'images' if within else 'annotations'}[{at.number - 1}]"

    def _part(self, at: Slice) -> Part:
        given = loaded(self.buffer, at)
        if "image_id" not in given:
            width, height = (number(given.get(name), name) for name in ("width", "height"))
            return Part(width=width, height=height)
        return self._annotated(given, at)

    def _annotated(self, given: dict[str, Any], at: Slice) -> Part:
        attributes = given.get("attributes")
        who = text(attributes, "annotator") if isinstance(attributes, dict) else ""
        who = who or text(given, "annotator")
        category = whole_number(given.get("category_id"), "category_id")
        sides = [number(one, "bbox") for one in listed(given, "bbox")]
        if not sides:
            return Part(annotators=(who,), unjudged=1)
        if len(sides) != len(Box._fields):
            raise Unreadable("bbox has not four numbers")
        label = self.names.get(category, f"category {category}")
        name = text(given, "id") or str(at.number)
        one = Annotation(name, who, label, box=Box(*sides), at=at)
        return Part(annotators=(who,), annotations=(one,))


def _picture(id_: object, name: str) -> str:
    """The number of a picture; some tools write names. Raises Unreadable."""
    return id_ if isinstance(id_, str) and id_.strip() else str(whole_number(id_, name))


def _categories(buffer: Buffer, at: Slice) -> Iterator[tuple[int, str]]:
    for one in elements(buffer, at.start, at.stop):
        given = loaded(buffer, one)
        yield whole_number(given.get("id"), "id"), text(given, "name")


def _has_picture(item: Item) -> None:
    if item.width is None:
        raise Unreadable(f"the file has no picture {item.id} that can be read")
