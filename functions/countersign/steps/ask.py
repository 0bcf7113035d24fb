"""Ask: request a signature on the exact bytes, mail each approver a link, and wait."""

from __future__ import annotations

from countersign.approvals.mails import mail, unmailed
from countersign.approvals.service import dues, mint, request
from countersign.domain.jobs.change import Change, Due, JobRecord
from countersign.domain.jobs.job import Status
from countersign.domain.ledger.entry import ActionStatus, LedgerEntry
from countersign.jobs.resume import or_later
from countersign.runtime.deps import Deps
from countersign.runtime.step import Call, Continued, step


def ask(deps: Deps, record: JobRecord, call: Call) -> Continued:
    """Ends with the job waiting. A retry arms the new token and mails only what was not mailed;
    mails whose turn is not soon are sent by `tick`.

    Raises NeedsPerson when nobody may decide, or fewer than must.
    """
    if record.pending is None and not any(_waits(held) for held in record.ledger):
        return Continued(record, _decided_meanwhile(deps, record, call))
    workflow = deps.workflows[record.job.workflow]
    approval = record.pending or request(deps, record)
    minted = mint(deps, approval, unmailed(deps, record, approval))
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
            due=() if "approval" in record.due else dues(deps, approval, workflow),
        ),
    )
    with or_later(deps, record, "mail", f"state:{call.state}"):
        record = mail(deps, record, approval, minted)
    return Continued(record, None)


def _waits(held: LedgerEntry) -> bool:
    return held.status is ActionStatus.PLANNED


def _decided_meanwhile(deps: Deps, record: JobRecord, call: Call) -> Change:
    """Somebody signed between two tries of this state: tick wakes the token of this one."""
    latest = max(record.approvals.values(), key=lambda held: held.requested_at)
    return Change(
        event="armed again",
        actor=f"state:{call.state}",
        approvals=(latest,),
        token=call.token,
        due=(Due(kind="callback", at=deps.clock.now()),),
    )


handler = step(ask)
