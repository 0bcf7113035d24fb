"""The page of a request, whichever way somebody came to it: shown, or shown again with faults."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from countersign.contacts import contact_for
from countersign.deps import Deps
from countersign.doors import approval_form as form_in
from countersign.doors.approval_answers import page
from countersign.doors.approval_cookie import Opened
from countersign.doors.approval_form import Filled
from countersign.doors.approval_visit import Visit
from countersign.doors.http import Response
from countersign.doors.mailed_code import CodeAsked
from countersign.pages.approval import request as request_view
from countersign.pages.form import Fault, Form


def show(deps: Deps, here: Visit, held: Opened, filled: Filled | None = None) -> Response:
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
    form = Form(shown=form_in.shown(here.approval), code=held.code)
    if filled is not None:
        form = _again(form, filled)
    return page(
        200 if filled is None else 422,
        "approval.html.j2",
        cookie=held.set_cookie,
        it=view,
        form=form,
    )


def asking(filled: Filled, asked: CodeAsked) -> Filled:
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


def _names(deps: Deps, here: Visit) -> Mapping[str, str]:
    """Names of people who may not be among the approvers; read only when somebody is named."""
    if not here.approval.instead_of and not here.approval.editors:
        return {}
    return {m.person.id: m.person.name for m in deps.people.directory().members}
