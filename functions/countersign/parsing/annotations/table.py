"""CSV of annotations, one a row, in any of the usual dialects.

Measured: `csv.reader` gives no positions, and of a quote that is never closed it makes one cell of
all the rows that follow. Here a row that does not fit its header costs one line, with its reason,
and the next line is tried anew.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from itertools import islice

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
    Span,
    Unread,
    Unreadable,
)
from countersign.parsing.annotations.records import Record, grouped, number

_NAMES: dict[str, tuple[str, ...]] = {
    "item": ("item", "item_id", "id", "image", "image_id", "file_name", "filename", "document"),
    "text": ("text", "sentence", "content"),
    "annotator": ("annotator", "annotator_id", "user", "worker", "worker_id", "rater"),
    "label": ("label", "class", "category", "tag"),
    "start": ("start", "start_offset", "begin"),
    "end": ("end", "end_offset", "stop"),
    "quote": ("quote", "span", "span_text", "covered_text"),
    "x": ("x", "left"),
    "y": ("y", "top"),
    "width": ("width", "w", "box_width"),
    "height": ("height", "h", "box_height"),
    "image_width": ("image_width", "img_width"),
    "image_height": ("image_height", "img_height"),
}
"""The columns that are read, and the names under which they are found; others stay as they are."""
_FIELDS = {"text": "quote"}
"""Columns of an annotation's fields that are called otherwise."""
_DELIMITERS = (b",", b";", b"\t", b"|")
_SAYS_DELIMITER = re.compile(rb'"?sep=([,;\t|])"?(?:\r\n|\n|\r)', re.IGNORECASE)
"""The first line by which Excel is told what separates; the header is the next one."""
_LINE_END = re.compile(rb"\r\n|\n|\r")
_FOREIGN = re.compile(rb"[\x80-\xff][^\r\n]*+")
"""A line from its first byte that is not ASCII on; to begin at the line's own start takes time that
grows with the square of its length."""
_BOM = b"\xef\xbb\xbf"
_COMMA = re.compile(r"[+-]?[0-9]{1,40},[0-9]{1,40}")
"""A number with a decimal comma."""
_INTEGER = re.compile(r"-?[0-9]{1,9}")
_MOST_COLUMNS = 200
_LOOKED_AT = 10_000
"""Lines that are not ASCII and tell the encoding."""


@dataclass(frozen=True)
class Table:
    """A table with a header."""

    buffer: Buffer
    delimiter: bytes
    codec: str
    columns: Mapping[str, int]
    width: int
    begins: int
    """Where the first row begins."""
    header_lines: int

    @classmethod
    def of(cls, buffer: Buffer) -> Table:
        """Raises Quarantined when the header names no column that is known."""
        start = len(_BOM) if buffer[: len(_BOM)] == _BOM else 0
        codec, said = _codec(buffer), _SAYS_DELIMITER.match(buffer, start)
        header = said.end() if said else start
        for delimiter in (said[1],) if said else _DELIMITERS:
            row = _fitting(buffer, header, delimiter)
            cells = _heads(buffer, row, delimiter, codec)
            columns = _columns(cells)
            if "label" in columns and 1 < len(cells) <= _MOST_COLUMNS:
                lines = _ends(buffer, start, row.stop)
                return cls(buffer, delimiter, codec, columns, len(cells), row.stop, lines)
        raise Quarantined("the file has no header with a column `label` and one more")

    def items(self) -> Iterator[Item | Unread]:
        """What is named in the column of items, and the lines that cannot be read."""
        return grouped(self._records(), self._part, _place)

    def edits(self, change: Correction) -> Iterator[Edit]:
        """Raises Unreadable where the table has no such column."""
        column = self.columns.get(_FIELDS.get(change.field, change.field))
        if column is None:
            raise Unreadable(f"the table has no column for {change.field}")
        row = change.annotation.at
        at, value = list(_cells(self.buffer, row, self.delimiter))[column], str(change.value)
        beside = (self._given(row).get(name, "").strip() for name in Box._fields)
        if change.field in Box._fields and any(map(_COMMA.fullmatch, beside)):
            value = value.replace(".", ",")
        yield Edit(at.start, at.stop, self._written(value, at))

    def _written(self, value: str, at: Slice) -> bytes:
        written = value.encode(self.codec)
        special = any(sign in written for sign in (self.delimiter, b'"', b"\n", b"\r"))
        if special or self.buffer[at.start : at.start + 1] == b'"':
            return b'"' + written.replace(b'"', b'""') + b'"'
        return written

    def _records(self) -> Iterator[Record | Unread]:
        at, line = self.begins, self.header_lines + 1
        while at < len(self.buffer):
            row = _fitting(self.buffer, at, self.delimiter)
            found = self._record(Slice(row.start, row.stop, line))
            stop = _line_end(self.buffer, at) if isinstance(found, Unread) else row.stop
            if found is not None:
                yield found
            line += _ends(self.buffer, at, stop)
            at = stop

    def _record(self, row: Slice) -> Record | Unread | None:
        """None of an empty line."""
        if row.start == row.stop:
            return Unread(_place(row), "has a quote that is not closed, or text behind one")
        cells = list(_cells(self.buffer, row, self.delimiter))
        if not self.buffer[row.start : row.stop].strip():
            return None
        if len(cells) != self.width:
            return Unread(_place(row), f"has {len(cells)} cells, the header {self.width}")
        try:
            given = self._given(row)
        except Unreadable as unread:
            return Unread(_place(row), str(unread))
        return Record(given.get("item") or _place(row), row)

    def _given(self, row: Slice) -> dict[str, str]:
        cells = list(_cells(self.buffer, row, self.delimiter))
        return {
            name: _text(self.buffer, cells[at], self.codec) for name, at in self.columns.items()
        }

    def _part(self, at: Slice) -> Part:
        given = self._given(at)
        who, label = given.get("annotator", ""), given["label"].strip()
        one = Annotation(str(at.number), who, label, self._box(given), _span(given), at)
        size = (given.get("image_width"), given.get("image_height"))
        width, height = (
            self._number(side, "the picture's size") if side else None for side in size
        )
        said = (one,) if label else ()
        return Part(given.get("text"), width, height, (who,), said)

    def _box(self, given: Mapping[str, str]) -> Box | None:
        sides = [given.get(name, "").strip() for name in Box._fields]
        if not any(sides):
            return None
        both = zip(sides, Box._fields, strict=True)
        return Box(*(self._number(side, name) for side, name in both))

    def _number(self, cell: str, name: str) -> Decimal:
        """A comma is a decimal one where it separates no cells."""
        written = self.delimiter != b"," and _COMMA.fullmatch(cell)
        return number(cell.replace(",", ".") if written else cell, name)


