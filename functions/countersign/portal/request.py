"""One request, read and decided by somebody signed in: the same page as the link's."""

from __future__ import annotations

from countersign.approvals.access import LinkHolder, arrived
from countersign.approvals.edit import edit
from countersign.approvals.handlers import show, take
from countersign.approvals.outcome import closed
from countersign.approvals.questions import ask_back
from countersign.approvals.renewal import renew
from countersign.domain.jobs.change import Link
from countersign.jobs.originals import read_once
from countersign.jobs.renewal import is_lost
from countersign.portal import session
from countersign.portal.inbox import next_for
from countersign.portal.session import SignedIn
from countersign.runtime.deps import Deps
from countersign.web import notices
from countersign.web.forms import HttpRefusal
from countersign.web.http import Request, Response
from countersign.web.paths import BACK


def answer(deps: Deps, request: Request) -> Response:
    """`/approvals/requests/{job}/{approval}`; `?edit=` and `?question=` as on the link's page."""
    return session.for_member(deps, request, _page)


def _page(deps: Deps, request: Request, who: SignedIn) -> Response:
    here = _here(deps, request, who)
    if here.standing != "open":
        return closed(here, 409 if request.method == "POST" else 200, home=next_for(deps, who))
    if is_lost(deps, here.record):
        return renew(deps, request, here, home=BACK)
    if "edit" in request.query:
        return edit(deps, request, here, home=BACK)
    if "question" in request.query:
        return ask_back(deps, request, here)
    if request.method == "POST":
        return take(deps, request, here, lambda: next_for(deps, who))
    read = here.at(read_once(deps, here.record, who.member.person.id))
    held = session.shown(deps, request, who, _place(request))
    return show(deps, read, held)


def _here(deps: Deps, request: Request, who: SignedIn) -> LinkHolder:
    """The request, as if by a link that is this session's page. Raises HttpRefusal, always alike,
    for one that is not there or not theirs."""
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


def _place(request: Request) -> str:
    return f"request {request.params.get('approval', '')}"
