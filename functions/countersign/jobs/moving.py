"""Moving a job that a desk handed to the wrong process: it ends, and its parent hands over anew."""

from __future__ import annotations

from countersign.domain.approvals.directory import Member
from countersign.domain.errors import ContractBroken, NotFound, NotPermitted
from countersign.domain.jobs.change import Change, JobRecord
from countersign.domain.jobs.handing import parent_of
from countersign.domain.planning.charge import may_roll_back
from countersign.domain.planning.moving import elsewhere, ended, handed_anew, of_child
from countersign.runtime.deps import Deps


def move(deps: Deps, job_id: str, to: str, *, by: str, reason: str) -> JobRecord:
    """The parent, on its way to hand the matter over to `to`. The child is ended first: should the
    second write be lost, the same order again goes on there.

    Raises NotFound, NotPermitted for who may not, or ContractBroken with what is in the way.
    """
    if not reason.strip():
        raise ContractBroken("moving a job needs a reason: say why in your own words")
    record = deps.store.load(job_id)
    parent, member = parent_of(record), _mover(deps, record, by)
    if not parent:
        raise ContractBroken(f"{job_id} was not handed over by a desk")
    now, people = deps.clock.now(), deps.people.directory()
    workflow = deps.workflows[deps.store.load(parent).job.workflow]

    def again(held: JobRecord) -> Change:
        return handed_anew(
            workflow, held, job_id, to, by=member.person, people=people, reason=reason, now=now
        )

    again(deps.store.load(parent))
    child, change = deps.update(job_id, lambda held: ended(held, by, reason, now))
    if change is not None:
        let_go(deps, child)
    after, _ = deps.update(parent, again)
    deps.executions.start(after.job.execution, parent)
    return after


def destinations(deps: Deps, record: JobRecord) -> tuple[str, ...]:
    """Where a job that a desk handed over may be moved to; nothing for any other."""
    parent = parent_of(record)
    try:
        handed = of_child(deps.store.load(parent), record.job.job_id) if parent else None
    except (NotFound, ContractBroken):
        return ()
    return elsewhere(handed) if handed else ()


def _mover(deps: Deps, record: JobRecord, by: str) -> Member:
    """Whoever may undo what the child did may say that it is not the child's."""
    workflow = deps.workflows.get(record.job.workflow)
    if workflow is None:
        raise ContractBroken(f"this code does not know the workflow {record.job.workflow}")
    member = deps.people.directory().member(by)
    judged = may_roll_back(member, workflow, record)
    if member is None or not judged.allowed:
        raise NotPermitted(f"{by} may not move this: {judged.reason}")
    return member


def let_go(deps: Deps, record: JobRecord) -> None:
    """An execution that waits for a signature learns that the job is not its own any more."""
    for approval in record.approvals.values():
        token = record.tokens.get(approval.approval_id, "")
        if token and approval.superseded:
            deps.executions.succeed(token, record.job.job_id)
