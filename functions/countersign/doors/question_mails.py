"""Mailing questions to the internal contact, and word of an answer to who asked; called by tick.

A mark under the job says what was mailed. It follows the mail: a crash in between mails again, with
another link, since a question that nobody got would cost the approver the deadline.
"""

from __future__ import annotations

from countersign import asking, observability, request_mails
from countersign.contacts import contact_today
from countersign.deps import Deps
from countersign.domain.approvals import Person
from countersign.domain.change import Change, Due, JobRecord
from countersign.domain.job import Status
from countersign.domain.questions import Question
from countersign.domain.resume import AGAIN
from countersign.pages.question_mails import answer_given, question_asked

TICK = "system:tick"


def mail_questions(deps: Deps, record: JobRecord) -> None:
    """Mail what was asked and answered since, and settle the row. The row moves on first: a
    provider that refuses is asked again later, while the job waits, not every minute."""
    if record.job.status is not Status.WAITING_FOR_REVIEW:
        deps.commit(record, Change(event="question settled", actor=TICK, done=("question",)))
        return
    later = Due(kind="question", at=deps.clock.now() + AGAIN)
    record = deps.commit(record, Change(event="mailing questions", actor=TICK, due=(later,)))
    for question in record.questions.values():
        record = _mail(deps, record, question)
    deps.commit(record, Change(event="questions mailed", actor=TICK, done=("question",)))


def _mail(deps: Deps, record: JobRecord, question: Question) -> JobRecord:
    what = "answer" if question.answered else "question"
    mark = f"{what}-{question.question_id}"
    if mark in record.notes:
        return record
    today = _today(deps, record, question)
    if today is None:
        observability.logger().warning("nobody is mailed who left", extra={"mark": mark})
        return record
    if question.answered:
        deps.mail.send(answer_given(record, question.model_copy(update={"by": today})))
    else:
        asked = question.model_copy(update={"contact": today})
        minted = asking.mint_question(deps, record, asked)
        change = Change(event="question linked", actor=TICK, links=(minted.link,))
        record = deps.commit(record, change)
        deps.mail.send(question_asked(record, asked, asking.address(deps, minted)))
    deps.store.note(record.job.job_id, mark)
    return record


def _today(deps: Deps, record: JobRecord, question: Question) -> Person | None:
    """Who is mailed, at today's address; None when they left, or are no contact any more."""
    if question.answered:
        return next(iter(request_mails.today(deps, (question.by,))), None)
    return contact_today(deps, record.job.workflow, question.contact)
