"""The inbox: a page of everything that waits for somebody signed in. Reading it writes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from countersign.approvals.access import Addressee, arrived
from countersign.domain.approvals.approval import Approval
from countersign.domain.errors import NotFound
from countersign.domain.jobs.change import JobRecord, Listed
from countersign.domain.jobs.inbox import boxes
from countersign.domain.planning.charge import may_resolve
from countersign.jobs.handover import team_name
from countersign.portal import bulk, session
from countersign.portal.inbox_view import MOST, heading, way_on
from countersign.portal.inbox_view import inbox as inbox_view
from countersign.portal.session import SignedIn
from countersign.runtime.deps import Deps
from countersign.web import forms
from countersign.web.forms import Form, HttpRefusal
from countersign.web.http import Request, Response
from countersign.web.paths import HOME, Way, case_path, path
from countersign.web.responses import page

PLACE = bulk.PLACE


def answer(deps: Deps, request: Request) -> Response:
    """`/approvals`: GET lists, POST decides the checked requests of one group together."""
    return session.for_member(deps, request, _page)


def _page(deps: Deps, request: Request, here: SignedIn) -> Response:
    if request.method != "POST":
        return show(deps, request, here, None)
    fields = forms.fields(deps, request)
    held, faults = session.submitted(deps, request, here, PLACE, fields)
    filled = bulk.read(fields)
    faults = (
        *bulk.faults(filled),
        *(replace(one, field=filled.code_field) for one in faults),
    )
    if faults:
        form = Form(shown="", code=held.code, faults=faults)
        form = replace(form, reason=filled.reason, typed=fields.get("code", ""))
        return show(deps, request, here, replace(form, choices=filled.kept()))
    return bulk.decided(deps, here, replace(filled, opened_at=held.at))


def show(deps: Deps, request: Request, here: SignedIn, form: Form | None) -> Response:
    """The page, with what was typed when something was wrong with it."""
    rows = waiting(deps, here)
    requests, cases = _requests(deps, here, rows), _cases(deps, here, rows)
    person = here.member.person.name
    more = len(rows) > MOST
    view = inbox_view(
        person,
        requests,
        cases,
        deps.workflows,
        here.now,
        more=more,
        zone=here.zone,
        named=partial(team_name, deps),
    )
    held = session.shown(deps, request, here, PLACE)
    return page(
        422 if form else 200,
        "inbox.html.j2",
        cookie=held.set_cookie,
        it=view,
        heading=heading(view.requests, len(view.cases)),
        form=form or Form(shown="", code=held.code),
        opened=session.stamp(deps, here, PLACE),
    )


def waiting(deps: Deps, here: SignedIn) -> Sequence[Listed]:
    """The oldest rows of all the boxes that somebody reads: one more than a page shows."""
    rows = {
        (row.job_id, row.approval_id): row
        for box in boxes(here.member)
        for row in deps.store.inbox(box, MOST + 1)
    }
    return sorted(rows.values(), key=lambda row: row.since)[: MOST + 1]


def next_for(deps: Deps, here: SignedIn) -> Way:
    """What waits for them next, and how much is left; the inbox where nothing is."""
    rows = waiting(deps, here)
    return way_on(len(rows), next((at for row in rows if (at := _place(deps, here, row))), HOME))


def _place(deps: Deps, here: SignedIn, row: Listed) -> str:
    """Where the row leads; empty for one that is behind its job."""
    if not row.approval_id:
        return case_path(row.job_id)
    one = _asked(deps, here, row)
    return path(one.approval) if one and one.standing == "open" else ""


def _requests(
    deps: Deps, here: SignedIn, rows: Sequence[Listed]
) -> list[tuple[JobRecord, Approval]]:
    """What is asked and can be decided now; a row that is behind its job is left out."""
    found = (_asked(deps, here, row) for row in rows[:MOST] if row.approval_id)
    return [(one.record, one.approval) for one in found if one and one.standing == "open"]


def _asked(deps: Deps, here: SignedIn, row: Listed) -> Addressee | None:
    try:
        return arrived(deps, row.job_id, row.approval_id, here.member.person.id)
    except HttpRefusal:
        return None


def _cases(deps: Deps, here: SignedIn, rows: Sequence[Listed]) -> list[JobRecord]:
    found = (_loaded(deps, row.job_id) for row in rows[:MOST] if not row.approval_id)
    return [one for one in found if one is not None and _takes(deps, here, one)]


def _takes(deps: Deps, here: SignedIn, record: JobRecord) -> bool:
    workflow = deps.workflows.get(record.job.workflow)
    return may_resolve(here.member, record, workflow).allowed


def _loaded(deps: Deps, job_id: str) -> JobRecord | None:
    try:
        return deps.store.load(job_id)
    except NotFound:
        return None
