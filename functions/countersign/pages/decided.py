"""What somebody sees who comes after the decision, or after its time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from countersign.domain.approvals import EXPIRY, Approval, Choice, Decision, Person
from countersign.domain.change import JobRecord
from countersign.domain.workflow import Workflow
from countersign.pages.approval import STATUS_WORDS, in_words
from countersign.pages.text import Pieces, moment, visible


@dataclass(frozen=True)
class Chosen:
    """One action, what was said to it, and how it stands now."""

    words: Pieces
    approved: bool
    status: str


@dataclass(frozen=True)
class Decided:
    """Who decided what, when and why. `by_time`: nobody did, so it is not approved."""

    workflow: str
    job_id: str
    who: str
    you: bool
    by_time: bool
    when: str
    when_at: str
    reason: Pieces
    chosen: tuple[Chosen, ...]


def decided(
    record: JobRecord,
    approval: Approval,
    decision: Decision,
    person: Person,
    workflow: Workflow[Any],
) -> Decided:
    """The view of a decision for `person`, who had a link of their own."""
    by = approval.person(decision.by)
    held = {entry.digest: entry for entry in record.ledger}
    return Decided(
        workflow=workflow.title,
        job_id=record.job.job_id,
        who=by.name if by else "somebody who was not asked",
        you=decision.by == person.id,
        by_time=decision.by == EXPIRY,
        when=moment(decision.at),
        when_at=decision.at.isoformat(),
        reason=visible(decision.words),
        chosen=tuple(
            Chosen(
                words=visible(in_words(held[one], workflow)),
                approved=decision.choices.get(one) is Choice.APPROVE,
                status=STATUS_WORDS[held[one].status],
            )
            for one in approval.digests
            if one in held
        ),
    )