def _heads(buffer: Buffer, row: Slice, delimiter: bytes, codec: str) -> list[str]:
    try:
        cells = [_text(buffer, one, codec) for one in _cells(buffer, row, delimiter)]
    except Unreadable as unread:
        raise Quarantined(f"the header {unread}") from unread
    return [one.strip().lower() for one in cells]


def _columns(cells: list[str]) -> dict[str, int]:
    found = {
        name: next((cells.index(alias) for alias in names if alias in cells), -1)
        for name, names in _NAMES.items()
    }
    return {name: at for name, at in found.items() if at >= 0}


def _span(given: Mapping[str, str]) -> Span | None:
    ends = [given.get(name, "").strip() for name in ("start", "end")]
    if not any(ends):
        return None
    if not all(_INTEGER.fullmatch(one) for one in ends):
        raise Unreadable("start and end are no whole numbers")
    return Span(int(ends[0]), int(ends[1]), given.get("quote"))


@cache
def _row(delimiter: bytes) -> re.Pattern[bytes]:
    """A whole row with its line end."""
    end = re.escape(delimiter)
    cell = rb'(?:"(?:[^"]++|"")*+"|(?!")[^' + end + rb"\r\n]*+)"
    return re.compile(cell + rb"(?:" + end + cell + rb")*+(?:\r\n|\n|\r|\Z)")


@cache
def _cell(delimiter: bytes) -> re.Pattern[bytes]:
    return re.compile(rb'"(?:[^"]++|"")*+"|[^' + re.escape(delimiter) + rb"\r\n]*+")


def _fitting(buffer: Buffer, at: int, delimiter: bytes) -> Slice:
    """The row that begins there; empty where none fits."""
    fits = _row(delimiter).match(buffer, at)
    return Slice(at, fits.end() if fits else at)


def _cells(buffer: Buffer, row: Slice, delimiter: bytes) -> Iterator[Slice]:
    """The cells of a row that fits, with their quotes."""
    at, more = row.start, True
    while more:
        found = _cell(delimiter).match(buffer, at, row.stop)
        stop = found.end() if found else at
        yield Slice(at, stop)
        more = stop < row.stop and buffer[stop : stop + 1] == delimiter
        at = stop + 1


def _text(buffer: Buffer, at: Slice, codec: str) -> str:
    """Raises Unreadable for bytes that are not of the file's encoding."""
    raw = buffer[at.start : at.stop]
    if raw.startswith(b'"'):
        raw = raw[1:-1].replace(b'""', b'"')
    try:
        return raw.decode(codec)
    except UnicodeDecodeError:
        raise Unreadable(f"is not {codec.upper()}") from None


def _codec(buffer: Buffer) -> str:
    """Windows-1252 where no line that is not ASCII is UTF-8; a line that is neither is not read."""
    lines = _FOREIGN.finditer(buffer)
    told = [_is_utf8(one[0]) for one in islice(lines, _LOOKED_AT)]
    return "cp1252" if told and not any(told) else "utf-8"


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode()
    except UnicodeDecodeError:
        return False
    return True


def _line_end(buffer: Buffer, at: int) -> int:
    found = _LINE_END.search(buffer, at)
    return found.end() if found else len(buffer)


def _ends(buffer: Buffer, start: int, stop: int) -> int:
    """Line ends between two places."""
    return sum(1 for _ in _LINE_END.finditer(buffer, start, stop))


def _place(at: Slice) -> str:
    return f"line {at.number}"
