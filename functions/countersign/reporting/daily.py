"""The daily list: what ended without a plan of its own is shown to whoever owns its workflow.

A job that was dismissed, rejected, joined or in shadow leaves a due row, and so does a form that
broke its contract: its case is open, and who mends the form may be somebody else. It comes round
when the next working day of the company begins, and the first of a workflow takes all of them
along: one mail.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from countersign.domain.approvals.working_hours import Hours, next_opening
from countersign.domain.errors import NotFound
from countersign.domain.jobs.audit import Entry
from countersign.domain.jobs.change import Change, Due, JobRecord
from countersign.domain.jobs.inbox import open_case
from countersign.domain.jobs.job import Status
from countersign.domain.jobs.unread import UNREAD
from countersign.domain.mail import Email, of_job
from countersign.domain.workflow import Workflow
from countersign.jobs.handover import about, owners, send_once
from countersign.jobs.resume import TICK, settled
from countersign.reporting.sealing import roots
from countersign.runtime.deps import Deps
from countersign.web.paths import job_path
from countersign.web.text import UTC, counted, moment, one_line

MOST = 50
"""Jobs that one mail names; of the others it says how many they are."""
_REASON, _NAME = 200, 40
_ROOTS = "Roots over the record, an hour each. Keep them: `countersign audit verify --sealed ROOT`."
_JOINED = "joined"
_ENDS = frozenset({_JOINED, "closed"})
_ASIDE = (
    "These ended without anything of their own being done. Whatever should not have: open it and "
    "take it up, with a reason."
)
_BROKEN = (
    "These forms broke their contract: each is a case that waits for somebody. Whoever runs the "
    "site that sent them has to mend the fields that the lines name."
)
_SHADOWED = (
    "What was in shadow acts on nothing: do it by hand as before, and mark on its page whether "
    "what would have been done is right."
)


def is_listed(record: JobRecord) -> bool:
    """Whether it belongs on the list: set aside, or a broken form whose case is open."""
    return is_set_aside(record) or _is_broken(record)


def _is_broken(record: JobRecord) -> bool:
    return UNREAD in record.results and open_case(record) is not None


def is_set_aside(record: JobRecord) -> bool:
    """Whether the job is over and nothing of its own was done."""
    status, end = record.job.status, _end(record)
    joined = end is not None and end.event == _JOINED
    nothing = status in (Status.REJECTED, Status.SHADOWED)
    return nothing or (status is Status.COMPLETED and joined)


def _end(record: JobRecord) -> Entry | None:
    """What the audit trail says of its last end."""
    return next((one for one in reversed(record.audit) if one.event in _ENDS), None)


def mail_daily(deps: Deps, record: JobRecord) -> None:
    """Once the day has come, mail the list that the job is in; before that, wait for it. Raises
    Throttled and Unavailable: the rows stay, and who was told is marked."""
    if not is_listed(record):
        settled(deps, record, "daily")
        return
    workflow = deps.workflows.get(record.job.workflow)
    opens = _morning(workflow, record)
    if record.due["daily"].at < opens:
        change = Change(event="listed", actor=TICK, due=(Due(kind="daily", at=opens),))
        deps.commit(record, change)
        return
    jobs = _due(deps, workflow, record)
    _mail(deps, workflow, jobs)
    for one in jobs:
        deps.update(one.job.job_id, _settled)


def _morning(workflow: Workflow[Any] | None, record: JobRecord) -> datetime:
    """When the working day after the job's end begins."""
    zone, holidays = (workflow.zone, workflow.holidays) if workflow else (UTC, frozenset())
    end = _end(record)
    return next_opening(end.at if end else record.job.updated_at, Hours(zone=zone), holidays)


def _settled(held: JobRecord) -> Change | None:
    if "daily" not in held.due:
        return None
    return Change(event="daily list mailed", actor=TICK, done=("daily",))


