"""A request that was planned by a version which is gone: it is void, and the job goes on to be
judged by this code and asked again."""

from __future__ import annotations

from countersign.domain.approvals.approval import kept_rejections
from countersign.domain.jobs.change import Change, Due, JobRecord
from countersign.domain.jobs.job import Status
from countersign.domain.planning.renewing import lost
from countersign.domain.planning.resume import AGAIN
from countersign.jobs.resume import TICK, call
from countersign.runtime.deps import Deps


def is_lost(deps: Deps, record: JobRecord) -> bool:
    """Whether what waits for a signature cannot be read by this code any more."""
    workflow = deps.workflows.get(record.job.workflow)
    waits = record.job.status is Status.WAITING_FOR_REVIEW and record.pending is not None
    return waits and workflow is not None and bool(lost(workflow, record))


def ask_again(deps: Deps, record: JobRecord, actor: str = TICK) -> bool:
    """Whether the request was lost, and is void now. What somebody rejected in it stays rejected.
    The due row heals a crash before the execution was told. Raises StoreConflict."""

    def change_of(held: JobRecord) -> Change | None:
        approval = held.pending
        if approval is None or not is_lost(deps, held):
            return None
        return Change(
            event="asked again",
            actor=actor,
            fields={"approval": approval.approval_id, "why": "its version is gone"},
            ledger=kept_rejections(approval, held.ledger),
            approvals=(approval.model_copy(update={"superseded": True}),),
            token=held.tokens.get(approval.approval_id, ""),
            done=("approval", "reminder"),
            due=(Due(kind="callback", at=deps.clock.now() + AGAIN),),
        )

    after, change = deps.update(record.job.job_id, change_of)
    if change is not None:
        call(deps, after)
    return change is not None
