"""Mailing questions to the internal contact, and word of an answer to who asked; called by tick.

A mark under the job says what was mailed. It follows the mail: a crash in between mails again, with
another link, since a question that nobody got would cost the approver the deadline.
"""

from __future__ import annotations

from countersign import asking
from countersign.deps import Deps
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
    if question.answered:
        deps.mail.send(answer_given(record, question))
    else:
        minted = asking.mint_question(deps, record, question)
        change = Change(event="question linked", actor=TICK, links=(minted.link,))
        record = deps.commit(record, change)
        url = asking.address(deps, minted)
        deps.mail.send(question_asked(record, question, url))
    deps.store.note(record.job.job_id, mark)
    return record
