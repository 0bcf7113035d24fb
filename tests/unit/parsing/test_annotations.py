"""Annotations of every format: what is read, what is quarantined, and what a correction changes."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from countersign.domain.errors import Quarantined
from countersign.parsing.annotations.formats import (
    MOST_BYTES,
    as_encoded,
    corrected,
    format_of,
    mapped,
    opened,
)
from countersign.parsing.annotations.item import (
    Annotation,
    Box,
    Correction,
    Item,
    Span,
    Unread,
    Unreadable,
)
from tests.seeds import dice
from tests.unit.parsing.annotation_files import (
    COCO,
    CVAT,
    DOCCANO,
    EXCEL,
    LABEL_STUDIO,
    PRODIGY,
    TABLE,
    WRITTEN,
)


def items(raw: bytes) -> list[Item]:
    return [one for one in opened(raw).items() if isinstance(one, Item)]


def unread(raw: bytes) -> list[Unread]:
    return [one for one in opened(raw).items() if isinstance(one, Unread)]


def said(item: Item) -> list[tuple[str, str, Box | Span | None]]:
    return [(one.annotator, one.label, one.box or one.span) for one in item.annotations]


def test_prodigy_lines_of_one_task_are_one_item() -> None:
    """Who found nothing looked; a refused label is denied; who ignored it did not look."""
    first, second, third = items(PRODIGY)
    assert (first.annotators, first.records) == (("kim", "lee"), 2)
    assert said(first) == [("kim", "PER", Span(5, 9))]
    assert second.annotations[0].denied
    assert third.annotators == ()


def test_doccano_writes_spans_in_two_ways() -> None:
    """As three values and as an object; a bare label is of the whole text."""
    first, second = items(DOCCANO)
    assert said(first) == [("", "PER", Span(0, 4)), ("", "praise", None)]
    assert said(second) == [("", "LOC", Span(0, 4))]


def test_coco_joins_pictures_with_their_boxes() -> None:
    """Numbers stay decimal; the same id twice is told apart."""
    (item,) = items(COCO)
    assert (item.id, item.width, item.height) == ("7", Decimal(640), Decimal(480))
    assert [(one.id, one.label) for one in item.annotations] == [("1", "car"), ("1#2", "bus")]
    assert item.annotations[0].box == Box(*map(Decimal, ("1", "2", "3.5", "4")))


def test_label_studio_counts_in_percent() -> None:
    """Pixels here; what was cancelled was not said; a polygon is counted and not judged."""
    first, second = items(LABEL_STUDIO)
    assert said(first)[0] == ("kim@example.com", "PER", Span(6, 13, "Ännchen"))
    assert (first.annotators, first.unjudged) == (("kim@example.com",), 1)
    box = Box(*map(Decimal, ("21", "1", "10", "5")))
    assert said(second) == [("ground truth", "Car", box)]


def test_a_table_of_windows_is_read() -> None:
    """Semicolons, doubled quotes, a line end within a cell, Windows-1252."""
    first, second = items(TABLE)
    assert first.text == 'a; "b"'
    assert said(first) == [("kim", "PER", Span(0, 1, "a")), ("lee", "LOC", Span(3, 6, '"b"'))]
    assert second.text == "two\nlines"


def test_cvat_is_read_and_not_written() -> None:
    """Pictures and the frames of tracks that are not outside."""
    picture, frame = items(CVAT)
    box = Box(*map(Decimal, ("1", "2", "2.5", "2")))
    assert said(picture) == [("", "car", box), ("", "night", None)]
    assert (picture.unjudged, frame.id, frame.width) == (1, "frame 4", Decimal(20))
    with pytest.raises(Unreadable, match="read only"):
        list(opened(CVAT).edits(Correction(picture.annotations[0], "x", "1")))


def changes(raw: bytes) -> Iterator[Correction]:
    """A change of every field of every annotation that its file can hold."""
    names = ["car", "bus"] if raw is COCO else ['Ort; "neu"', "é"]
    for one in (one for item in items(raw) for one in item.annotations):
        yield Correction(one, "label", names[one.label == names[0]])
        if one.span:
            yield Correction(one, "start", one.span.start + 1)
            yield Correction(one, "end", one.span.end + 10)
        for name in Box._fields if one.box else ():
            yield Correction(one, name, "7.5")


def as_meant(one: Annotation, change: Correction) -> Annotation:
    if change.field == "label":
        return replace(one, label=str(change.value))
    value: Any = change.value
    if one.span:
        return replace(one, span=one.span._replace(**{change.field: value}))
    assert one.box
    return replace(one, box=one.box._replace(**{change.field: Decimal(value)}))


def with_change(item: Item, change: Correction) -> Item:
    meant = (change.annotation.id, change.annotation.at)
    said = (as_meant(one, change) if (one.id, one.at) == meant else one for one in item.annotations)
    return replace(item, annotations=tuple(said))


def content(found: list[Item]) -> list[object]:
    """What is said, wherever it stands."""
    return [(one.id, one.text, one.annotators, said(one), one.unjudged) for one in found]


@pytest.mark.parametrize("name", WRITTEN)
def test_a_correction_changes_the_bytes_of_its_value_alone(name: str) -> None:
    """Numbers as written, unknown fields, order, spaces and line ends stay; what is read again is
    what was meant. One change and many at once."""
    raw, drawn = WRITTEN[name], dice()
    every = list(changes(raw))
    for chosen in [[one] for one in every] + [drawn.sample(every, len(every) // 2)]:
        made = b"".join(corrected(opened(raw), chosen))
        expected = items(raw)
        for change in chosen:
            expected = [with_change(item, change) for item in expected]
        assert content(items(made)) == content(expected)
        edits = sorted(edit for one in chosen for edit in opened(raw).edits(one))
        at = shift = 0
        for edit in edits:
            assert raw[at : edit.start] == made[at + shift : edit.start + shift]
            at, shift = edit.stop, shift + len(edit.body) - (edit.stop - edit.start)
        assert raw[at:] == made[at + shift :]
    assert b"".join(corrected(opened(raw), [])) == raw


@pytest.mark.control
def test_reading_and_writing_anew_changes_other_bytes() -> None:
    """What libraries do: 1.50 becomes 1.5, spaces go, line ends change."""
    assert json.dumps(json.loads(COCO)).encode() != COCO
    table = io.StringIO()
    rows = csv.reader(io.StringIO(TABLE.decode("cp1252"), newline=""), delimiter=";")
    csv.writer(table, delimiter=";").writerows(rows)
    assert table.getvalue().encode("cp1252") != TABLE


def test_a_picture_of_coco_may_have_a_name_for_a_number() -> None:
    """As some tools write it; an empty one is none."""
    named = COCO.replace(b'"id": 7', b'"id": "a.jpg"').replace(
        b'"image_id": 7', b'"image_id": "a.jpg"'
    )
    assert [one.id for one in items(named)] == ["a.jpg"]
    assert unread(named) == unread(COCO)
    assert unread(named.replace(b'"a.jpg"', b'" "'))


def test_a_table_of_excel_is_read_with_its_commas_and_written_with_them() -> None:
    """Its first line says what separates; a corrected side has a comma like those beside it. Where
    commas separate, a number with one is none."""
    (item,) = items(EXCEL)
    first = item.annotations[0]
    assert first.box == Box(Decimal("1.5"), Decimal(2), Decimal("3.25"), Decimal(4))
    made = b"".join(corrected(opened(EXCEL), [Correction(first, "y", "0.5")]))
    assert made == EXCEL.replace(b"1,5;2;", b"1,5;0,5;")
    english = b'item,label,x,y,width,height\n1,car,"1,500",2,3,4\n'
    assert [one.place for one in unread(english)] == ["line 2"]


BROKEN = {
    b'{"id":1,"text":"a"}\n{bad\n{"id":2,"text":"b","spans":[{"start":1.5,"end":2}]}\n[1]': [
        *("line 2", "line 4", "line 3")
    ],
    b'{"id":1,"text":"a"}\n{"id":1,"text":"b"}': ["line 1", "line 2"],
    COCO.replace(b'"image_id": 7, "category_id": 3', b'"image_id": 8, "category_id": 3'): [
        "annotations[1]"
    ],
    COCO.replace(b"[10, 20, 30, 40]", b"[10, 20, 30]"): ["annotations[1]"],
    COCO.replace(b"480.0", b'"x"'): ["images[0]", "annotations[0]", "annotations[1]"],
    LABEL_STUDIO.replace(b'"value": {"start": 6', b'"value": {"start": "6"'): ["task 1"],
    CVAT.replace(b'ytl="2"', b""): ["box 1"],
}
"""A file → where it cannot be read."""


def test_what_cannot_be_read_is_named_and_the_rest_is_read() -> None:
    """Every record is in an item or quarantined, each once."""
    for raw, places in BROKEN.items():
        assert [one.place for one in unread(raw)] == places


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"", "no header"),
        (b"a,b\n1,2\n", "no header"),
        ("id,label\n1,x\n".encode("utf-16"), "UTF-16"),
        (COCO[:-40], "COCO"),
        (COCO + b"{}", "goes on"),
        (LABEL_STUDIO[:-2], "array of tasks"),
        (CVAT[:-5], "XML"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><annotations/>', "document type"),
    ],
)
def test_a_file_that_is_none_is_refused_with_its_reason(raw: bytes, why: str) -> None:
    """The whole of it."""
    with pytest.raises(Quarantined, match=why):
        list(opened(raw).items())


def test_a_file_above_the_bound_is_refused() -> None:
    """By its size, before anything is read; one in UTF-16 by what it is in UTF-8."""
    with pytest.raises(Quarantined, match="200 MB"):
        format_of(bytes(MOST_BYTES + 1))
    wide = io.BytesIO(
        "\ufeff".encode("utf-16-le") + "社".encode("utf-16-le") * (MOST_BYTES // 3 + 1)
    )
    with pytest.raises(Quarantined, match="200 MB in UTF-8"), mapped(wide):
        pass


def test_broken_bytes_end_in_a_reason() -> None:
    """Files with bytes lost, doubled and replaced are read, or refused by an error of ours; lines
    are accounted for."""
    drawn = dice()
    signs = [b"{", b"}", b"[", b"]", b'"', b",", b":", b"\xff", b"\n", b"\\", b"1e400", b"\0", b";"]
    for _ in range(300):
        raw = bytearray(drawn.choice([*WRITTEN.values(), CVAT]))
        for _ in range(drawn.randint(1, 3)):
            at = drawn.randrange(len(raw))
            raw[at : at + drawn.randint(0, 5)] = drawn.choice(signs)
        try:
            found = list(opened(bytes(raw)).items())
        except Quarantined:
            continue
        if format_of(bytes(raw)) == "json-lines":
            lines = sum(1 for one in bytes(raw).split(b"\n") if one.strip())
            seen = sum(1 if isinstance(one, Unread) else one.records for one in found)
            assert seen == lines


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("name", WRITTEN)
def test_a_file_in_utf_16_is_read_and_comes_back_in_its_own_bytes(
    name: str, codec: str, tmp_path: Path
) -> None:
    """It says so by its first two characters; what is corrected is all that changes. One that is
    cut within a character is refused."""
    as_it_is = WRITTEN[name].removeprefix(b"\xef\xbb\xbf")
    place, words = tmp_path / "wide", as_it_is.decode("cp1252" if name == "csv" else "utf-8")
    raw = f"\ufeff{words}".encode(codec)
    place.write_bytes(raw)
    with place.open("rb") as file, mapped(file) as buffer:
        held = opened(buffer)
        assert content([one for one in held.items() if isinstance(one, Item)]) == content(
            items(words.encode())
        )
        assert b"".join(as_encoded(file, corrected(held, []))) == raw
        chosen = [one for one in changes(words.encode()) if one.field != "label"][:1]
        made = b"".join(corrected(opened(words.encode()), chosen)).decode()
        expected = f"\ufeff{made}".encode(codec)
        assert b"".join(as_encoded(file, corrected(held, chosen))) == expected
    place.write_bytes(raw[:-1])
    cut = pytest.raises(Quarantined, match="no whole UTF-16")
    with place.open("rb") as file, cut, mapped(file):
        pass
