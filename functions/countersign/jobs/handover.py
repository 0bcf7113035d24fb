"""Opening a case and telling its owner, whoever finds that a person must look."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from countersign import observability
from countersign.domain.approvals.approval import Person
from countersign.domain.approvals.working_hours import Hours, worked
from countersign.domain.errors import Ambiguous, DefinitionBroken
from countersign.domain.jobs.cases import Case
from countersign.domain.jobs.change import JobRecord
from countersign.domain.jobs.handing import handed_of
from countersign.domain.mail import Email, of_job
from countersign.domain.workflow import Workflow
from countersign.runtime.deps import Deps
from countersign.runtime.pace import post
from countersign.web.paths import case_path
from countersign.web.rendering import render
from countersign.web.text import UTC, moment, one_line
from countersign.web.wording import STATUS_WORDS

_SUBJECT, _NAME, _LINE = 140, 40, 300


@dataclass(frozen=True)
class _CaseMail:
    subject: str
    person: str
    workflow: str
    reason: str
    actions: tuple[str, ...]
    due: str
    url: str
    command: str


def case_opened(
    record: JobRecord,
    workflow: Workflow[Any] | None,
    case: Case,
    owner: Person,
    base_url: str,
    *,
    zone: str = UTC,
) -> Email:
    """The notice to a case's owner: why, how the actions stand, and where the three ways out are:
    on its page, for whoever is signed in, or at a terminal."""
    title = workflow.title if workflow else record.job.workflow
    reason = one_line(case.reason, _LINE)
    it = _CaseMail(
        subject=one_line(f"Case: {title}: {reason}", _SUBJECT),
        person=one_line(owner.name, _NAME),
        workflow=title,
        reason=reason,
        # Ids, not words: the words hold addresses, and the case page has them.
        actions=tuple(f"{h.action}: {STATUS_WORDS[h.status]}" for h in record.ledger),
        due=moment(case.due_at, zone),
        url=f"{base_url}{case_path(case.job_id)}",
        command=f"countersign case {case.job_id} resume|done|close --by PERSON",
    )
    html = render("mail_case.html.j2", it=asdict(it))
    return Email(to=owner.address, subject=it.subject, text=_case_text(it), html=html)


def _case_text(it: _CaseMail) -> str:
    return "\n".join(
        (
            f"Hello {it.person},",
            "",
            f"a job of {it.workflow} cannot go on by itself: {it.reason}",
            *(("", "How its actions stand:") if it.actions else ()),
            *(f"  - {line}" for line in it.actions),
            "",
            f"Please take it up before {it.due}:",
            it.url,
            f"  or at a terminal: {it.command}",
            "",
            "Opening the page decides nothing. It asks you to sign in first.",
            "",
        )
    )


CASE_FOR = timedelta(days=2)


def new_case(deps: Deps, record: JobRecord, reason: str) -> Case:
    """A case for the team that the job was handed over to, else for the owner of its workflow.
    `reason` quotes nothing from outside."""
    now, workflow, handed = deps.clock.now(), _workflow(deps, record), handed_of(record)
    team = handed.team if handed else ""
    return Case(
        job_id=record.job.job_id,
        reason=reason,
        owner=team or (workflow.owner if workflow else "operations"),
        opened_at=now,
        due_at=_due(deps, team, now) if team else now + CASE_FOR,
    )


def _due(deps: Deps, team: str, now: datetime) -> datetime:
    """When the team's own time is over, in the company's working hours."""
    of = deps.company
    if of is None or team not in of.teams:
        return now + CASE_FOR
    within = timedelta(hours=float(of.teams[team].hours))
    return worked(now, within, Hours(zone=of.zone), frozenset(of.holidays))


def tell_owner(deps: Deps, record: JobRecord) -> None:
    """Mail the notice of the job's case, once per case and while it is open; the mark follows the
    mail. Raises Throttled and Unavailable: nothing was sent."""
    owner, case = deps.settings.case_owner, record.case
    if owner is None or case is None or case.resolution is not None:
        return
    mark = f"case-{int(case.opened_at.timestamp())}"
    if mark not in record.notes:
        workflow = _workflow(deps, record)
        zone = deps.people.directory().zone(owner, workflow.zone if workflow else "UTC")
        notice = case_opened(
            record, workflow, case, owner, deps.settings.public_base_url, zone=zone
        )
        _send_once(deps, of_job(notice, record.job.job_id, "case"))
        deps.store.note(record.job.job_id, mark)


def _workflow(deps: Deps, record: JobRecord) -> Workflow[Any] | None:
    """The job's workflow; None when this code has none that can be read. A case does not fail for
    the very reason it is opened for."""
    try:
        return deps.workflows.get(record.job.workflow)
    except DefinitionBroken:
        return None


def _send_once(deps: Deps, notice: Email) -> None:
    """An answer that was lost counts as sent: the case stands, and stays on the page of cases."""
    try:
        post(deps).send(notice)
    except Ambiguous:
        observability.logger().warning("the mail about a case may not have been sent")
