"""Which format a file has, by its content; its items; and the file again with corrections in it."""

from __future__ import annotations

import re
from codecs import getincrementaldecoder
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
_WIDE_BY = {"utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}


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
def mapped(file: BinaryIO, most: int = MOST_BYTES) -> Iterator[Buffer]:
    """A file on the disk, as memory that is the machine's cache and not ours. One in UTF-16 that
    says so is held as what it is in UTF-8, of which there may be so many bytes. Raises Quarantined
    for one that is cut or has more.
    """
    codec = _wide(file)
    if codec is None:
        with _memory(file) as buffer:
            yield buffer
        return
    length = sum(map(len, _transcoded(file, codec)))
    if length > most:
        raise Quarantined(f"the file is larger than {most // 1_000_000} MB in UTF-8")
    with mmap(-1, max(1, length)) as buffer:
        for part in _transcoded(file, codec):
            buffer.write(part)
        yield buffer if length else b""


def as_encoded(file: BinaryIO, parts: Iterable[bytes]) -> Iterator[bytes]:
    """UTF-8 in the encoding of `file`: what was mapped comes back in the same bytes."""
    codec = _wide(file)
    if codec is None:
        yield from parts
        return
    yield _WIDE_BY[codec]
    decoder = getincrementaldecoder("utf-8")()
    yield from (decoder.decode(part).encode(codec) for part in parts)


def _wide(file: BinaryIO) -> str | None:
    """Which UTF-16 it is by its first bytes; None: none. What follows them is read next."""
    file.seek(0)
    head = file.read(2)
    return next((codec for codec, mark in _WIDE_BY.items() if mark == head), None)


def _transcoded(file: BinaryIO, codec: str) -> Iterator[bytes]:
    """What follows the mark, in UTF-8. Raises Quarantined."""
    file.seek(2)
    decoder = getincrementaldecoder(codec)()
    try:
        while chunk := file.read(_CHUNK):
            yield decoder.decode(chunk).encode()
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        raise Quarantined("the file is no whole UTF-16; export it as UTF-8") from None


@contextmanager
def _memory(file: BinaryIO) -> Iterator[Buffer]:
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
    if head.startswith(tuple(_WIDE_BY.values())) or b"\0" in head:
        raise Quarantined("the file is no text, or UTF-16 that does not say so: export it as UTF-8")
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
