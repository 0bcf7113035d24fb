"""What stands around the actions on the page: who must sign, what it cost, the contact's past."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from countersign.domain.approvals import Approval, Person
from countersign.domain.change import JobRecord
from countersign.domain.policy import Quorum
from countersign.domain.proposal import Usage
from countersign.domain.questions import Question, no_more
from countersign.domain.records import Records
from countersign.domain.workflow import Workflow
from countersign.pages.signatures import Signature, signatures
from countersign.pages.text import UTC, Pieces, counted, moment, visible


@dataclass(frozen=True)
class Signing:
    """Who must sign. `missing` are the others who have not."""

    needed: int
    signed: tuple[Signature, ...]
    missing: tuple[str, ...]
    instead: tuple[str, ...]
    """`Cleo Marsh for Ana Costa`."""
    rule: str


@dataclass(frozen=True)
class Past:
    """Something earlier with this contact."""

    title: Pieces
    details: Pieces


@dataclass(frozen=True)
class Asked:
    """A question to the internal contact, and what they said."""

    text: Pieces
    by: str
    contact: str
    when: str
    answer: Pieces
    answered: bool
    answered_when: str


@dataclass(frozen=True)
class AskBack:
    """The questions so far, and whether one more may be asked, of whom."""

    questions: tuple[Asked, ...]
    contact: str
    """Name of who would answer; empty when no (more) question may be asked."""
    moves_deadline: bool


def signing(
    approval: Approval, person: Person, names: Mapping[str, str], zone: str = UTC
) -> Signing:
    """The signatures of a request, as `person` sees them in their `zone`."""
    signed = {one.by for one in approval.signatures}
    others = [p for p in approval.approvers if p.id != person.id]
    return Signing(
        needed=approval.needed,
        signed=signatures(approval, person, zone),
        missing=tuple(p.name for p in others if p.id not in signed),
        instead=tuple(
            f"{names.get(deputy, deputy)} for {names.get(absent, absent)}"
            for deputy, absent in approval.instead_of.items()
        ),
        rule=_RULES[approval.quorum],
    )


def names_of(record: JobRecord, known: Mapping[str, str]) -> dict[str, str]:
    """Names by id: of the directory, and of everybody who was ever asked about this job."""
    asked = {p.id: p.name for a in record.approvals.values() for p in a.approvers}
    return {**asked, **known}


def cost(usage: Usage) -> str:
    """`1 model call, 1,200 tokens, 0.0008 USD`."""
    if not usage.calls:
        return "no model call"
    tokens = usage.input_tokens + usage.output_tokens
    return f"{counted(usage.calls, 'model call')}, {tokens:,} tokens, {usage.usd:.4f} USD"


def past(record: JobRecord, workflow: Workflow[Any]) -> tuple[Past, ...]:
    """What was before with this contact, as Look found it."""
    if "records" not in record.results:
        return ()
    ours = frozenset(held.key for held in record.ledger)
    found = workflow.history(record.results["records"].as_(Records), ours)
    return tuple(Past(visible(one.title), visible(" · ".join(one.details))) for one in found)


def ask_back(
    record: JobRecord,
    approval: Approval,
    person: Person,
    contact: Person | None,
    now: datetime,
    *,
    zone: str = UTC,
) -> AskBack:
    """What was asked back about this job, its earlier requests included."""
    asked = sorted(record.questions.values(), key=lambda one: one.asked_at)
    closed = no_more(approval, asked, person, contact, now)
    return AskBack(
        questions=tuple(_asked(one, zone) for one in asked),
        contact="" if closed or contact is None else contact.name,
        moves_deadline=not approval.extended,
    )


def _asked(one: Question, zone: str) -> Asked:
    return Asked(
        text=visible(one.text),
        by=one.by.name,
        contact=one.contact.name,
        when=moment(one.asked_at, zone),
        answer=visible(one.answer),
        answered=one.answered,
        answered_when=moment(one.answered_at, zone) if one.answered_at else "",
    )


_RULES = {
    Quorum.ONE: "The first decision counts.",
    Quorum.TWO: "Two different people must sign before anything runs.",
    Quorum.ALL: "Everybody who was asked must sign before anything runs.",
}
