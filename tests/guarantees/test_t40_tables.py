"""T40: of a polluted table of annotations every row is read as it was meant or is named."""

from __future__ import annotations

import csv
import io
from collections import Counter
from random import Random

import pytest

from countersign.parsing.annotations.formats import opened
from countersign.parsing.annotations.item import Item, Unread
from tests.conftest import Figure
from tests.seeds import dealt_by, drawn_seed

HEAD = ("item", "text", "annotator", "label", "start", "end")
WORDS = ("plain", 'say "hi"', "a,b;c\td|e", "two\nlines", "é ü ß", "=1+1", " spaced ", "", "it's")
TAILS = ('"never closed', 'ab"c"d"', '"shut"then more')
Row = tuple[str, ...]


def rows_of(drawn: Random, count: int, words: tuple[str, ...]) -> list[Row]:
    return [
        (f"i{n}", drawn.choice(words), "kim", drawn.choice(("PER", "LOC")), "0", str(n % 7 + 1))
        for n in range(count)
    ]


def line_of(row: Row, delimiter: str, end: str) -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator=end).writerow(row)
    return text.getvalue()


def broken_line(drawn: Random, row: Row, delimiter: str, end: str) -> str:
    """A row with a cell too many, one too few, or a quote where none can stand."""
    plain = [cell.replace("\n", " ").replace('"', "").replace(delimiter, "") for cell in row]
    kind = drawn.randrange(3)
    if kind < 2:
        cells = [*plain, "more"] if kind else plain[:-1]
        return delimiter.join(cells) + end
    plain[4] = drawn.choice(TAILS).replace(delimiter, "")
    return delimiter.join(plain) + end


def polluted(drawn: Random) -> tuple[bytes, list[Row], list[int]]:
    """A table, the rows that are whole, and the lines of those that are not."""
    delimiter, end = drawn.choice(",;\t|"), drawn.choice(("\n", "\r\n", "\r"))
    codec, mark = drawn.choice((("utf-8", b""), ("utf-8", b"\xef\xbb\xbf"), ("cp1252", b"")))
    words = WORDS if end == "\n" else tuple(one for one in WORDS if "\n" not in one)
    text, whole, lost = line_of(HEAD, delimiter, end), [], []
    for row in rows_of(drawn, 40, words):
        if drawn.random() < 0.2:
            lost.append(text.count(end) + 1)
            text += broken_line(drawn, row, delimiter, end)
        else:
            whole.append(row)
            text += line_of(row, delimiter, end)
        text += end if drawn.random() < 0.1 else ""
    return mark + text.encode(codec), whole, lost


def read(raw: bytes) -> tuple[list[Row], list[int]]:
    found = list(opened(raw).items())
    rows = []
    for one in (one for one in found if isinstance(one, Item)):
        (said,) = one.annotations
        assert said.span
        cells = (one.text or "", said.annotator, said.label, said.span.start, said.span.end)
        rows.append((one.id, *map(str, cells)))
    lost = [int(one.place.removeprefix("line ")) for one in found if isinstance(one, Unread)]
    return rows, sorted(lost)


@pytest.mark.guarantee("T40")
@pytest.mark.parametrize("count", [40, pytest.param(5_000, marks=pytest.mark.soak)])
def test_every_row_is_read_as_meant_or_named(count: int, figure: Figure) -> None:
    """Delimiters, quotes, line ends, byte order marks, Windows-1252, cells too many and too few,
    quotes that never close."""
    seed, seen = drawn_seed(), Counter[str]()
    drawn = dealt_by(seed)
    for _ in range(count):
        raw, whole, lost = polluted(drawn)
        assert read(raw) == (whole, lost)
        seen.update({"read": len(whole), "named": len(lost)})
    figure(
        f"seed {seed}: {count:,} polluted tables, {seen['read']:,} rows read as meant,"
        f" {seen['named']:,} named with their reason",
        count,
    )


@pytest.mark.guarantee("T40")
@pytest.mark.control
def test_the_standard_reader_drops_rows_without_a_word() -> None:
    """One quote that is never closed takes all that follow into its cell."""
    rows = [("i1", "a", "kim", "PER", "0", "1"), ("i2", "b", "kim", "PER", "0", "1")]
    text = line_of(HEAD, ",", "\n") + 'i0,"never closed,kim,PER,0,1\n'
    text += "".join(line_of(row, ",", "\n") for row in rows)
    assert read(text.encode()) == (rows, [2])
    assert len(list(csv.reader(io.StringIO(text)))) == 2
