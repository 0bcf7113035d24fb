"""The approval pages: GET, HEAD and OPTIONS only show; a POST from the page decides, once."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import quote

from countersign import observability
from countersign.domain import links
from countersign.domain.approvals import Choice, Decision
from countersign.domain.authority import authority
from countersign.domain.change import Link
from countersign.domain.errors import (
    ContractBroken,
    NotAuthorised,
    StoreConflict,
    Transient,
    UnknownVersion,
)
from countersign.doors import approval_form as form_in
from countersign.doors.approval_answers import allowed, notice, page, see
from countersign.doors.approval_cookie import Opened, opened, opened_now
from countersign.doors.approval_decision import record_decision
from countersign.doors.approval_form import Filled, TurnedAway
from countersign.doors.approval_visit import TRIES, Visit, visit
from countersign.doors.http import Request, Response
from countersign.pages import notices
from countersign.pages.approval import request as request_view
from countersign.pages.decided import decided as decided_view
from countersign.pages.form import Fault, Form
from countersign.runtime import Deps, production


def answer(deps: Deps, request: Request) -> Response:
    """The answer to one request for `/approvals/{link}/{secret}`."""
    try:
        return _routed(deps, request)
    except TurnedAway as turned:
        return notice(turned.notice)
    except (NotAuthorised, UnknownVersion):
        observability.count("ApprovalsDamaged")
        return notice(notices.DAMAGED)
    except Transient:
        return notice(notices.BUSY)


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Lambda's entrance: a defect of ours gives a page too, and its trace goes to the log."""
    with observability.invocation("Approvals"):
        try:
            return answer(production(), Request.of(event)).as_event()
        except ContractBroken:
            return notice(notices.MALFORMED).as_event()
        except Exception:  # noqa: BLE001 - the outermost edge; `defect` logs the trace
            observability.defect("Approvals")
            return notice(notices.DEFECT).as_event()


def _routed(deps: Deps, request: Request) -> Response:
    match request.method:
        case "GET":
            return _show(deps, request, visit(deps, request))
        case "HEAD":
            return _show(deps, request, visit(deps, request)).without_body()
        case "POST":
            return _take(deps, request, visit(deps, request))
        case "OPTIONS":
            return allowed(204)
        case _:
            raise TurnedAway(notices.NO_METHOD)


def _show(deps: Deps, request: Request, here: Visit) -> Response:
    if here.standing != "open":
        return _closed(here, 200)
    return _form(here, opened_now(deps, request, here.link.link_id, here.now), 200, None)


def _take(deps: Deps, request: Request, here: Visit) -> Response:
    """Everything that a decision needs, in the order in which nothing is given away."""
    if here.standing != "open":
        return _closed(here, 409)
    form_in.trust_origin(request, deps.settings.public_base_url)
    filled = form_in.read(request)
    held = opened(deps, request, here.link.link_id, here.now)
    if held is None:
        raise TurnedAway(notices.OPEN_AGAIN)
    form_in.about(filled, here.approval)
    faults = (*form_in.faults(filled, here.approval), *_code_faults(deps, here, held, filled))
    decision = _decision(here, held, filled)
    judged = authority(here.member, here.approval, decision)
    if not faults and not judged.allowed:
        faults = (Fault("choice-1", f"This cannot be recorded: {judged.reason}."),)
    if faults:
        return _form(here, held, 422, replace(filled, faults=faults))
    after = record_decision(deps, here, decision)
    if decision not in after.approval.signatures:
        return _closed(after, 409)
    return see(f"/approvals/{quote(here.link.link_id)}/{quote(here.secret)}")


def _decision(here: Visit, held: Opened, filled: Filled) -> Decision:
    return Decision(
        by=here.person.id,
        at=here.now,
        choices={digest: Choice(choice) for digest, choice in filled.choices.items()},
        reason=filled.reason,
        opened_at=held.at,
    )


def _form(here: Visit, held: Opened, status: int, filled: Filled | None) -> Response:
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


def _closed(here: Visit, status: int) -> Response:
    """What somebody with a link of their own learns when there is nothing to decide."""
    decision = here.approval.decision
    if decision is not None:
        view = decided_view(here.record, here.approval, decision, here.person, here.workflow)
        return page(status, "decided.html.j2", it=view)
    ended = {"expired": notices.EXPIRED, "signed": notices.SIGNED}
    return notice(ended.get(here.standing, notices.MOVED_ON), status)


def _code_faults(deps: Deps, here: Visit, held: Opened, filled: Filled) -> tuple[Fault, ...]:
    """What is wrong with the typed code. No code at all is not a guess: a button clicker must not
    use up a person's tries. Raises TurnedAway at the last try."""
    if links.same_code(filled.code, held.code):
        return ()
    if not filled.code:
        return (Fault("code", "Type the code that this page shows."),)
    left = TRIES - _counted(deps, here.link)
    if left <= 0:
        raise TurnedAway(notices.TRIED_OUT)
    tries = "1 try is" if left == 1 else f"{left} tries are"
    return (Fault("code", f"That is not the code; {tries} left."),)


def _counted(deps: Deps, link: Link) -> int:
    """Count a wrong code; how many there were. Guesses at the same time are counted one by one."""
    for _ in range(TRIES):
        try:
            deps.store.count_try(link)
        except StoreConflict:
            link = deps.store.link(link.link_id)
        else:
            return link.tries + 1
    return link.tries
