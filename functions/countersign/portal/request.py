"""One request, read and decided by somebody signed in: the same page as the link's."""

from __future__ import annotations

from dataclasses import replace

from countersign.approvals import form
from countersign.approvals.access import LinkHolder, arrived, code_faults
from countersign.approvals.decide import record_decision
from countersign.approvals.edit import edit
from countersign.approvals.form import Filled
from countersign.approvals.handlers import asking, show
from countersign.approvals.mailed_code import CodeAsked
from countersign.approvals.outcome import closed
from countersign.approvals.questions import ask_back
from countersign.domain.approvals.approval import Choice, Decision
from countersign.domain.approvals.authority import authority
from countersign.domain.jobs.change import Link
from countersign.portal import session
from countersign.portal.inbox import waiting
from countersign.portal.inbox_view import HOME, way_back
from countersign.portal.session import SignedIn
from countersign.runtime.deps import Deps
from countersign.web import notices
from countersign.web.forms import Fault, HttpRefusal, trust_origin
from countersign.web.http import Request, Response
from countersign.web.page_cookie import Opened, opened
from countersign.web.paths import path
from countersign.web.responses import see


def answer(deps: Deps, request: Request) -> Response:
    """`/approvals/requests/{job}/{approval}`; `?edit=` and `?question=` as on the link's page."""
    who = session.signed_in(deps, request)
    if who is None and request.method != "POST":
        return see(session.SIGN_IN)
    who = session.require(deps, request)
    here = _here(deps, request, who)
    if here.standing != "open":
        return closed(here, 409 if request.method == "POST" else 200, home=_next(deps, who))
    if "edit" in request.query:
        return edit(deps, request, here, home=HOME)
    if "question" in request.query:
        asked = ask_back(deps, request, here)
        return see(path(here.approval)) if asked.status == see("").status else asked
    if request.method == "POST":
        return _take(deps, request, here, who)
    held = session.shown(deps, request, who, _place(request))
    return show(deps, here, held)


def _here(deps: Deps, request: Request, who: SignedIn) -> LinkHolder:
    """The request, as if by a link that is this session's page: it has no secret, closes after no
    number of tries, and no other session has it. Raises HttpRefusal, always alike, for a request
    that is not there or not theirs."""
    job_id, approval_id = request.params.get("job", ""), request.params.get("approval", "")
    person_id = who.member.person.id
    try:
        here = arrived(deps, job_id, approval_id, person_id)
    except HttpRefusal:
        raise HttpRefusal(notices.NOT_YOURS) from None
    link = Link(
        link_id=who.page(_place(request)),
        secret_hash="",
        job_id=job_id,
        approval_id=approval_id,
        person_id=person_id,
    )
    return LinkHolder(**vars(here), link=link, secret="")


def _next(deps: Deps, who: SignedIn) -> str:
    """The way back to the inbox, and what waits there."""
    return way_back(len(waiting(deps, who)))


def _take(deps: Deps, request: Request, here: LinkHolder, who: SignedIn) -> Response:
    trust_origin(request, deps.settings.public_base_url)
    filled = form.read(request)
    held = opened(deps, request, here.link.link_id, here.now)
    if held is None:
        raise HttpRefusal(notices.PORTAL_OPEN_AGAIN)
    form.about(filled, here.approval)
    wrong = code_faults(deps, here.link, held, filled.code)
    faults = (*form.faults(filled, here.approval), *wrong)
    decision = _decision(here, held, filled)
    judged = authority(here.member, here.approval, decision)
    if not faults and not judged.allowed:
        faults = (Fault("choice-1", f"This cannot be recorded: {judged.reason}."),)
    if faults:
        return show(deps, here, held, replace(filled, faults=faults))
    try:
        after = record_decision(deps, here, decision, filled.typed)
    except CodeAsked as code_asked:
        return show(deps, here, held, asking(filled, code_asked))
    if decision not in after.approval.signatures:
        return closed(after, 409, home=_next(deps, who))
    return see(path(here.approval))


def _place(request: Request) -> str:
    return f"request {request.params.get('approval', '')}"


def _decision(here: LinkHolder, held: Opened, filled: Filled) -> Decision:
    return Decision(
        by=here.person.id,
        at=here.now,
        choices={digest: Choice(choice) for digest, choice in filled.choices.items()},
        cause=form.cause_of(filled),
        reason=filled.reason,
        opened_at=held.at,
        via="inbox",
    )
