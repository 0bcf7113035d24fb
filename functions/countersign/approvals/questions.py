"""Asking back from the approval page: one question more, and its answer on a page of its own."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from countersign.approvals.access import (
    LinkHolder,
    code_faults,
    opened_here,
    record_of,
    workflow_of,
)
from countersign.approvals.form import shown
from countersign.approvals.service import contact_for, contact_today, extended
from countersign.approvals.views.request import SourcePart, source
from countersign.domain.approvals.approval import Approval, Person
from countersign.domain.approvals.questions import (
    ANSWER_LIMIT,
    MOST_PER_REQUEST,
    QUESTION_LIMIT,
    Question,
    answered,
    asked,
    no_more,
)
from countersign.domain.errors import AlreadyDecided, ContractBroken, NotPermitted
from countersign.domain.jobs.change import Change, Due, JobRecord, Link
from countersign.domain.workflow import Workflow
from countersign.runtime.deps import Deps
from countersign.web import notices
from countersign.web.forms import Fault, Form, HttpRefusal, fields
from countersign.web.http import Request, Response
from countersign.web.page_cookie import opened_now
from countersign.web.responses import notice, page, see
from countersign.web.text import Pieces, counted, moment, visible
from countersign.web.wording import in_words

_TEXT = "text"
_FIELDS = frozenset({"shown", _TEXT, "code"})


@dataclass(frozen=True)
class Answering:
    """The internal contact at the link that a question was mailed with."""

    link: Link
    question: Question
    record: JobRecord
    workflow: Workflow[Any]
    now: datetime
    zone: str

    @property
    def waits(self) -> bool:
        """Whether an answer can still help somebody to decide."""
        asked_in = self.record.approvals[self.question.approval_id]
        pending = self.record.pending
        return asked_in.superseded or (pending is not None and self.now < pending.deadline)


def ask_back(deps: Deps, request: Request, here: LinkHolder) -> Response:
    """The form for a question (GET), or the question (POST)."""
    contact, earlier = _contact(deps, here), here.record.questions.values()
    if contact is None or no_more(here.approval, earlier, here.person, contact, here.now):
        return notice(notices.NO_QUESTION)
    if request.method == "POST":
        return _take_question(deps, request, here)
    held = opened_now(deps, request, here.link.link_id, here.now)
    form = Form(shown=shown(here.approval), code=held.code)
    return page(
        200, "question.html.j2", cookie=held.set_cookie, it=ask_view(here, contact), form=form
    )


def give_answer(deps: Deps, request: Request, link: Link) -> Response:
    """The question to its contact (GET), or their answer (POST). This link decides nothing."""
    here = _answering(deps, link)
    if here.question.answered or not here.waits:
        return _no_answer_needed(here, 409 if request.method == "POST" else 200)
    if request.method == "POST":
        return _take_answer(deps, request, here)
    held = opened_now(deps, request, link.link_id, here.now)
    form = Form(shown=here.question.question_id, code=held.code)
    return _answer_page(here, form, 200, held.set_cookie)


def _take_question(deps: Deps, request: Request, here: LinkHolder) -> Response:
    form = _form(deps, request, here.link, shown(here.approval))
    if not form.faults:
        try:
            _record_question(deps, here, form.texts[_TEXT])
        except NotPermitted:
            return notice(notices.NO_QUESTION)
        except ContractBroken as wrong:
            form = replace(form, faults=(Fault(_TEXT, str(wrong)),))
    if form.faults:
        contact = _contact(deps, here) or here.person
        return page(422, "question.html.j2", it=ask_view(here, contact), form=form)
    return see(here.path)


def _record_question(deps: Deps, here: LinkHolder, text: str) -> None:
    """Store it, with more time for the first one; `tick` mails it. Raises ContractBroken for its
    text, NotPermitted when no more may be asked."""

    def change_of(record: JobRecord) -> Change:
        now, contact = here.at(record), _contact(deps, here)
        earlier = record.questions.values()
        one = asked(now.approval, earlier, text, by=now.person, contact=contact, now=now.now)
        return _asked(deps, now, one)

    deps.update(here.record.job.job_id, change_of)


def _asked(deps: Deps, here: LinkHolder, question: Question) -> Change:
    later = extended(deps, here.approval, here.workflow)
    moved = later.deadline != here.approval.deadline
    until = (Due(kind="approval", at=later.deadline),) if moved else ()
    return Change(
        event="asked back",
        actor=f"person:{here.person.id}",
        fields={
            "question": question.question_id,
            "text": question.text,
            "extended": "yes" if moved else "no",
        },
        questions=(question,),
        approvals=(later,) if moved else (),
        due=(Due(kind="question", at=here.now), *until),
    )


def _take_answer(deps: Deps, request: Request, here: Answering) -> Response:
    form = _form(deps, request, here.link, here.question.question_id)
    if not form.faults:
        try:
            _record_answer(deps, here, form.texts[_TEXT])
        except ContractBroken as wrong:
            form = replace(form, faults=(Fault(_TEXT, str(wrong)),))
        except AlreadyDecided:
            return _no_answer_needed(_answering(deps, here.link), 409)
    return _answer_page(here, form, 422) if form.faults else notice(notices.ANSWERED)


def _record_answer(deps: Deps, here: Answering, text: str) -> None:
    """Raises ContractBroken for the text, AlreadyDecided when none is needed any more."""

    def change_of(record: JobRecord) -> Change:
        question = record.questions[here.question.question_id]
        if not replace(here, record=record, question=question).waits:
            raise AlreadyDecided("the request was decided meanwhile")
        said = answered(question, text, by=here.link.person_id, now=here.now)
        return Change(
            event="answered",
            actor=f"person:{here.link.person_id}",
            fields={"question": said.question_id, "text": said.answer},
            questions=(said,),
            due=(Due(kind="question", at=here.now),),
        )

    deps.update(here.record.job.job_id, change_of)


def _answering(deps: Deps, link: Link) -> Answering:
    """Raises HttpRefusal, with the one refusal, when this is not the contact any more."""
    record = record_of(deps, link.job_id)
    question = record.questions.get(link.question)
    if question is None or question.contact.id != link.person_id:
        raise HttpRefusal(notices.REFUSED)
    workflow = workflow_of(deps, record)
    if contact_today(deps, record.job.workflow, question.contact) is None:
        raise HttpRefusal(notices.REFUSED)
    zone = deps.people.directory().zone(question.contact, workflow.zone)
    return Answering(link, question, record, workflow, deps.clock.now(), zone)


def _form(deps: Deps, request: Request, link: Link, about: str) -> Form:
    """The form as it was sent, with what is wrong about its code. Raises HttpRefusal."""
    given = fields(deps, request)
    held = opened_here(deps, request, link)
    if set(given) != _FIELDS:
        raise HttpRefusal(notices.MALFORMED)
    if given["shown"] != about:
        raise HttpRefusal(notices.OTHER_ACTIONS)
    form = Form(about, held.code, texts={_TEXT: given[_TEXT]}, typed=given["code"].strip())
    return replace(form, faults=code_faults(deps, link, held, form.typed))


def _contact(deps: Deps, here: LinkHolder) -> Person | None:
    return contact_for(deps, here.record.job.workflow, here.person, here.now)


def _answer_page(here: Answering, form: Form, status: int, cookie: str = "") -> Response:
    view = answer_view(here)
    return page(status, "question.html.j2", cookie=cookie, it=view, form=form)


def _no_answer_needed(here: Answering, status: int) -> Response:
    return notice(notices.ANSWERED if here.question.answered else notices.NOT_NEEDED, status)


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
    source: tuple[SourcePart, ...]
    most: int
    left: str
    moves_deadline: bool


def ask_view(here: LinkHolder, contact: Person) -> QuestionPage:
    """For who asks."""
    record, approval = here.record, here.approval
    earlier = [q for q in record.questions.values() if q.approval_id == approval.approval_id]
    return QuestionPage(
        answers=False,
        workflow=here.workflow.title,
        job_id=record.job.job_id,
        person=here.person.name,
        other=contact.name,
        when="",
        question=(),
        actions=_actions(record, approval, here.workflow),
        source=(),
        most=QUESTION_LIMIT,
        left=counted(MOST_PER_REQUEST - len(earlier), "question"),
        moves_deadline=not approval.extended,
    )


def answer_view(here: Answering) -> QuestionPage:
    """For who answers: the question, what is to be signed, and the message."""
    record, question, workflow = here.record, here.question, here.workflow
    approval = record.pending or record.approvals[question.approval_id]
    given = record.result("input", workflow.input)
    return QuestionPage(
        answers=True,
        workflow=workflow.title,
        job_id=record.job.job_id,
        person=question.contact.name,
        other=question.by.name,
        when=moment(question.asked_at, here.zone),
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
