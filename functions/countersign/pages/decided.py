"""What somebody sees who comes after the decision, or after its time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from countersign.domain.actions import LedgerEntry
from countersign.domain.approvals import EXPIRY, Approval, Decision, Person
from countersign.domain.change import JobRecord
from countersign.domain.workflow import Workflow
from countersign.pages.approval import STATUS_WORDS, in_words
from countersign.pages.signatures import Rejection, Signature, rejected, signatures
from countersign.pages.text import UTC, Pieces, moment, visible


@dataclass(frozen=True)
class Chosen:
    """One action, what became of it, and who is the cause if it was rejected."""

    number: int
    words: Pieces
    approved: bool
    status: str
    rejections: tuple[Rejection, ...]


@dataclass(frozen=True)
class Decided:
    """Who said what, when and why, and what follows. `by_time`: the signatures did not come in
    time, so it is not approved. `you`: whether who reads signed."""

    workflow: str
    job_id: str
    who: tuple[str, ...]
    you: bool
    by_time: bool
    when: str
    when_at: str
    signatures: tuple[Signature, ...]
    chosen: tuple[Chosen, ...]


def decided(
    record: JobRecord,
    approval: Approval,
    decision: Decision,
    person: Person,
    workflow: Workflow[Any],
    *,
    zone: str = UTC,
) -> Decided:
    """The view of a decision for `person`, who had a link of their own, in their `zone`."""
    given = signatures(approval, person, zone)
    held = {entry.digest: entry for entry in record.ledger}
    return Decided(
        workflow=workflow.title,
        job_id=record.job.job_id,
        who=tuple(one.name for one in given),
        you=any(one.you for one in given),
        by_time=decision.by == EXPIRY,
        when=moment(decision.at, zone),
        when_at=decision.at.isoformat(),
        signatures=given,
        chosen=tuple(
            _chosen(number, held[one], approval, person, workflow)
            for number, one in enumerate(approval.digests, 1)
            if one in held
        ),
    )


def _chosen(
    number: int,
    held: LedgerEntry,
    approval: Approval,
    person: Person,
    workflow: Workflow[Any],
) -> Chosen:
    decision = approval.decision
    return Chosen(
        number=number,
        words=visible(in_words(held, workflow)),
        approved=decision is not None and decision.approves(held.digest),
        status=STATUS_WORDS[held.status],
        rejections=rejected(held.digest, approval, person),
    )
