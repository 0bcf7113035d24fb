"""Which format a file has, by its content; its items; and the file again with corrections in it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from io import SEEK_END
from mmap import ACCESS_READ, mmap
from typing import BinaryIO, Literal, Protocol

from countersign.domain.errors import Quarantined
from countersign.parsing.annotations.coco import Coco
from countersign.parsing.annotations.cvat import Cvat
from countersign.parsing.annotations.item import Buffer, Correction, Edit, Item, Unread
from countersign.parsing.annotations.json_lines import JsonLines
from countersign.parsing.annotations.label_studio import LabelStudio
from countersign.parsing.annotations.table import Table

FormatName = Literal["coco", "label-studio", "json-lines", "csv", "cvat"]
MOST_BYTES = 200_000_000
_LOOKED_AT = 65_536
_CHUNK = 1 << 20
_COCO_KEY = re.compile(rb'\{\s*"(?:info|licenses|images|annotations|categories|type)"\s*:\s*[\[{"]')
_WIDE = (b"\xff\xfe", b"\xfe\xff")


class AnnotationFile(Protocol):
    """A file of one format."""

    @property
    def buffer(self) -> Buffer:
        """All of it."""

    def items(self) -> Iterator[Item | Unread]:
        """What it holds, each record in one of the two. Raises Quarantined."""

    def edits(self, change: Correction) -> Iterator[Edit]:
        """The bytes to change. Raises Unreadable for a change that the format cannot hold."""


@contextmanager
def mapped(file: BinaryIO) -> Iterator[Buffer]:
    """A file on the disk, as memory that is the machine's cache and not ours."""
    size = file.seek(0, SEEK_END)
    if not size:  # which cannot be mapped
        yield b""
        return
    with mmap(file.fileno(), size, access=ACCESS_READ) as buffer:
        yield buffer


def format_of(buffer: Buffer) -> FormatName:
    """Raises Quarantined for a file that is above the bound, or of no format that is read."""
    if len(buffer) > MOST_BYTES:
        raise Quarantined(f"the file is larger than {MOST_BYTES // 1_000_000} MB")
    head = buffer[:_LOOKED_AT].removeprefix(b"\xef\xbb\xbf")
    if head.startswith(_WIDE) or b"\0" in head:
        raise Quarantined("the file is UTF-16 or no text; export it as UTF-8")
    start = head.lstrip()
    if start.startswith(b"["):
        return "label-studio"
    if start.startswith(b"{"):
        return "coco" if _COCO_KEY.match(start) else "json-lines"
    if start.startswith(b"<"):
        return "cvat"
    return "csv"


def opened(buffer: Buffer) -> AnnotationFile:
    """The file, read as what it is. Raises Quarantined."""
    name = format_of(buffer)
    if name == "coco":
        return Coco.of(buffer)
    if name == "csv":
        return Table.of(buffer)
    kinds: dict[str, Callable[[Buffer], AnnotationFile]]
    kinds = {"label-studio": LabelStudio, "json-lines": JsonLines, "cvat": Cvat}
    return kinds[name](buffer)


def corrected(file: AnnotationFile, changes: Iterable[Correction]) -> Iterator[bytes]:
    """The file in its own format, each byte as it was but those of the corrected values. Two
    changes of one value are a fault of the caller: the first counts."""
    edits = sorted({edit.start: edit for one in changes for edit in file.edits(one)}.values())
    at = 0
    for edit in edits:
        yield from _as_it_was(file.buffer, at, edit.start)
        yield edit.body
        at = edit.stop
    yield from _as_it_was(file.buffer, at, len(file.buffer))


def _as_it_was(buffer: Buffer, start: int, stop: int) -> Iterator[bytes]:
    for at in range(start, stop, _CHUNK):
        yield buffer[at : min(at + _CHUNK, stop)]
