"""One request, read and decided by somebody signed in: the same page as the link's."""

from __future__ import annotations

from dataclasses import replace

from countersign.domain.approvals import Choice, Decision
from countersign.domain.authority import authority
from countersign.doors import approval_form as form_in
from countersign.doors import session, session_form
from countersign.doors.approval_answers import notice, page, see
from countersign.doors.approval_cookie import Opened, opened
from countersign.doors.approval_decision import record_decision
from countersign.doors.approval_form import Filled, TurnedAway
from countersign.doors.approval_visit import Asked, arrived
from countersign.doors.http import Request, Response
from countersign.doors.session import SignedIn
from countersign.pages import notices, session_notices
from countersign.pages.approval import request as request_view
from countersign.pages.decided import decided as decided_view
from countersign.pages.form import Fault, Form
from countersign.pages.inbox import path
from countersign.runtime import Deps


def answer(deps: Deps, request: Request) -> Response:
    """`/approvals/requests/{job}/{approval}`."""
    who = session.signed_in(deps, request)
    if who is None and request.method != "POST":
        return see(session.SIGN_IN)
    who = session.require(deps, request)
    here = _here(deps, request, who)
    if request.method == "POST":
        return _take(deps, request, who, here)
    if here.standing != "open":
        return _closed(here, 200)
    return _form(here, session.shown(deps, request, who, _place(here)), 200, None)


def _here(deps: Deps, request: Request, who: SignedIn) -> Asked:
    """The request. Raises TurnedAway, always alike, for one that is not there or not theirs."""
    job_id, approval_id = request.params.get("job", ""), request.params.get("approval", "")
    try:
        return arrived(deps, job_id, approval_id, who.member.person.id)
    except TurnedAway:
        raise TurnedAway(session_notices.NOT_YOURS) from None


def _take(deps: Deps, request: Request, who: SignedIn, here: Asked) -> Response:
    if here.standing != "open":
        return _closed(here, 409)
    form_in.trust_origin(request, deps.settings.public_base_url)
    filled = form_in.read(request)
    held = opened(deps, request, who.page(_place(here)), here.now)
    if held is None:
        raise TurnedAway(session_notices.OPEN_AGAIN)
    form_in.about(filled, here.approval)
    faults = (
        *form_in.faults(filled, here.approval),
        *session_form.code_faults(filled.code, held.code),
    )
    decision = _decision(here, held, filled)
    judged = authority(here.member, here.approval, decision)
    if not faults and not judged.allowed:
        faults = (Fault("choice-1", f"This cannot be recorded: {judged.reason}."),)
    if faults:
        return _form(here, held, 422, replace(filled, faults=faults))
    after = record_decision(deps, here, decision)
    if decision not in after.approval.signatures:
        return _closed(after, 409)
    return see(path(here.approval))


def _place(here: Asked) -> str:
    return f"request {here.approval.approval_id}"


def _decision(here: Asked, held: Opened, filled: Filled) -> Decision:
    return Decision(
        by=here.person.id,
        at=here.now,
        choices={digest: Choice(choice) for digest, choice in filled.choices.items()},
        reason=filled.reason,
        opened_at=held.at,
        via="inbox",
    )


def _form(here: Asked, held: Opened, status: int, filled: Filled | None) -> Response:
    view = request_view(here.record, here.approval, here.person, here.workflow, here.now)
    form = Form(shown=form_in.shown(here.approval), code=held.code)
    if filled is not None:
        form = replace(
            form,
            choices=filled.choices,
            reason=filled.reason,
            typed=filled.code,
            faults=filled.faults,
        )
    return page(status, "approval.html.j2", cookie=held.set_cookie, it=view, form=form)


def _closed(here: Asked, status: int) -> Response:
    decision = here.approval.decision
    if decision is not None:
        view = decided_view(here.record, here.approval, decision, here.person, here.workflow)
        return page(status, "decided.html.j2", it=view)
    ended = {"expired": notices.EXPIRED, "signed": notices.SIGNED}
    return notice(ended.get(here.standing, notices.MOVED_ON), status)
