"""The items of a file: read, asked about, judged, and added up to a report and a corrected file."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from importlib.resources import files as resources
from io import BytesIO
from typing import Any, TypeVar

from countersign.domain.canonical import digest
from countersign.domain.errors import Quarantined
from countersign.domain.lane.items import ItemState
from countersign.domain.lane.lane import (
    Asking,
    Done,
    Figure,
    Filed,
    Made,
    Open,
    Pinned,
    Settled,
    Sheet,
    Told,
    Unreadable,
    Worked,
)
from countersign.domain.policy.release import Release
from countersign.domain.workflow import Raw
from countersign.extraction.patterns.injection import order_in
from countersign.parsing.annotations.formats import as_encoded, corrected, mapped, opened
from countersign.parsing.annotations.item import Buffer, Correction, Unread
from countersign.parsing.annotations.label_studio import GROUND_TRUTH
from countersign.rulebook.asking import UNSURE, Questioning, Verdicts, questioning
from countersign.rulebook.judging import Answer
from countersign.rulebook.outcome import Row, outcome, outcome_of, row_of
from countersign.rulebook.report import PAGE, Tally, findings_csv, items_csv, report_json
from countersign.rulebook.schema import Rulebook
from countersign.rulebook.schema import read as read_book
from countersign.rulebook.scoring import Texts
from countersign.workflow import Document
from workflows.annotation_qa.offline import heuristics

BOOK = "rulebook"
"""A list of the stage: the rulebook of files that name none."""
USUAL = "receipts"
ORDERS = "the text gives orders to a model"
OPEN = "open questions"
"""A figure of the file: how many questions of the rulebook nobody answered."""
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
    place = resources(__package__) / "rulebooks" / f"{USUAL}.yaml"
    return _described(kind, known, USUAL, _book(place.read_text(encoding="utf-8")))


def described(kind: type[DocumentT], filed: Filed, release: Release) -> DocumentT:
    """A file as an input of this kind. Raises Quarantined for one that holds nothing, and for one
    of which nobody can say by what book it is to be judged."""
    name = _book_of(filed, release)
    return _described(kind, filed, name, _book(release.texts[name]))


def _described(kind: type[DocumentT], filed: Filed, named: str, book: Rulebook) -> DocumentT:
    if filed.rows == 0:
        raise Quarantined("the file holds no annotations")
    name = filed.name.rpartition("/")[2] or "annotations"
    return kind(
        channel="document",
        title=name,
        parts={
            "file": name,
            "records": str(filed.rows),
            "unreadable": str(filed.quarantined),
            "digest": filed.digest,
            "rulebook": f"{named} version {book.version}",
            "rulebook digest": book.digest,
        },
    )


def _book_of(filed: Filed, release: Release) -> str:
    """By the folder in which the file was uploaded, else as the stage says, else the only one."""
    *_, folder = ("", *filed.name.split("/")[:-1])
    if folder in release.texts:
        return folder
    said = release.limits.lists.get(BOOK, ())
    found = said or tuple(release.texts)
    if len(found) == 1 and found[0] in release.texts:
        return found[0]
    there = ", ".join(release.texts) or "none"
    raise Quarantined(f"which rulebook? upload the file in a folder with its name: {there}")


def asked(of: Pinned[Any]) -> Rulebook:
    """The rulebook by which the job's file is judged."""
    name, _, _ = of.input.parts["rulebook"].partition(" version ")
    return _book(of.release.texts[name])


def _questions(of: Pinned[Any], text: str) -> Questioning:
    return questioning(asked(of), row_of(text).item)


def _barred(found: Questioning) -> str:
    """Nobody is asked about a text that tells a model what to say."""
    return found.barred or (ORDERS if order_in(found.item.text or "") else "")


def _shown(of: Pinned[Any], text: str) -> str:
    found = _questions(of, text)
    return found.shown() if found.asked and not _barred(found) else ""


def _faults(of: Pinned[Any], text: str, said: Any) -> Sequence[str]:
    return tuple(_questions(of, text).faults(said))


ASKS: Asking[Any] = Asking(answer=Verdicts, shown=_shown, faults=_faults, offline=heuristics)
"""All that the book asks about an item, in one question."""


def work(of: Pinned[Any], text: str, told: Told) -> Worked:
    """One item by every rule. What could not be asked, or not told, stays open, with the reason."""
    row, found = row_of(text), _questions(of, text)
    answer: Answer | None = found.answer(told.answer) if told.answer else None
    why = (UNSURE if told.answer else told.why or _barred(found)) if found.asked else ""
    return Done(outcome(asked(of), row.item, row.repeated, answer, why).plain())


def finish(of: Pinned[Any], opening: Open, settled: Iterable[Settled]) -> Iterator[Made]:
    """The report, its tables, and the file again where something is certainly meant otherwise."""
    tally = Tally(asked(of))
    changes = [change for one in settled for change in _added(tally, one)]
    with opening() as file, mapped(file) as buffer:
        held = opened(buffer)
        for found in held.items():
            if isinstance(found, Unread):
                tally.add_unread(found)
        yield from _reports(tally, len(changes))
        if changes:
            again = BytesIO()  # joined, its pieces would be held twice
            again.writelines(as_encoded(file, corrected(held, changes)))
            yield corrected_name(of.input), again.getvalue()
    yield Figure(OPEN, str(tally.unanswered))


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
    yield Sheet("report.html", PAGE, data)
    yield "report.json", b"".join(report_json(tally, data))
    yield "items.csv", b"".join(items_csv(tally))
    yield "findings.csv", b"".join(findings_csv(tally))


def corrected_name(given: Document) -> str:
    """What the corrected file is called: its ending is the file's own."""
    _, dot, ending = given.parts["file"].rpartition(".")
    return f"corrected{dot}{ending if dot else ''}"


def taken_over(given: Document, seen: Mapping[str, str], sha256: str) -> tuple[str, str]:
    """What somebody signs who takes the corrected file over: for people, and for programs. `seen`
    is what came of the run."""
    said, left = given.parts, int(seen.get(OPEN, "0"))
    stays = (
        f"{left:,} questions of the book stay open: no score and no correction is of them, and "
        "report.json says why."
        if left
        else "Every question of the book was answered."
    )
    words = (
        f"# {said['file']}, corrected\n\nJudged by {said['rulebook']}. What was certainly meant "
        f"otherwise is corrected; findings.csv names every change. {stays}\n\n"
        f"SHA-256 of {corrected_name(given)}: {sha256}\n"
    )
    return words, json.dumps({"file": said["file"], "sha256": sha256}, ensure_ascii=False)


@lru_cache(maxsize=8)
def _book(text: str) -> Rulebook:
    return read_book(text.encode(), USUAL)
