"""Ask: request a signature on the exact bytes, mail each approver a link, and wait."""

from __future__ import annotations

from countersign import asking
from countersign.deps import Deps
from countersign.domain.change import Change, JobRecord
from countersign.domain.job import Status
from countersign.runtime import Call, Continued, step
from countersign.workflows import WORKFLOWS


def ask(deps: Deps, record: JobRecord, call: Call) -> Continued:
    """Ends with the job waiting. A retry arms the new token and mails only what was not mailed.

    Raises NeedsPerson when nobody may decide.
    """
    workflow = WORKFLOWS[record.job.workflow]
    approval = record.pending or asking.request(deps, record)
    mailed = approval.approval_id in record.notes
    minted = () if mailed else asking.mint(deps, approval, approval.approvers)
    record = deps.commit(
        record,
        Change(
            event="asked",
            actor=f"state:{call.state}",
            status=Status.WAITING_FOR_REVIEW,
            fields={"approval": approval.approval_id, "actions": str(len(approval.digests))},
            approvals=(approval,),
            token=call.token,
            links=tuple(one.link for one in minted),
            due=() if mailed else asking.dues(deps, approval, workflow),
        ),
    )
    asking.mail(deps, record, approval, minted)
    if minted:
        deps.store.note(record.job.job_id, approval.approval_id)
    return Continued(record, None)


handler = step(ask)
