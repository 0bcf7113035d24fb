"""One request, read and decided by somebody signed in: the same page as the link's."""

from __future__ import annotations

from dataclasses import replace

from countersign.deps import Deps
from countersign.domain.approvals import Choice, Decision
from countersign.domain.authority import authority
from countersign.domain.change import Link
from countersign.doors import approval_form as form_in
from countersign.doors import session
from countersign.doors.approval_answers import page, see
from countersign.doors.approval_closed import closed
from countersign.doors.approval_code import code_faults
from countersign.doors.approval_cookie import Opened, opened
from countersign.doors.approval_decision import record_decision
from countersign.doors.approval_edit import edit
from countersign.doors.approval_form import Filled, TurnedAway
from countersign.doors.approval_question import ask_back
from countersign.doors.approval_visit import Visit, arrived
from countersign.doors.http import Request, Response
from countersign.doors.session import SignedIn
from countersign.pages import session_notices as notices
from countersign.pages.approval import request as request_view
from countersign.pages.form import Fault, Form
from countersign.pages.inbox import path


def answer(deps: Deps, request: Request) -> Response:
    """`/approvals/requests/{job}/{approval}`; `?edit=` and `?question=` as on the link's page."""
    who = session.signed_in(deps, request)
    if who is None and request.method != "POST":
        return see(session.SIGN_IN)
    who = session.require(deps, request)
    here = _here(deps, request, who)
    if here.standing != "open":
        return closed(here, 409 if request.method == "POST" else 200)
    if "edit" in request.query:
        return edit(deps, request, here)
    if "question" in request.query:
        asked = ask_back(deps, request, here)
        return see(path(here.approval)) if asked.status == see("").status else asked
    if request.method == "POST":
        return _take(deps, request, here)
    return _form(deps, here, session.shown(deps, request, who, _place(request)), 200, None)


def _here(deps: Deps, request: Request, who: SignedIn) -> Visit:
    """The request, as if by a link that is this session's page: it has no secret, closes after no
    number of tries, and no other session has it. Raises TurnedAway, always alike, for a request
    that is not there or not theirs."""
    job_id, approval_id = request.params.get("job", ""), request.params.get("approval", "")
    person_id = who.member.person.id
    try:
        here = arrived(deps, job_id, approval_id, person_id)
    except TurnedAway:
        raise TurnedAway(notices.NOT_YOURS) from None
    link = Link(
        link_id=who.page(_place(request)),
        secret_hash="",
        job_id=job_id,
        approval_id=approval_id,
        person_id=person_id,
    )
    return Visit(**vars(here), link=link, secret="")


def _take(deps: Deps, request: Request, here: Visit) -> Response:
    form_in.trust_origin(request, deps.settings.public_base_url)
    filled = form_in.read(request)
    held = opened(deps, request, here.link.link_id, here.now)
    if held is None:
        raise TurnedAway(notices.OPEN_AGAIN)
    form_in.about(filled, here.approval)
    wrong = code_faults(deps, here.link, held, filled.code)
    faults = (*form_in.faults(filled, here.approval), *wrong)
    decision = _decision(here, held, filled)
    judged = authority(here.member, here.approval, decision)
    if not faults and not judged.allowed:
        faults = (Fault("choice-1", f"This cannot be recorded: {judged.reason}."),)
    if faults:
        return _form(deps, here, held, 422, replace(filled, faults=faults))
    after = record_decision(deps, here, decision)
    if decision not in after.approval.signatures:
        return closed(after, 409)
    return see(path(here.approval))


def _place(request: Request) -> str:
    return f"request {request.params.get('approval', '')}"


def _decision(here: Visit, held: Opened, filled: Filled) -> Decision:
    return Decision(
        by=here.person.id,
        at=here.now,
        choices={digest: Choice(choice) for digest, choice in filled.choices.items()},
        cause=form_in.cause_of(filled),
        reason=filled.reason,
        opened_at=held.at,
        via="inbox",
    )


def _form(deps: Deps, here: Visit, held: Opened, status: int, filled: Filled | None) -> Response:
    view = request_view(
        here.record,
        here.approval,
        here.person,
        here.workflow,
        here.now,
        contact=deps.settings.case_owner,
    )
    form = Form(shown=form_in.shown(here.approval), code=held.code)
    if filled is not None:
        form = replace(
            form,
            choices=filled.choices,
            cause=filled.cause,
            reason=filled.reason,
            typed=filled.code,
            faults=filled.faults,
        )
    return page(status, "approval.html.j2", cookie=held.set_cookie, it=view, form=form)
