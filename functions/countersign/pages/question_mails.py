"""The mails of a question: to the internal contact with a link, and back to who asked."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from countersign.domain.change import JobRecord
from countersign.domain.ports import Email
from countersign.domain.questions import Question
from countersign.pages.environment import render
from countersign.pages.text import one_line
from countersign.workflows import WORKFLOWS

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


def question_asked(record: JobRecord, question: Question, url: str) -> Email:
    """The question, with the link under which it is answered."""
    title = WORKFLOWS[record.job.workflow].title
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


def answer_given(record: JobRecord, question: Question) -> Email:
    """Word that there is an answer. It stands on the approval page, so the mail has no link."""
    title = WORKFLOWS[record.job.workflow].title
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
