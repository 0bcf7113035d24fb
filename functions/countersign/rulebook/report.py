"""What a file's items add up to: numbers, JSON and CSV, the same bytes of the same results."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from countersign.domain.canonical import canonical
from countersign.parsing.annotations.item import Unread
from countersign.rulebook.agreement import RESAMPLES, Interval, bootstrap
from countersign.rulebook.judging import Finding, rounded
from countersign.rulebook.meeting import Key, Met, measures
from countersign.rulebook.outcome import Outcome
from countersign.rulebook.schema import Rulebook

PAGE = "annotations.html.j2"
"""The template of what `Tally.data` says."""
WORST = 25
"""Items that a page shows."""
UNDEFINED = "n/a"
NOBODY = "nobody was asked"
_FORMULA = re.compile(r"[\s]*[=+\-@\uff1d\uff0b\uff0d\uff20\t\r]")
_NUMBER = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?")


class Line(NamedTuple):
    """One item's scores."""

    item: str
    score: Decimal
    scores: tuple[tuple[str, int], ...]
    findings: int


class Tally:
    """Items, added up as they come: a line for each, its findings, and counts."""

    def __init__(self, rulebook: Rulebook) -> None:
        self.rulebook = rulebook
        self.unread: list[Unread] = []
        self.lines: list[Line] = []
        self.findings: list[tuple[str, Finding]] = []
        self.met: Counter[Met] = Counter()
        self.records = 0
        self.unanswered = 0
        self.open: Counter[str] = Counter()
        """Questions that stay open, by why."""

    def add(self, one: Outcome) -> None:
        """One item more."""
        judged = one.judged
        scores = tuple(judged.scores.items())
        self.lines.append(Line(judged.item, judged.score, scores, len(judged.findings)))
        self.findings += [(judged.item, found) for found in judged.findings]
        self.met[one.met] += 1
        self.records += one.records
        self.unanswered += judged.unanswered
        if judged.unanswered:
            self.open[one.why or NOBODY] += judged.unanswered

    def add_unread(self, unread: Unread) -> None:
        """A record that could not be read."""
        self.unread.append(unread)

    def data(self, gold: str) -> dict[str, Any]:
        """Plain JSON without floats. `gold` is the annotator whom the others are held against."""
        agreed = bootstrap(self.met, measures, self.rulebook.digest)
        return {
            "rulebook": {
                "id": self.rulebook.id,
                "version": self.rulebook.version,
                "title": self.rulebook.title,
                "digest": self.rulebook.digest,
            },
            "counts": {
                "items": len(self.lines),
                "records": self.records,
                "quarantined": len(self.unread),
                "findings": len(self.findings),
                "unanswered": self.unanswered,
            },
            "open": dict(sorted(self.open.items())),
            "score": _mean([one.score for one in self.lines]),
            "annotators": self._annotators(),
            "rules": self._rules(),
            "agreement": _agreement(agreed, gold),
            "worst": [_line(one) for one in sorted(self.lines, key=_worst_first)[:WORST]],
        }

    def _annotators(self) -> list[dict[str, Any]]:
        scores: dict[str, list[Decimal]] = {}
        for name, score in (pair for line in self.lines for pair in line.scores):
            scores.setdefault(name, []).append(Decimal(score))
        faults = Counter(one.annotator for _, one in self.findings)
        return [
            {"name": n, "items": len(of), "score": _mean(of), "findings": faults[n]}
            for n, of in sorted(scores.items())
        ]

    def _rules(self) -> list[dict[str, Any]]:
        found = Counter(one.rule for _, one in self.findings)
        items = Counter(rule for _, rule in {(item, one.rule) for item, one in self.findings})
        return [
            {
                "id": rule.id,
                "text": rule.text,
                "severity": rule.severity,
                "by": "model" if rule.question else "check",
                "findings": found[rule.id],
                "items": items[rule.id],
            }
            for rule in self.rulebook.rules
        ]


def report_json(tally: Tally, data: Mapping[str, Any]) -> Iterator[bytes]:
    """The whole report, a part at a time; what `data` says, every item and every finding."""
    yield canonical(dict(data)).removesuffix(b"}") + b',"quarantined":['
    yield from _parted({"place": one.place, "reason": one.reason} for one in tally.unread)
    yield b'],"items":['
    yield from _parted(map(_line, tally.lines))
    yield b'],"findings":['
    yield from _parted(_finding(item, one) for item, one in tally.findings)
    yield b"]}\n"


def findings_csv(tally: Tally) -> Iterator[bytes]:
    """A row for each finding."""
    head = ("item", "rule", "severity", "annotator", "annotations", "said", "quote", "meant")
    yield from _rows(
        head,
        (
            (
                *(item, one.rule, one.severity, one.annotator, " ".join(one.annotations)),
                *(one.said, one.quote),
                "; ".join(f"{change.field}: {change.value}" for change in one.changes),
            )
            for item, one in tally.findings
        ),
    )


def items_csv(tally: Tally) -> Iterator[bytes]:
    """A row for each item and annotator, and one with the item's own score."""
    head = ("item", "annotator", "score", "findings")
    yield from _rows(
        head,
        (
            (line.item, name, str(score), str(line.findings) if not name else "")
            for line in tally.lines
            for name, score in (("", line.score), *((n or "-", s) for n, s in line.scores))
        ),
    )


def inert(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula; a number stays one."""
    return f"'{cell}" if _FORMULA.match(cell) and not _NUMBER.fullmatch(cell) else cell


def _rows(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[bytes]:
    yield _row(head)
    yield from map(_row, rows)


def _row(cells: Sequence[str]) -> bytes:
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL).writerow([inert(cell) for cell in cells])
    return text.getvalue().encode()


def _parted(values: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
    for at, value in enumerate(values):
        yield (b",\n" if at else b"\n") + canonical(dict(value))


def _line(one: Line) -> dict[str, Any]:
    return {"id": one.item, "score": str(one.score), "scores": dict(one.scores)}


def _worst_first(one: Line) -> tuple[Decimal, str]:
    return one.score, one.item


def _finding(item: str, one: Finding) -> dict[str, Any]:
    changes = [{**change._asdict(), "value": str(change.value)} for change in one.changes]
    return {"item": item, **one._asdict(), "annotations": list(one.annotations), "changes": changes}


def _mean(scores: Sequence[Decimal]) -> str:
    return str(rounded(sum(scores, Decimal(0)) / len(scores))) if scores else UNDEFINED


def _agreement(agreed: Mapping[Key, Interval], gold: str) -> dict[str, Any]:
    pairs = sorted({key[:2] for key in agreed if key[0] or key[1]})
    pairs.sort(key=lambda pair: gold not in pair)
    return {
        "resamples": RESAMPLES,
        "gold": gold,
        "all": _told(agreed["", "", "label alpha"]),
        "pairs": [
            {
                "one": one,
                "other": other,
                "measures": {
                    key[2]: _told(value) for key, value in agreed.items() if key[:2] == (one, other)
                },
            }
            for one, other in pairs
        ],
    }


def _told(seen: Interval) -> dict[str, str]:
    return {name: _digits(value) for name, value in seen._asdict().items()}


def _digits(value: Fraction | None) -> str:
    """Three digits, cut off by whole numbers alone, so that no machine rounds otherwise."""
    if value is None:
        return UNDEFINED
    return str(Decimal(round(value * 1_000)).scaleb(-3))
