"""Opening a case and telling its owner, whoever finds that a person must look."""

from __future__ import annotations

from datetime import timedelta

from countersign import observability
from countersign.deps import Deps
from countersign.domain.case import Case
from countersign.domain.change import JobRecord
from countersign.domain.errors import Ambiguous
from countersign.domain.ports import Email
from countersign.mailing import of_job
from countersign.pages.case_mail import case_opened
from countersign.workflows import WORKFLOWS

CASE_FOR = timedelta(days=2)


def new_case(deps: Deps, record: JobRecord, reason: str) -> Case:
    """A case for the owner of the job's workflow. `reason` quotes nothing from outside."""
    now = deps.clock.now()
    workflow = WORKFLOWS.get(record.job.workflow)
    return Case(
        job_id=record.job.job_id,
        reason=reason,
        owner=workflow.owner if workflow else "operations",
        opened_at=now,
        due_at=now + CASE_FOR,
    )


def tell_owner(deps: Deps, record: JobRecord) -> None:
    """Mail the notice of the job's case, once per case; the mark follows the mail."""
    owner, case = deps.settings.case_owner, record.case
    if owner is None or case is None:
        return
    mark = f"case-{int(case.opened_at.timestamp())}"
    if mark not in record.notes:
        zone = deps.people.directory().zone(owner)
        notice = case_opened(record, case, owner, deps.settings.public_base_url, zone)
        _send_once(deps, of_job(notice, record.job.job_id, "case"))
        deps.store.note(record.job.job_id, mark)


def _send_once(deps: Deps, notice: Email) -> None:
    """An answer that was lost counts as sent: the case stands, and stays on the page of cases."""
    try:
        deps.mail.send(notice)
    except Ambiguous:
        observability.logger().warning("the mail about a case may not have been sent")
