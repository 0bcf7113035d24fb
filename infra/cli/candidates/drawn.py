"""A candidate as the case that it would be: everybody in it invented, its outcome as judged now."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from countersign.domain.canonical import plain
from countersign.domain.policy.proposal import Proposal
from countersign.domain.policy.records import Records
from countersign.domain.releases.candidates import Candidate
from countersign.domain.releases.cases import Case, Expected, Said, read_case
from countersign.domain.workflow import Ours, Workflow
from countersign.extraction.invented import Invented, invented
from countersign.releases.evaluating import heuristics, made
from countersign.stages.stage_files import company
from infra.cli.evaluate.inputs import subject_of_case

LOCAL = "local"
"""The stage in which cases are judged."""
REVIEWED = "reviewed.txt"
"""Beside the cases: what became of each candidate, one a line, so that nobody sees one twice."""
_HOW = {
    "edited": "A person changed {}",
    "rejected": "A person rejected {}",
    "corrected": "A person corrected {}",
    "wrong": "{} ran by itself and was found wrong",
}


@dataclass(frozen=True)
class Drawn:
    """The case, who stands in it for whom, and what the tests will say of it."""

    case: Case
    instead: Mapping[str, str]
    red: tuple[str, ...]
    """Actions that this code would run by itself, although people said no to them."""


def drawn(
    workflow: Workflow[Any],
    one: Candidate,
    at: datetime | None,
    more: Mapping[str, str],
    stage: str = LOCAL,
) -> Drawn:
    """The candidate of `stage` as a case of the local one, where cases are judged: with `more`
    words replaced, and what is ours there as what is ours here."""
    results = one.record.results
    given = plain(results["input"].as_(workflow.input))
    found = results["records"].as_(Records).found
    records = {name: [dict(record.fields) for record in rows] for name, rows in found.items()}
    facts = {n: fact.value for n, fact in results["proposal"].as_(Proposal).facts.items()}
    here, there = _ours(LOCAL), _ours(stage)
    people = invented([given, records, facts], here.domains | here.relays | here.groups)
    people.domains.update(instead(there, here))
    people.known.update(more)
    said = tuple(_said(people, held) for held in one.said)
    case = Case(
        reason=_reason(said),
        expect=Expected(),
        input=people.replaces(given),
        records=people.replaces(records),
        answer=people.replaces(dict(one.answer)) or None,
        people=said,
        at=at or one.record.job.created_at,
    )
    return _judged(workflow, case, people)


def _ours(stage: str) -> Ours:
    """What rules know of us: our domains, and addresses by which several write."""
    of = company("workflows", stage)
    return of.ours if of else Ours()


def instead(there: Ours, here: Ours) -> Mapping[str, str]:
    """One of ours here for each that is ours there alone, of the same kind."""
    kinds = (
        (there.domains, here.domains),
        (there.relays, here.relays),
        (there.groups, here.groups),
    )
    return {real: min(known) for one, known in kinds for real in sorted(one - known) if known}


def _judged(workflow: Workflow[Any], case: Case, people: Invented) -> Drawn:
    """With what this code makes of it; what people said no to must never run by itself."""
    subject = subject_of_case(workflow, "drawn", case, scripted=True)
    ways = {one.action: one.way for one in made(workflow, subject, heuristics).wanted}
    no = {held.what.partition(" ")[0] for held in case.people if held.how != "corrected"}
    red = tuple(sorted(action for action in no if ways.get(action) == "run"))
    verdicts = {**ways, **dict.fromkeys(red, "ask")}
    expect = Expected(verdicts=verdicts)
    return Drawn(case.model_copy(update={"expect": expect}), people.told, red)


def _said(people: Invented, held: Said) -> Said:
    texts = {name: people.text(getattr(held, name)) for name in ("model", "person", "why")}
    return held.model_copy(update=texts)


def _reason(said: tuple[Said, ...]) -> str:
    """What people did and why, in sentences."""
    each = {
        f"{_HOW[one.how].format(one.what)}{f': {one.why}' if one.why else ''}".rstrip(".") + "."
        for one in said
    }
    return " ".join(sorted(each))


def text_of(case: Case) -> str:
    """The case as the file that it becomes."""
    held = case.model_dump(mode="json", exclude_defaults=True)
    return json.dumps(held, ensure_ascii=False, indent=2) + "\n"


def merged(folder: Path, name: str, case: Case) -> str:
    """The file of an existing case with what people said in this one too. Raises ValueError."""
    file = folder / f"{name}.json"
    held = read_case(file.name, file.read_text("utf-8"))
    new = tuple(one for one in case.people if one not in held.people)
    both = {"people": (*held.people, *new), "reason": f"{held.reason} {case.reason}"}
    return text_of(held.model_copy(update=both))


def reviewed(folder: Path) -> Mapping[str, str]:
    """What became of candidates, by id."""
    file = folder / REVIEWED
    lines = file.read_text("utf-8").splitlines() if file.exists() else []
    return {name: what for name, _, what in (line.partition(" ") for line in lines)}


def decided(folder: Path, candidate: str, what: str) -> None:
    """Note what became of one."""
    with (folder / REVIEWED).open("a", encoding="utf-8") as out:
        out.write(f"{candidate} {what}\n")
