"""Candidate cases: what people made of what a model had said, out of the jobs as they are stored.

Nothing is written for them while a job runs: a decision, a correction and an answer to a review
are evidence enough, and say field by field what was said, what became of it, and why.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from countersign.domain.errors import ContractBroken
from countersign.domain.jobs.change import JobRecord
from countersign.domain.jobs.reviews import Review
from countersign.domain.ledger.entry import LedgerEntry
from countersign.domain.policy.calls import calls_of
from countersign.domain.policy.proposal import Proposal
from countersign.domain.releases.backtest import NEEDED, people_on
from countersign.domain.releases.cases import Said
from countersign.domain.releases.comparing import changed_by_people, texts_of
from countersign.domain.reporting.sampling import automatic
from countersign.domain.workflow import Workflow


@dataclass(frozen=True)
class Candidate:
    """A job that might be a case, with what people made of it."""

    id: str
    """Says nothing of the job."""
    record: JobRecord
    said: tuple[Said, ...]
    answer: Mapping[str, Any]
    """The model's own answer; empty where none is stored."""


def candidate(
    workflow: Workflow[Any], record: JobRecord, review: Review | None = None
) -> Candidate | None:
    """The job as one; None where nobody overruled anything, or where it never was judged."""
    if not set(NEEDED) <= set(record.results):
        return None
    answer = _answer(record)
    said = (*_decided(record), *_corrected(workflow, record, answer), *_wrong(record, review))
    if not said:
        return None
    return Candidate(candidate_id(record.job.job_id), record, said, answer)


def candidate_id(job_id: str) -> str:
    """The id of the one case that a job can become; it says nothing of the job."""
    place = hashlib.sha256(f"case\n{job_id}".encode()).hexdigest()
    return f"c-{place[:8]}"


def _answer(record: JobRecord) -> Mapping[str, Any]:
    """The last that counted."""
    whole = [one for one in calls_of(record.results) if not one.faults]
    said = json.loads(whole[-1].content) if whole else {}
    return said if isinstance(said, Mapping) else {}


def _decided(record: JobRecord) -> Iterator[Said]:
    for held in record.ledger:
        people = people_on(record, held)
        if people == "rejected":
            yield Said(how="rejected", what=held.action, model=_words(held), why=held.note)
        elif people == "edited":
            yield from _edited(record, held)


def _edited(record: JobRecord, held: LedgerEntry) -> Iterator[Said]:
    before = texts_of(held.model_copy(update={"body": held.edited_from}).content()["params"])
    request = record.approvals.get(held.approval)
    why = request.decision.words if request and request.decision else ""
    for name, value in changed_by_people(held).items():
        what = f"{held.action} {name}"
        yield Said(how="edited", what=what, model=before.get(name, ""), person=value, why=why)


def _corrected(
    workflow: Workflow[Any], record: JobRecord, answer: Mapping[str, Any]
) -> Iterator[Said]:
    theirs = {n: f for n, f in record.result("proposal", Proposal).facts.items() if f.by}
    said = _facts(workflow, record, answer) if theirs else {}
    for name, fact in theirs.items():
        yield Said(how="corrected", what=name, model=said.get(name, ""), person=fact.value)


def _facts(
    workflow: Workflow[Any], record: JobRecord, answer: Mapping[str, Any]
) -> Mapping[str, str]:
    """What the model had said of each fact; nothing where this code cannot read its answer."""
    given = record.results["input"].as_(workflow.input)
    try:
        draft = workflow.draft(given, workflow.answer.model_validate_json(json.dumps(answer)))
    except (ValidationError, ContractBroken):
        return {}
    return {name: fact.value for name, fact in draft.facts.items()}


def _wrong(record: JobRecord, review: Review | None) -> Iterator[Said]:
    """What ran by itself and was found wrong afterwards."""
    answer = review.answer if review and not review.planted else None
    if answer is None or answer.verdict != "wrong":
        return
    why = ": ".join(text for text in (answer.why, answer.did) if text)
    for held in automatic(record.ledger):
        yield Said(how="wrong", what=held.action, model=_words(held), why=why)


def _words(held: LedgerEntry) -> str:
    """The action's parameters in one line."""
    return ", ".join(
        f"{name} {value}" for name, value in texts_of(held.content()["params"]).items()
    )
