"""Tables as spreadsheets export them: any of the usual charsets and separators, row by row.

Measured: `csv.reader` makes one cell of all that follows a quote which is never closed, and
`Sniffer` guesses wrongly where cells hold commas. Here the header says what separates, and a row
that does not fit it costs one row, with its reason.
"""

from __future__ import annotations

import codecs
import csv
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from io import TextIOWrapper
from typing import BinaryIO

from countersign.domain.errors import Quarantined
from countersign.parsing.text import clean

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_WESTERN = "cp1252"
_PIECE = 1_000_000
_SEPARATORS = (",", ";", "\t", "|")
_SAYS_SEPARATOR = "sep="
_LONGEST_LINE = 20_000
"""Characters: a longer line is none of a list."""
_MOST_LINES = 20
"""A quoted cell with more lines is a quote that somebody forgot to close."""
_MOST_COLUMNS = 200
_NULS = 0.3
"""The share of zero bytes above which text is UTF-16 without a mark."""
RAGGED = "the row has another number of cells than the header"
UNCLOSED = "a quote of the row is never closed"
TOO_LONG = f"the line has more than {_LONGEST_LINE:,} characters"


@dataclass(frozen=True)
class Unfit:
    """A row that does not fit its table, and why."""

    reason: str


@dataclass(frozen=True)
class Sheet:
    """A table's header, and its rows when they are asked for."""

    columns: tuple[str, ...]
    """As the header has them; the second of two that are called alike is numbered."""
    rows: Callable[[], Iterator[Mapping[str, str] | Unfit]]


def sheet(opening: Callable[[], BinaryIO]) -> Sheet:
    """The table in a file, which is opened anew for each reading. Raises Quarantined for one that
    has no header."""
    codec = _codec(opening)
    with TextIOWrapper(opening(), codec, errors="replace", newline=None) as file:
        lines = _Lines(file)
        separator, header = _header(lines)
    columns = _named(header)
    if not 1 <= len(columns) <= _MOST_COLUMNS:
        raise Quarantined(f"a list has 1 to {_MOST_COLUMNS} columns; this one has {len(columns)}")

    def rows() -> Iterator[Mapping[str, str] | Unfit]:
        with TextIOWrapper(opening(), codec, errors="replace", newline=None) as file:
            lines = _Lines(file)
            _header(lines)
            yield from _rows(lines, separator, columns)

    return Sheet(columns, rows)


class _Lines:
    """The lines of a file, of which some may be put back."""

    def __init__(self, file: TextIOWrapper) -> None:
        self._file = file
        self._back: deque[str] = deque()

    def next(self) -> str | None:
        """The next line without its end; None: there is none. Of one that is too long, as much as
        shows that."""
        if self._back:
            return self._back.popleft()
        line = self._file.readline(_LONGEST_LINE + 1)
        if not line:
            return None
        rest = line
        while not rest.endswith("\n") and len(rest) > _LONGEST_LINE:
            rest = self._file.readline(_LONGEST_LINE + 1)
        return line.removesuffix("\n")

    def put_back(self, lines: list[str]) -> None:
        """To be read again, in this order."""
        self._back.extendleft(reversed(lines))


def _codec(opening: Callable[[], BinaryIO]) -> str:
    """By its mark; else UTF-8 where all of it is that, and Windows-1252 where not."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    with opening() as file:
        piece = file.read(_PIECE)
        marked = next((codec for mark, codec in _BOMS if piece.startswith(mark)), "")
        if marked or not piece:
            return marked or "utf-8"
        if piece.count(0) > _NULS * len(piece):
            return "utf-16-le" if piece[1:2] == b"\0" else "utf-16-be"
        try:
            while piece:
                decoder.decode(piece)
                piece = file.read(_PIECE)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return _WESTERN
    return "utf-8"


def _header(lines: _Lines) -> tuple[str, list[str]]:
    """What separates cells, and the cells of the first line that has any."""
    line = lines.next()
    while line is not None and not line.strip():
        line = lines.next()
    if line is None:
        raise Quarantined("the list is empty")
    said = line.strip().strip('"')
    if said.casefold().startswith(_SAYS_SEPARATOR):
        separator = said[len(_SAYS_SEPARATOR) :][:1] or "\t"
        return separator, _cells(lines.next() or "", separator)
    separator = max(_SEPARATORS, key=lambda one: len(_cells(line, one)))
    return separator, _cells(line, separator)


def _named(header: list[str]) -> tuple[str, ...]:
    """The names without empty ones at the end; what is called alike is numbered."""
    names = [clean(one).strip() for one in header]
    while names and not names[-1]:
        names.pop()
    found: list[str] = []
    for at, name in enumerate(names, 1):
        own = name or f"column {at}"
        again = sum(one == own or one.startswith(f"{own} (") for one in found)
        found.append(f"{own} ({again + 1})" if own in found else own)
    return tuple(found)


def _rows(
    lines: _Lines, separator: str, columns: tuple[str, ...]
) -> Iterator[Mapping[str, str] | Unfit]:
    while True:
        line = lines.next()
        if line is None:
            return
        if len(line) > _LONGEST_LINE:
            yield Unfit(TOO_LONG)
            continue
        cells = _cells(line, separator) if _closed(line) else _longer(lines, line, separator)
        if cells is None:
            yield Unfit(UNCLOSED)
        elif any(cell.strip() for cell in cells):
            yield _fitted(cells, columns)


def _longer(lines: _Lines, line: str, separator: str) -> list[str] | None:
    """The cells of a row one of which has several lines; None: its quote is never closed, and only
    its first line is taken."""
    taken: list[str] = []
    whole = line
    while len(taken) < _MOST_LINES:
        more = lines.next()
        if more is None:
            break
        taken.append(more)
        whole = f"{whole}\n{more}"
        if _closed(whole):
            return _cells(whole, separator)
    lines.put_back(taken)
    return None


def _closed(text: str) -> bool:
    return text.count('"') % 2 == 0


def _cells(text: str, separator: str) -> list[str]:
    return next(csv.reader(text.splitlines(keepends=True), delimiter=separator), [])


def _fitted(cells: list[str], columns: tuple[str, ...]) -> Mapping[str, str] | Unfit:
    """Empty cells at the end are a spreadsheet's own."""
    while len(cells) > len(columns) and not cells[-1].strip():
        cells.pop()
    if len(cells) != len(columns):
        return Unfit(RAGGED)
    return {name: clean(cell).strip() for name, cell in zip(columns, cells, strict=True)}
