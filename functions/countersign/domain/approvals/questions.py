"""Asking back: a question to the workflow's internal contact, and an answer that is evidence only.

An answer is shown to who signs, marked as what a colleague said. It never becomes a fact, and no
rule reads it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar

from countersign.domain.approvals.approval import Approval, Person
from countersign.domain.contract import Contract
from countersign.domain.errors import AlreadyDecided, ContractBroken, NotPermitted

MOST_PER_REQUEST = 3
QUESTION_LIMIT = 1_000
ANSWER_LIMIT = 4_000
"""Characters."""


class Question(Contract):
    """One question about one request, and its answer once there is one."""

    CONTRACT: ClassVar[str] = "question"
    VERSION: ClassVar[int] = 1

    question_id: str
    approval_id: str
    by: Person
    contact: Person
    asked_at: datetime
    text: str
    answer: str = ""
    answered_at: datetime | None = None

    @property
    def answered(self) -> bool:
        """Whether the contact has said something."""
        return self.answered_at is not None


def asked(
    approval: Approval,
    earlier: Iterable[Question],
    text: str,
    *,
    by: Person,
    contact: Person | None,
    now: datetime,
) -> Question:
    """A new question. Raises NotPermitted when none may be asked, ContractBroken for its text."""
    about = [one for one in earlier if one.approval_id == approval.approval_id]
    refused = no_more(approval, about, by, contact, now)
    if contact is None or refused:
        raise NotPermitted(refused)
    return Question(
        question_id=f"{approval.approval_id}-{len(about) + 1}",
        approval_id=approval.approval_id,
        by=by,
        contact=contact,
        asked_at=now,
        text=_said(text, QUESTION_LIMIT, "question"),
    )


def no_more(
    approval: Approval,
    earlier: Iterable[Question],
    by: Person,
    contact: Person | None,
    now: datetime,
) -> str:
    """Why this person can ask nothing (more) about the request; empty when they can."""
    if contact is None:
        return "this workflow has no internal contact"
    if contact.id == by.id:
        return "you are the contact yourself"
    if approval.decision or approval.superseded or now >= approval.deadline:
        return "the request does not wait any more"
    about = [one for one in earlier if one.approval_id == approval.approval_id]
    if len(about) >= MOST_PER_REQUEST:
        return f"{MOST_PER_REQUEST} questions have been asked about this request"
    return ""


def answered(question: Question, text: str, *, by: str, now: datetime) -> Question:
    """`question` with its answer. Raises AlreadyDecided for a second one, NotPermitted when
    somebody else than the contact answers, ContractBroken for its text."""
    if question.answered:
        raise AlreadyDecided("this question has its answer")
    if by != question.contact.id:
        raise NotPermitted("this person was not asked")
    said = _said(text, ANSWER_LIMIT, "answer")
    return question.model_copy(update={"answer": said, "answered_at": now})


def _said(text: str, most: int, what: str) -> str:
    said = text.replace("\r\n", "\n").strip()
    if not said:
        raise ContractBroken(f"Write the {what}.")
    if len(said) > most:
        raise ContractBroken(f"The {what} is longer than {most} characters.")
    return said
