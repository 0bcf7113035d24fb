"""Escalate: open a case for a person, with everything known so far, and tell them."""

from __future__ import annotations

from datetime import timedelta

from countersign.deps import Deps
from countersign.domain.case import Case
from countersign.domain.change import Change, JobRecord
from countersign.domain.job import Status
from countersign.domain.plan import failure
from countersign.pages.mails import case_opened
from countersign.runtime import Call, Continued, step
from countersign.workflows import WORKFLOWS

CASE_FOR = timedelta(days=2)


def escalate(deps: Deps, record: JobRecord, call: Call) -> Continued:
    """The case is stored before its mail is sent; a retry sends only what was not sent."""
    if record.job.status is not Status.ESCALATED:
        record = deps.commit(record, _opened(deps, record, call))
    mark = f"case-{record.job.attempt}"
    owner = deps.settings.case_owner
    if owner is not None and record.case is not None and mark not in record.notes:
        deps.mail.send(case_opened(record, record.case, owner))
        deps.store.note(record.job.job_id, mark)
    return Continued(record, None)


def _opened(deps: Deps, record: JobRecord, call: Call) -> Change:
    now = deps.clock.now()
    workflow = WORKFLOWS.get(record.job.workflow)
    reason = failure(call.input) or str(call.input.get("reason", "")) or "a step gave no reason"
    case = Case(
        job_id=record.job.job_id,
        reason=reason,
        owner=workflow.owner if workflow else "operations",
        opened_at=now,
        due_at=now + CASE_FOR,
    )
    return Change(
        event="escalated",
        actor=f"state:{call.state}",
        status=Status.ESCALATED,
        reason=reason,
        case=case,
        done=tuple(kind for kind in record.due if kind != "reservation"),
    )


handler = step(escalate)
