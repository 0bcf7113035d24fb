"""Escalate: open a case for a person, with everything known so far, and tell them."""

from __future__ import annotations

from countersign import observability
from countersign.domain.errors import failure
from countersign.domain.jobs.change import OUTLIVES, Change, Due, JobRecord
from countersign.domain.jobs.job import Status
from countersign.domain.jobs.matters import of_mails
from countersign.domain.jobs.unread import UNREAD
from countersign.jobs.handover import new_case, tell_owner
from countersign.jobs.resume import or_later
from countersign.runtime.deps import Deps
from countersign.runtime.step import Call, Continued, step


def escalate(deps: Deps, record: JobRecord, call: Call) -> Continued:
    """The case is stored before its mail is sent; a retry sends only what was not sent, and `tick`
    what has no turn soon."""
    if record.job.status is not Status.ESCALATED:
        record = deps.commit(record, _opened(deps, record, call))
        observability.job_ended(record.job)
    with or_later(deps, record, "case", f"state:{call.state}"):
        tell_owner(deps, record)
    return Continued(record, None)


def _opened(deps: Deps, record: JobRecord, call: Call) -> Change:
    reason = failure(call.input) or str(call.input.get("reason", "")) or "a step gave no reason"
    return Change(
        event="escalated",
        actor=f"state:{call.state}",
        status=Status.ESCALATED,
        reason=reason,
        case=new_case(deps, record, reason),
        done=tuple(kind for kind in record.due if kind not in {"reservation", *OUTLIVES}),
        due=(Due(kind="daily", at=deps.clock.now()),) if UNREAD in record.results else (),
        matters=of_mails(record.job, record.ledger),
    )


handler = step(escalate)
