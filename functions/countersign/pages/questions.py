"""The pages of a question: for who asks it, and for who answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from countersign.domain.approvals import Approval, Person
from countersign.domain.change import JobRecord
from countersign.domain.questions import ANSWER_LIMIT, MOST_PER_REQUEST, QUESTION_LIMIT, Question
from countersign.domain.workflow import Workflow
from countersign.pages.approval import in_words, stored
from countersign.pages.source import Part, source
from countersign.pages.text import UTC, Pieces, counted, moment, visible


@dataclass(frozen=True)
class QuestionPage:
    """Either page. `question` is empty for who asks."""

    answers: bool
    workflow: str
    job_id: str
    person: str
    """Who types the code."""
    other: str
    """Who will answer, or who asked."""
    when: str
    question: Pieces
    actions: tuple[Pieces, ...]
    source: tuple[Part, ...]
    most: int
    left: str
    moves_deadline: bool


def ask_view(
    record: JobRecord,
    approval: Approval,
    person: Person,
    workflow: Workflow[Any],
    contact: Person,
) -> QuestionPage:
    """For who asks."""
    earlier = [q for q in record.questions.values() if q.approval_id == approval.approval_id]
    return QuestionPage(
        answers=False,
        workflow=workflow.title,
        job_id=record.job.job_id,
        person=person.name,
        other=contact.name,
        when="",
        question=(),
        actions=_actions(record, approval, workflow),
        source=(),
        most=QUESTION_LIMIT,
        left=counted(MOST_PER_REQUEST - len(earlier), "question"),
        moves_deadline=not approval.extended,
    )


def answer_view(
    record: JobRecord, question: Question, workflow: Workflow[Any], zone: str = UTC
) -> QuestionPage:
    """For who answers: the question, what is to be signed, and the message."""
    approval = record.pending or record.approvals[question.approval_id]
    given = stored(record, "input", workflow.input)
    return QuestionPage(
        answers=True,
        workflow=workflow.title,
        job_id=record.job.job_id,
        person=question.contact.name,
        other=question.by.name,
        when=moment(question.asked_at, zone),
        question=visible(question.text),
        actions=_actions(record, approval, workflow),
        source=source(given, workflow),
        most=ANSWER_LIMIT,
        left="",
        moves_deadline=False,
    )


def _actions(record: JobRecord, approval: Approval, workflow: Workflow[Any]) -> tuple[Pieces, ...]:
    held = {entry.digest: entry for entry in record.ledger}
    return tuple(visible(in_words(held[one], workflow)) for one in approval.digests if one in held)
