"""Mailing questions to the internal contact, and word of an answer to who asked; called by tick.

A mark under the job says what was mailed. It follows the mail: a crash in between mails again, with
another link, since a question that nobody got would cost the approver the deadline.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

from countersign import observability
from countersign.approvals import mails
from countersign.approvals.service import address, contact_today, mint_question
from countersign.domain.approvals.approval import Person
from countersign.domain.approvals.questions import Question
from countersign.domain.jobs.change import Change, Due, JobRecord
from countersign.domain.jobs.job import Status
from countersign.domain.mail import Email
from countersign.domain.planning.resume import AGAIN
from countersign.jobs.resume import TICK
from countersign.runtime.deps import Deps
from countersign.runtime.pace import post
from countersign.web.rendering import render
from countersign.web.text import one_line


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
    title = deps.workflows[record.job.workflow].title
    if question.answered:
        post(deps).send(answer_given(title, question.model_copy(update={"by": today})))
    else:
        asked = question.model_copy(update={"contact": today})
        minted = mint_question(deps, record, asked)
        change = Change(event="question linked", actor=TICK, links=(minted.link,))
        record = deps.commit(record, change)
        post(deps).send(question_asked(title, asked, address(deps, minted)))
    deps.store.note(record.job.job_id, mark)
    return record


def _today(deps: Deps, record: JobRecord, question: Question) -> Person | None:
    """Who is mailed, at today's address; None when they left, or are no contact any more."""
    if question.answered:
        return next(iter(mails.today(deps, (question.by,))), None)
    return contact_today(deps, record.job.workflow, question.contact)


_SUBJECT, _NAME, _TEXT = 140, 40, 1_200


@dataclass(frozen=True)
class _Mail:
    subject: str
    person: str
    lines: tuple[str, ...]
    question: str
    url: str
    button: str
    last: str


def question_asked(title: str, question: Question, url: str) -> Email:
    """The question, with the link under which it is answered."""
    asker = one_line(question.by.name, _NAME)
    it = _Mail(
        subject=one_line(f"Question from {asker}: {title}", _SUBJECT),
        person=one_line(question.contact.name, _NAME),
        lines=(f"{asker} must decide about a job of {title} and asks you:",),
        question=one_line(question.text, _TEXT),
        url=url,
        button="Read and answer",
        last="Opening the link sends nothing, and your answer decides nothing: it is shown as "
        "evidence. The link is yours alone: please do not forward this mail.",
    )
    return _email(question.contact.address, it)


def answer_given(title: str, question: Question) -> Email:
    """Word that there is an answer. It stands on the approval page, so the mail has no link."""
    contact = one_line(question.contact.name, _NAME)
    it = _Mail(
        subject=one_line(f"Answer from {contact}: {title}", _SUBJECT),
        person=one_line(question.by.name, _NAME),
        lines=(
            f"{contact} has answered your question about a job of {title}.",
            "Open your link from the request's mail again: the answer is on that page.",
        ),
        question=one_line(question.text, _TEXT),
        url="",
        button="",
        last="The request still waits for a decision.",
    )
    return _email(question.by.address, it)


def _email(to: str, it: _Mail) -> Email:
    html = render("mail_question.html.j2", it=asdict(it))
    link = (it.button + ":", it.url, "") if it.url else ()
    lines = (f"Hello {it.person},", "", *it.lines, "", f"  “{it.question}”", "", *link, it.last, "")
    return Email(to=to, subject=it.subject, text="\n".join(lines), html=html)
