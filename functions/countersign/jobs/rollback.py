"""Rolling back a job: one order, whichever way it came, and the execution that carries it out."""

from __future__ import annotations

from typing import Any

from countersign.domain.approvals.authority import Authority
from countersign.domain.approvals.directory import Member
from countersign.domain.errors import ContractBroken, NotPermitted, StoreConflict
from countersign.domain.jobs.change import Change, JobRecord
from countersign.domain.planning.charge import may_roll_back
from countersign.domain.planning.rollback import ordered, refusal
from countersign.domain.workflow import Workflow
from countersign.runtime.deps import Deps


def allowed(member: Member | None, record: JobRecord, workflow: Workflow[Any] | None) -> Authority:
    """Whether this person may order it, and whether there is anything to order."""
    if workflow is None:
        return Authority(allowed=False, reason="this code does not know the job's workflow")
    judged = may_roll_back(member, workflow, record)
    refused = judged.reason or refusal(record, workflow)
    return Authority(allowed=not refused, reason=refused)


def roll_back(
    deps: Deps, job_id: str, *, by: str, reason: str, version: int | None = None
) -> JobRecord:
    """Order it, and start the execution that carries it out; should that be lost, `tick` does.

    `version` is that of the job that the person was shown: another one is not theirs to order.
    Raises NotFound, NotPermitted, or ContractBroken with why there is nothing to order.
    """

    def order(record: JobRecord) -> Change:
        if version is not None and record.job.version != version:
            raise ContractBroken("the job changed since it was shown: look at it again")
        return _order(deps, record, by, reason)

    try:
        record, _ = deps.update(job_id, order)
    except StoreConflict:
        raise ContractBroken(
            "somebody else changes this job at the same moment: look at it again"
        ) from None
    deps.executions.start(record.job.execution, job_id)
    return record


def _order(deps: Deps, record: JobRecord, by: str, reason: str) -> Change:
    workflow = deps.workflows.get(record.job.workflow)
    if workflow is None:
        raise ContractBroken(f"this code does not know the workflow {record.job.workflow}")
    judged = may_roll_back(deps.people.directory().member(by), workflow, record)
    if not judged.allowed:
        raise NotPermitted(f"{by} may not roll this back: {judged.reason}")
    return ordered(record, workflow, by=by, reason=reason, now=deps.clock.now())
