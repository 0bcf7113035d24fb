"""The items of a file: read, judged, and added up to a report and a corrected file."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files as resources
from typing import TypeVar

from countersign.domain.canonical import digest
from countersign.domain.errors import Quarantined
from countersign.domain.lane.items import ItemState
from countersign.domain.lane.lane import Document as Made
from countersign.domain.lane.lane import Done, Filed, Open, Settled, Unreadable, Worked
from countersign.domain.workflow import Raw
from countersign.parsing.annotations.formats import corrected, mapped, opened
from countersign.parsing.annotations.item import Buffer, Correction, Unread
from countersign.parsing.annotations.label_studio import GROUND_TRUTH
from countersign.rulebook.outcome import Row, outcome, outcome_of, row_of
from countersign.rulebook.report import Tally, findings_csv, items_csv, report_json
from countersign.rulebook.schema import Rulebook
from countersign.rulebook.schema import read as read_book
from countersign.rulebook.scoring import Texts
from countersign.workflow import Document

RULEBOOK = "receipts"
"""The book by which files are judged: a file of this folder's `rulebooks/`."""
_DIGITS = re.compile(r"\d+")
"""Reasons are counted: the places, which differ, stand in the report."""
DocumentT = TypeVar("DocumentT", bound=Document)


def read(opening: Open) -> Iterator[str | Unreadable]:
    """Every item with its annotations, and the records that cannot be read. Raises Quarantined."""
    with opening() as file, mapped(file) as buffer:
        yield from _rows(buffer)


def _rows(buffer: Buffer) -> Iterator[str | Unreadable]:
    texts = Texts()
    for found in opened(buffer).items():
        if isinstance(found, Unread):
            yield Unreadable(_DIGITS.sub("N", found.reason))
        else:
            yield Row(found, texts.before(found)).text()


def glanced(kind: type[DocumentT], raw: Raw) -> DocumentT:
    """The same of a small file at once, as it is tried on a bench. Raises Quarantined."""
    rows = list(_rows(raw.body))
    known = Filed(
        name="",
        size=len(raw.body),
        rows=len(rows),
        quarantined=sum(isinstance(row, Unreadable) for row in rows),
        batches=1,
        digest=digest(raw.body),
    )
    return described(kind, known)


def described(kind: type[DocumentT], filed: Filed) -> DocumentT:
    """A file as an input of this kind. Raises Quarantined for one that holds nothing."""
    if filed.rows == 0:
        raise Quarantined("the file holds no annotations")
    name = filed.name.rpartition("/")[2] or "annotations"
    book = _book()
    return kind(
        channel="document",
        title=name,
        parts={
            "file": name,
            "records": str(filed.rows),
            "unreadable": str(filed.quarantined),
            "digest": filed.digest,
            "rulebook": f"{book.id} version {book.version}",
            "rulebook digest": book.digest,
        },
    )


def work(_given: Document, text: str) -> Worked:
    """One item by every rule. Questions stay open: no model is asked."""
    row = row_of(text)
    return Done(outcome(_book(), row.item, row.repeated).plain())


def finish(given: Document, opening: Open, settled: Iterable[Settled]) -> Iterator[Made]:
    """The report, its tables, and the file again where something is certainly meant otherwise."""
    tally = Tally(_book())
    changes = [change for one in settled for change in _added(tally, one)]
    with opening() as file, mapped(file) as buffer:
        held = opened(buffer)
        for found in held.items():
            if isinstance(found, Unread):
                tally.add_unread(found)
        yield from _reports(tally, len(changes))
        if changes:
            yield corrected_name(given), b"".join(corrected(held, changes))


def _added(tally: Tally, one: Settled) -> tuple[Correction, ...]:
    """An item's corrections. What was not judged is named; what is unreadable, the file names."""
    if one.result is not None:
        done = outcome_of(one.result)
        tally.add(done)
        return done.corrections
    if one.state is not ItemState.QUARANTINED:
        tally.add_unread(Unread(f"item {one.number}", one.cause))
    return ()


def _reports(tally: Tally, corrections: int) -> Iterator[Made]:
    data = {**tally.data(GROUND_TRUTH), "corrections": corrections}
    yield "report.json", b"".join(report_json(tally, data))
    yield "items.csv", b"".join(items_csv(tally))
    yield "findings.csv", b"".join(findings_csv(tally))


def corrected_name(given: Document) -> str:
    """What the corrected file is called: its ending is the file's own."""
    _, dot, ending = given.parts["file"].rpartition(".")
    return f"corrected{dot}{ending if dot else ''}"


def taken_over(given: Document, sha256: str) -> tuple[str, str]:
    """What somebody signs who takes the corrected file over: for people, and for programs."""
    said, rules = given.parts, _book().rules
    asks = sum(one.question is not None for one in rules)
    words = (
        f"# {said['file']}, corrected\n\nJudged by {said['rulebook']}. What was certainly meant "
        f"otherwise is corrected; findings.csv names every change. {asks} of its {len(rules)} "
        "rules are questions that nobody was asked: no score and no correction is of them.\n\n"
        f"SHA-256 of {corrected_name(given)}: {sha256}\n"
    )
    return words, json.dumps({"file": said["file"], "sha256": sha256}, ensure_ascii=False)


@cache
def _book() -> Rulebook:
    place = resources(__package__) / "rulebooks" / f"{RULEBOOK}.yaml"
    return read_book(place.read_bytes(), place.name)
