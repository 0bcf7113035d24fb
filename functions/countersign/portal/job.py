"""A job's page, for everybody who is signed in, with the form that rolls it back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from countersign.domain.errors import ContractBroken, NotPermitted, UnknownVersion
from countersign.domain.jobs.change import JobRecord
from countersign.domain.jobs.inbox import case_owner
from countersign.domain.jobs.job import Status
from countersign.domain.jobs.reviews import Review
from countersign.domain.ledger.entry import ActionStatus, LedgerEntry, params_of
from countersign.domain.planning.charge import may_resolve, rejected, reopens
from countersign.domain.planning.rollback import outcome
from countersign.domain.workflow import Workflow, known
from countersign.jobs.finding import may_read
from countersign.jobs.originals import read_once, readings
from countersign.jobs.rollback import allowed, roll_back
from countersign.portal import mark, session
from countersign.portal.case import job_of
from countersign.portal.case_view import job as job_view
from countersign.portal.document import documents, made_of_items, prints
from countersign.portal.items import STILL, anew, items
from countersign.portal.session import SignedIn
from countersign.runtime.deps import Deps
from countersign.web import notices
from countersign.web.forms import REASON_LIMIT, Fault, Fields, Form, HttpRefusal, fields, text
from countersign.web.http import Request, Response
from countersign.web.notices import NO_METHOD
from countersign.web.paths import document_path, job_path, path
from countersign.web.responses import page, see
from countersign.web.text import Pieces, moment, visible
from countersign.web.wording import in_words

_ALWAYS = ("explain {job}", "audit export {job}", "replay {job} --by ID")
_BACK = ("rollback {job} --by ID --reason WHY", "rerun {job} --by ID --reason WHY")
_OUT = ("case {job} resume --by ID --words WHY", "case {job} close --by ID --words WHY")
_WAITS = ("follow {job}", "cancel {job} --by ID --reason WHY")
_HANDS: Mapping[Status, tuple[str, ...]] = {
    Status.COMPLETED: _BACK,
    Status.REJECTED: (_BACK[1],),
    Status.ROLLED_BACK: (_BACK[1],),
    Status.SHADOWED: (_BACK[1],),
    Status.ESCALATED: _OUT,
    Status.FAILED: ("redrive {job} --by ID --reason WHY", *_OUT),
    Status.PARKED: _WAITS,
    Status.WAITING_FOR_REVIEW: _WAITS,
    Status.WAITING_FOR_SENDER: _WAITS,
}
_FIXED = {"reason", "code", "opened", "version"}


def answer(deps: Deps, request: Request) -> Response:
    """`/approvals/jobs/{job}`: whoever may read the job, and its audit trail says who did; POST
    rolls it back, for those who may, while there is something to undo."""
    return session.for_member(deps, request, _page)


def _page(deps: Deps, request: Request, who: SignedIn) -> Response:
    record = job_of(deps, request)
    if not may_read(who.member, record, deps.workflows):
        raise HttpRefusal(notices.NOT_YOURS)
    if request.method == "POST":
        taken = _mark if record.job.status is Status.SHADOWED else _order
        return taken(deps, request, who, record)
    read = read_once(deps, record, who.member.person.id)
    return _show(deps, request, who, read, Form(shown="", code=""))


def _documents(
    deps: Deps, record: JobRecord, workflow: Workflow[Any] | None
) -> list[tuple[str, str]]:
    """Names and addresses of what the job keeps, and of what was made of its items."""
    kept = (*documents(record, workflow), *prints(record, workflow)) if workflow else ()
    names = (*kept, *made_of_items(deps, record))
    return [(name, document_path(record.job.job_id, name)) for name in names]


def _show(deps: Deps, request: Request, who: SignedIn, record: JobRecord, form: Form) -> Response:
    place, workflow = _place(record), deps.workflows.get(record.job.workflow)
    marked = mark.given(deps, record)
    marks = marked is not None and marked.answer is None and mark.may(deps, who, record)
    offered = marks or allowed(who.member, record, workflow).allowed
    held = session.shown(deps, request, who, place) if offered else None
    of_file = items(deps, record)
    undone, stays = preview(record, workflow).shown() if workflow and offered else ((), ())
    return page(
        422 if form.faults else 200,
        "job.html.j2",
        cookie=held.set_cookie if held else "",
        extra={} if offered else anew(request, of_file),
        items=of_file,
        still=STILL in request.query,
        it=job_view(record, workflow, who.now, who.zone),
        person=who.member.person.name,
        asks=_asks(record, who),
        takes=may_resolve(who.member, record, workflow).allowed and _takes(record),
        form=replace(form, code=held.code if held else ""),
        undone=undone,
        stays=stays,
        documents=_documents(deps, record, workflow),
        marks=marks,
        marked=mark_view(marked, who.zone),
        opened=session.stamp(deps, who, place) if offered else "",
        version=_version(record),
        commands=commands(record),
    )


def _asks(record: JobRecord, who: SignedIn) -> str:
    """Where this person decides what waits for them; empty where nothing does."""
    approval, by = record.pending, who.member.person.id
    if approval is None or approval.person(by) is None:
        return ""
    signed = any(one.by == by for one in approval.signatures)
    return "" if signed or who.now >= approval.deadline else path(approval)


def _takes(record: JobRecord) -> str:
    """What a person may do with a job that waits for one, or was set aside; empty: nothing."""
    if case_owner(record):
        return "Take up its case"
    if rejected(record):
        return "Say what becomes of it"
    return "Take it up all the same" if reopens(record) else ""


def _order(deps: Deps, request: Request, who: SignedIn, record: JobRecord) -> Response:
    """Raises HttpRefusal for who may not, or when there is nothing to undo (any more)."""
    workflow = deps.workflows.get(record.job.workflow)
    if not allowed(who.member, record, workflow).allowed:
        raise HttpRefusal(NO_METHOD)
    given = fields(deps, request)
    if set(given) != _FIXED:
        raise HttpRefusal(notices.MALFORMED)
    _, wrong = session.submitted(deps, request, who, _place(record), given)
    reason = text(given, "reason")
    faults = (*_faults(record, given, reason), *wrong)
    if not faults:
        faults = _ordered(deps, who, record, reason)
    if not faults:
        return see(job_path(record.job.job_id))
    form = Form(shown="", code="", reason=reason, typed=given["code"], faults=faults)
    return _show(deps, request, who, record, form)


def _mark(deps: Deps, request: Request, who: SignedIn, record: JobRecord) -> Response:
    """What a person says of a job in shadow. Raises HttpRefusal as `mark.take`."""
    form, stored = mark.take(deps, request, who, record, _place(record))
    if stored:
        return see(job_path(record.job.job_id))
    return _show(deps, request, who, record, form)


def _ordered(deps: Deps, who: SignedIn, record: JobRecord, reason: str) -> tuple[Fault, ...]:
    try:
        job, by = record.job, who.member.person.id
        roll_back(deps, job.job_id, by=by, reason=reason, version=job.version)
    except (ContractBroken, NotPermitted) as refused:
        return (Fault("reason", f"Nothing was ordered: {refused}."),)
    return ()


def _faults(record: JobRecord, given: Fields, reason: str) -> tuple[Fault, ...]:
    found = []
    if given["version"] != str(_version(record)):
        found.append(Fault("reason", "The job changed since the page was shown. Read it again."))
    if not reason:
        found.append(Fault("reason", "Say why it is undone."))
    if len(reason) > REASON_LIMIT:
        found.append(Fault("reason", f"The reason is longer than {REASON_LIMIT} characters."))
    return tuple(found)


@dataclass(frozen=True)
class Mark:
    """What somebody said of a job in shadow."""

    verdict: str
    by: str
    when: str
    why: Pieces
    did: Pieces


def mark_view(review: Review | None, zone: str) -> Mark | None:
    """For a page; None while nobody has said anything."""
    said = review.answer if review else None
    if said is None:
        return None
    words = {"ok": "Right", "wrong": "Wrong", "void": "Not shown to anybody"}
    return Mark(
        words[said.verdict], said.by, moment(said.at, zone), visible(said.why), visible(said.did)
    )


def _version(record: JobRecord) -> int:
    """Of what a form is about: who reads the job meanwhile changes nothing of it."""
    return record.job.version - readings(record)


def commands(record: JobRecord) -> tuple[str, ...]:
    """What can be done with the job as it stands, as commands to copy."""
    job_id, status = record.job.job_id, record.job.status
    hands = _HANDS.get(status, ())
    return tuple(f"countersign {one.format(job=job_id)}" for one in (*_ALWAYS, *hands))


def _place(record: JobRecord) -> str:
    return f"job {record.job.job_id}"


@dataclass(frozen=True)
class Stays:
    """An action that cannot be undone, and why."""

    words: str
    why: str


@dataclass(frozen=True)
class Preview:
    """What an order would do."""

    undone: tuple[str, ...]
    """One sentence each, in the order in which they are undone."""
    stays: tuple[Stays, ...]

    def shown(self) -> tuple[tuple[Pieces, ...], tuple[tuple[Pieces, Pieces], ...]]:
        """The same for a page."""
        stays = tuple((visible(one.words), visible(one.why)) for one in self.stays)
        return tuple(visible(one) for one in self.undone), stays


def preview(record: JobRecord, workflow: Workflow[Any]) -> Preview:
    """What an order would do to the job as it stands, should nobody have changed the targets."""
    after = outcome(record, workflow)
    return Preview(
        undone=tuple(
            undo_words(held, workflow)
            for held in reversed(after)
            if held.status is ActionStatus.UNDO
        ),
        stays=tuple(
            Stays(in_words(held, workflow), held.note)
            for held in after
            if held.status in (ActionStatus.KEPT, ActionStatus.UNKNOWN)
        ),
    )


def undo_words(held: LedgerEntry, workflow: Workflow[Any]) -> str:
    """What undoing it does; the action's own sentence when this code cannot read its bytes."""
    action = known(workflow, held)
    try:
        if action and action.undo:
            return action.undo.words(params_of(held, action))
    except UnknownVersion:
        pass
    return in_words(held, workflow)
