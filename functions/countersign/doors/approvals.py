"""The approval pages: GET, HEAD and OPTIONS only show; a POST from a page decides, once."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import quote

from countersign import observability
from countersign.deps import Deps
from countersign.domain.approvals import Choice, Decision
from countersign.domain.authority import authority
from countersign.domain.errors import ContractBroken, NotAuthorised, Transient, UnknownVersion
from countersign.doors import approval_form as form_in
from countersign.doors.approval_answers import allowed, notice, see
from countersign.doors.approval_closed import closed
from countersign.doors.approval_code import code_faults, opened_here
from countersign.doors.approval_cookie import Opened, opened_now
from countersign.doors.approval_decision import record_decision
from countersign.doors.approval_edit import edit
from countersign.doors.approval_form import Filled, TurnedAway
from countersign.doors.approval_question import ask_back, give_answer
from countersign.doors.approval_shown import asking, show
from countersign.doors.approval_visit import Visit, genuine, visit
from countersign.doors.http import Request, Response
from countersign.doors.mailed_code import CodeAsked
from countersign.pages import notices
from countersign.pages.form import Fault
from countersign.runtime import production


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
        case "GET" | "POST":
            return _page(deps, request)
        case "HEAD":
            return _page(deps, request).without_body()
        case "OPTIONS":
            return allowed(204)
        case _:
            raise TurnedAway(notices.NO_METHOD)


def _page(deps: Deps, request: Request) -> Response:
    """The page that link and address name: an answer to a question, an edit, a question, or the
    decision."""
    link = genuine(deps, request)
    if link.question:
        return give_answer(deps, request, link)
    here = visit(deps, request, link)
    if here.standing != "open":
        return closed(here, 409 if request.method == "POST" else 200)
    if "edit" in request.query:
        return edit(deps, request, here)
    if "question" in request.query:
        return ask_back(deps, request, here)
    return _take(deps, request, here) if request.method == "POST" else _show(deps, request, here)


def _show(deps: Deps, request: Request, here: Visit) -> Response:
    return show(deps, here, opened_now(deps, request, here.link.link_id, here.now))


def _take(deps: Deps, request: Request, here: Visit) -> Response:
    """Everything that a decision needs, in the order in which nothing is given away."""
    form_in.trust_origin(request, deps.settings.public_base_url)
    filled = form_in.read(request)
    held = opened_here(deps, request, here.link)
    form_in.about(filled, here.approval)
    code = code_faults(deps, here.link, held, filled.code)
    faults = (*form_in.faults(filled, here.approval), *code)
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
        return closed(after, 409)
    return see(f"/approvals/{quote(here.link.link_id)}/{quote(here.secret)}")


def _decision(here: Visit, held: Opened, filled: Filled) -> Decision:
    return Decision(
        by=here.person.id,
        at=here.now,
        choices={digest: Choice(choice) for digest, choice in filled.choices.items()},
        cause=form_in.cause_of(filled),
        reason=filled.reason,
        opened_at=held.at,
    )
