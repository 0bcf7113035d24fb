"""The approval pages: GET, HEAD and OPTIONS only show; a POST from a page decides, once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from countersign.approvals import form
from countersign.approvals.access import LinkHolder, code_faults, genuine, opened_here, visit
from countersign.approvals.decide import record_decision
from countersign.approvals.edit import edit
from countersign.approvals.form import Filled, shown
from countersign.approvals.mailed_code import CodeAsked
from countersign.approvals.outcome import closed
from countersign.approvals.questions import ask_back, give_answer
from countersign.approvals.renewal import renew
from countersign.approvals.service import contact_for
from countersign.approvals.views.request import request as request_view
from countersign.approvals.views.request import said_before
from countersign.domain.approvals.approval import Choice, Decision, still_open
from countersign.domain.errors import NotPermitted
from countersign.jobs.renewal import is_lost
from countersign.runtime.deps import Deps
from countersign.web import notices
from countersign.web.forms import Fault, Form, fields
from countersign.web.http import Request, Response
from countersign.web.page_cookie import Opened, opened_now
from countersign.web.paths import INBOX, Way, path
from countersign.web.responses import framed, notice, page, see


def show(deps: Deps, here: LinkHolder, held: Opened, filled: Filled | None = None) -> Response:
    """The page; with a form that was filled in, 422 and everything that was typed."""
    view = request_view(
        here.record,
        here.approval,
        here.person,
        here.workflow,
        here.now,
        contact=contact_for(deps, here.workflow.id, here.person, here.now),
        known=_names(deps, here),
        zone=here.zone,
    )
    choices = said_before(here.record, here.approval, here.person)
    code = "" if _one_click(here) else held.code
    form = Form(shown=shown(here.approval), code=code, choices=choices)
    if filled is not None:
        form = _again(form, filled)
    return page(
        200 if filled is None else 422,
        "approval.html.j2",
        cookie=held.set_cookie,
        it=view,
        form=form,
    )


def _one_click(here: LinkHolder) -> bool:
    """Whether all that is asked was approved by the same person, as it was before it changed. They
    typed a code to sign in, so that one click says so again. A link's page is open to whoever reads
    the mail: its code is typed each time."""
    again = said_before(here.record, here.approval, here.person)
    return here.signed_in and set(again) >= still_open(here.approval)


def _asking(filled: Filled, asked: CodeAsked) -> Filled:
    """The form with the question for the mailed code."""
    wrong = (Fault("mailed", asked.step.message),) if asked.step.wrong else ()
    return replace(filled, mailed=asked.step, faults=wrong)


def _again(form: Form, filled: Filled) -> Form:
    return replace(
        form,
        choices=filled.choices,
        cause=filled.cause,
        reason=filled.reason,
        typed=filled.code,
        faults=filled.faults,
        mailed=filled.mailed,
    )


def _names(deps: Deps, here: LinkHolder) -> Mapping[str, str]:
    """Names of people who may not be among the approvers; read only when somebody is named."""
    if not here.approval.instead_of and not here.approval.editors:
        return {}
    return {m.person.id: m.person.name for m in deps.people.directory().members}


def answer(deps: Deps, request: Request) -> Response:
    """The answer to one request for `/approvals/{link}/{secret}`."""
    return framed(lambda request: _page(deps, request), request)


def _page(deps: Deps, request: Request) -> Response:
    """The page that link and address name: an answer to a question, an edit, a question, or the
    decision."""
    link = genuine(deps, request)
    if link.question:
        return give_answer(deps, request, link)
    here = visit(deps, request, link)
    if here.standing != "open":
        return closed(here, 409 if request.method == "POST" else 200)
    if here.approval.sign_in:
        return notice(notices.SIGNED_IN_ONLY, home=Way("Sign in", path(here.approval)))
    return _waiting(deps, request, here)


def _waiting(deps: Deps, request: Request, here: LinkHolder) -> Response:
    """What a person with a link of their own does with a request that waits."""
    if is_lost(deps, here.record):
        return renew(deps, request, here)
    if "edit" in request.query:
        return edit(deps, request, here)
    if "question" in request.query:
        return ask_back(deps, request, here)
    if request.method == "POST":
        return take(deps, request, here)
    return show(deps, here, opened_now(deps, request, here.link.link_id, here.now))


def take(
    deps: Deps, request: Request, here: LinkHolder, home: Callable[[], Way] = lambda: INBOX
) -> Response:
    """Everything that a decision needs, in the order in which nothing is given away, whichever way
    they came. `home` is asked for what leads on."""
    filled = form.read(fields(deps, request))
    held = opened_here(deps, request, here.link)
    form.about(filled, here.approval)
    code = () if _one_click(here) else code_faults(deps, here.link, held, filled.code)
    faults = (*form.faults(filled, here.approval), *code)
    if faults:
        return show(deps, here, held, replace(filled, faults=faults))
    decision = _decision(here, held, filled)
    try:
        after = record_decision(deps, here, decision, filled.typed)
    except NotPermitted as refused:
        faults = (Fault("choice-1", f"This cannot be recorded: {refused}."),)
        return show(deps, here, held, replace(filled, faults=faults))
    except CodeAsked as code_asked:
        return show(deps, here, held, _asking(filled, code_asked))
    if decision not in after.approval.signatures:
        return closed(after, 409, home=home())
    return see(here.path)


def _decision(here: LinkHolder, held: Opened, filled: Filled) -> Decision:
    return Decision(
        by=here.person.id,
        at=here.now,
        choices={digest: Choice(choice) for digest, choice in filled.choices.items()},
        cause=form.cause_of(filled),
        reason=filled.reason,
        opened_at=held.at,
        via="inbox" if here.signed_in else "link",
    )