def _due(deps: Deps, workflow: Workflow[Any] | None, first: JobRecord) -> Sequence[JobRecord]:
    """`first`, and every other job of its workflow whose morning has come."""
    found = {first.job.job_id: first}
    for row in deps.store.due(deps.clock.now()):
        if row.due.kind == "daily" and row.job_id not in found:
            _find(deps, row.job_id, found)
    same = (one for one in found.values() if one.job.workflow == first.job.workflow)
    ready = (one for one in same if _is_ready(workflow, one))
    return sorted(ready, key=lambda one: one.job.job_id)


def _find(deps: Deps, job_id: str, found: dict[str, JobRecord]) -> None:
    try:
        found[job_id] = deps.store.load(job_id)
    except NotFound:
        return


def _is_ready(workflow: Workflow[Any] | None, record: JobRecord) -> bool:
    held = record.due.get("daily")
    return is_listed(record) and held is not None and held.at >= _morning(workflow, record)


def _mail(deps: Deps, workflow: Workflow[Any] | None, jobs: Sequence[JobRecord]) -> None:
    zone = workflow.zone if workflow else UTC
    head, day = jobs[0], deps.clock.now().date()
    role = workflow.owner if workflow else "operations"
    for person in sorted(owners(deps, role), key=lambda one: one.id):
        mark = f"daily-{day}-{person.id}"
        if mark in head.notes:
            continue
        text = told(deps, workflow, jobs, deps.people.directory().zone(person, zone))
        sealed = _sealed(deps)
        notice = Email(
            to=person.address,
            subject=f"{text.title}: {text.counts}",
            text=f"Hello {one_line(person.name, _NAME)},\n\n{text.body}{sealed}",
        )
        send_once(deps, of_job(notice, head.job.job_id, "daily"))
        deps.store.note(head.job.job_id, mark)


def _sealed(deps: Deps) -> str:
    """The roots of the last day: who keeps this mail can check our records by it."""
    lines = list(roots(deps, deps.clock.now() - timedelta(days=1)))
    return "\n".join(("", _ROOTS, *lines, "")) if lines else ""


@dataclass(frozen=True)
class Told:
    """A list in words."""

    title: str
    counts: str
    """How many messages were set aside, and how many forms are broken."""
    body: str


def told(
    deps: Deps, workflow: Workflow[Any] | None, jobs: Sequence[JobRecord], zone: str = UTC
) -> Told:
    """What is listed of `jobs`, for somebody in `zone`."""
    title = workflow.title if workflow else jobs[0].job.workflow
    broken = [one for one in jobs if _is_broken(one)]
    aside = [one for one in jobs if not _is_broken(one)]
    shadowed = any(one.job.status is Status.SHADOWED for one in aside)
    parts = (
        (aside, (_ASIDE, _SHADOWED) if shadowed else (_ASIDE,)),
        (broken, (_BROKEN,)),
    )
    body = [
        line
        for these, head in parts
        if these
        for line in (*head, "", *_listed(deps, workflow, these, zone))
    ]
    counts = (
        f"{counted(len(aside), 'message')} set aside" if aside else "",
        counted(len(broken), "broken form") if broken else "",
    )
    return Told(title, ", ".join(filter(None, counts)), "\n".join((*body, "")))


def _listed(
    deps: Deps, workflow: Workflow[Any] | None, jobs: Sequence[JobRecord], zone: str
) -> Iterable[str]:
    for one in jobs[:MOST]:
        yield from _lines(deps, workflow, one, zone)
    more = len(jobs) - MOST
    if more > 0:
        yield f"… and {counted(more, 'more message')}: countersign daily"


def _lines(
    deps: Deps, workflow: Workflow[Any] | None, record: JobRecord, zone: str
) -> Iterable[str]:
    job = record.job
    yield f"- {moment(job.created_at, zone)}: {one_line(job.reason or job.status.value, _REASON)}"
    yield from (f"  {name}: {said}" for name, said in about(record, workflow).items())
    yield f"  {deps.settings.public_base_url}{job_path(job.job_id)}"
    yield ""
