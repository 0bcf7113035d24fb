"""CVAT's XML, which is read and never written: pictures with boxes and tags, and tracks of a video.

Of a track each box that is not outside is an annotation of its frame. A document type is refused:
none is needed, and entities are how such a file grows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

from countersign.domain.errors import Quarantined
from countersign.parsing.annotations.item import (
    Annotation,
    Box,
    Buffer,
    Correction,
    Edit,
    Item,
    Part,
    Unread,
    Unreadable,
    joined,
)
from countersign.parsing.annotations.records import MOST_ITEMS, number

_CHUNK = 1 << 16
_SIDES = ("xtl", "ytl", "xbr", "ybr")
_SHAPES = {"polygon", "polyline", "points", "mask", "cuboid", "ellipse", "skeleton"}


@dataclass
class Cvat:
    """One document. What a picture holds is given as soon as the picture ends."""

    buffer: Buffer

    def items(self) -> Iterator[Item | Unread]:
        """Raises Quarantined for what is no XML, or has a document type."""
        heard = _Heard()
        parser = expat.ParserCreate()
        parser.StartElementHandler = heard.begins
        parser.EndElementHandler = heard.ends
        parser.CharacterDataHandler = heard.says
        parser.StartDoctypeDeclHandler = _refuse
        try:
            for at in range(0, len(self.buffer), _CHUNK):
                parser.Parse(self.buffer[at : at + _CHUNK], at + _CHUNK >= len(self.buffer))
                yield from heard.taken()
        except expat.ExpatError as broken:
            raise Quarantined(f"the file is no XML that can be read: {broken}") from broken
        yield from heard.frames()

    def edits(self, change: Correction) -> Iterator[Edit]:
        """Raises Unreadable: this format is read only."""
        raise Unreadable(f"CVAT files are read only: {change.field} stays")


def _refuse(*_: object) -> None:
    raise Quarantined("the file has a document type, which no export of CVAT has")


@dataclass
class _Heard:
    """What the parser has said and nobody took yet."""

    ready: list[Item | Unread] = field(default_factory=list)
    picture: dict[str, str] = field(default_factory=dict)
    parts: list[Part] = field(default_factory=list)
    track: dict[str, str] = field(default_factory=dict)
    of_frame: dict[str, list[Part]] = field(default_factory=dict)
    size: dict[str, str] = field(default_factory=dict)
    within: list[str] = field(default_factory=list)
    seen: int = 0
    pictures: int = 0

    def begins(self, name: str, given: dict[str, str]) -> None:
        self.within.append(name)
        if name == "image":
            self.picture, self.parts = given, []
        elif name == "track":
            self.track = given
        elif name in {"box", "tag"} | _SHAPES:
            self._said(name, given)

    def ends(self, name: str) -> None:
        self.within.pop()
        if name == "image":
            self._picture()

    def says(self, words: str) -> None:
        if self.within[-2:-1] == ["original_size"]:
            self.size[self.within[-1]] = self.size.get(self.within[-1], "") + words

    def taken(self) -> list[Item | Unread]:
        """What is ready, once."""
        ready, self.ready = self.ready, []
        return ready

    def frames(self) -> Iterator[Item | Unread]:
        """The pictures of a video, after its last track."""
        for frame, parts in self.of_frame.items():
            yield _item(f"frame {frame}", self.size, parts)

    def _said(self, name: str, given: dict[str, str]) -> None:
        self.seen += 1
        if "image" in self.within:
            self._add(self.parts, name, given)
        elif given.get("outside") != "1" and "frame" in given:
            frame = self.of_frame.setdefault(given["frame"], [])
            self._add(frame, name, {**self.track, **given})

    def _add(self, parts: list[Part], name: str, given: dict[str, str]) -> None:
        try:
            parts.append(_part(name, given, str(self.seen)))
        except Unreadable as unread:
            self.ready.append(Unread(f"{name} {self.seen}", str(unread)))

    def _picture(self) -> None:
        key = self.picture.get("name") or self.picture.get("id", "")
        self.ready.append(_item(key, self.picture, self.parts))
        self.pictures += 1
        if self.pictures > MOST_ITEMS:
            raise Quarantined(f"the file has more than {MOST_ITEMS:,} items")


def _part(name: str, given: dict[str, str], id_: str) -> Part:
    """Raises Unreadable for a box without numbers."""
    if name in _SHAPES or given.get("rotation", "0") not in {"0", "0.0", "0.00"}:
        return Part(annotators=("",), unjudged=1)
    box = None
    if name == "box":
        left, top, right, bottom = (number(given.get(side), side) for side in _SIDES)
        box = Box(left, top, right - left, bottom - top)
    said = Annotation(id_, "", given.get("label", ""), box)
    return Part(annotators=("",), annotations=(said,))


def _item(key: str, size: dict[str, str], parts: list[Part]) -> Item | Unread:
    try:
        width, height = (number(size.get(side), side) for side in ("width", "height"))
        return joined(key, [Part(None, width, height), *parts])
    except Unreadable as unread:
        return Unread(f"image {key}", str(unread))
