"""Running a job again from a step: seen before it is ordered, and linked both ways."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from countersign.domain.errors import ContractBroken, NotFound, NotPermitted
from countersign.domain.jobs.change import Change, JobRecord
from countersign.domain.jobs.job import Job
from countersign.domain.jobs.matters import of_input
from countersign.domain.jobs.search import findable
from countersign.domain.planning.charge import may_roll_back
from countersign.domain.planning.rerun import Order, Preview, begins, linked, preview, rerun_as
from countersign.domain.workflow import Workflow
from countersign.runtime.deps import Deps
from countersign.runtime.intake import pin, queue, store


@dataclass(frozen=True)
class Planned:
    """An order as it was shown: what it will do, and of which version of the job."""

    base: JobRecord
    order: Order
    preview: Preview


def plan(deps: Deps, job_id: str, order: Order) -> Planned:
    """What the order will do. Raises NotFound, NotPermitted for who may not, ContractBroken with
    what is in the way, and UnknownVersion for what was written by other code."""
    base = deps.store.load(job_id)
    workflow = _in_charge(deps, base, order.by)
    _check_newest(deps, base)
    now = deps.clock.now()
    job, change = begins(base, workflow, order, base.job.release, now)
    return Planned(base, order, preview(base, workflow, job, change, now))


def rerun(deps: Deps, planned: Planned) -> str:
    """The id of the new job, on its way. The old one is linked first: should what follows be lost,
    the same order goes on there. Raises as `plan` does, and ContractBroken for a job that changed
    since it was shown."""
    base, order = planned.base, planned.order
    workflow = _in_charge(deps, base, order.by)
    release = pin(deps, base.job.workflow)
    job, change = begins(base, workflow, order, release, deps.clock.now())

    def link(held: JobRecord) -> Change | None:
        if held.job.version != base.job.version:
            raise ContractBroken("the job changed since it was shown: look at it again")
        return None if rerun_as(held) else linked(job, order)

    deps.update(base.job.job_id, link)
    known = store(deps, job, _found_by(workflow, job, change))
    queue(deps, job.job_id, job.workflow, known=known is not None)
    return job.job_id


def _found_by(workflow: Workflow[Any], job: Job, change: Change) -> Change:
    """`change` with the rows by which a new job is found that no step writes, since it begins with
    what another one has read."""
    given = change.results.get("input")
    sender = workflow.requester(given) if given else ""
    rows = of_input(job, sender, "", job.job_id)
    return findable(JobRecord(job), replace(change, matters=(*change.matters, *rows)))


def _in_charge(deps: Deps, base: JobRecord, by: str) -> Workflow[Any]:
    """Whoever may undo what the job did may have it done anew."""
    workflow = deps.workflows.get(base.job.workflow)
    if workflow is None:
        raise ContractBroken(f"this code does not know the workflow {base.job.workflow}")
    judged = may_roll_back(deps.people.directory().member(by), workflow, base)
    if not judged.allowed:
        raise NotPermitted(f"{by} may not run this again: {judged.reason}")
    return workflow


def _check_newest(deps: Deps, base: JobRecord) -> None:
    """One line of reruns: what any of them did, the next one must know. Raises ContractBroken."""
    newer = rerun_as(base)
    if not newer:
        return
    try:
        deps.store.load(newer)
    except NotFound:  # the order was cut off between its two writes, and is given once more
        return
    raise ContractBroken(f"it was run again as {newer}: run that one again")
