"""Redriving: a job that stands still goes on in a new execution, once the fault is mended."""

from __future__ import annotations

from countersign.domain.errors import ContractBroken, NotPermitted
from countersign.domain.jobs.change import Change, JobRecord
from countersign.domain.jobs.job import Status
from countersign.domain.planning.charge import may_pause
from countersign.domain.planning.resume import resumed
from countersign.jobs.cases import take_out
from countersign.jobs.resume import call
from countersign.runtime.deps import Deps

_WORKED_ON = (Status.PROCESSING, Status.RETRYING)


def redrive(deps: Deps, job_id: str, *, by: str, reason: str) -> JobRecord:
    """The job on its way. FAILED: resumed as its case would be. PENDING: queued again. PARKED:
    woken now. Decided, and nothing acted on it: called again. One whose execution is gone: taken
    over by a new one.

    Raises NotFound, NotPermitted for who may not, or ContractBroken for a job that waits for a
    person or its sender, is worked on, or has ended.
    """
    record = deps.store.load(job_id)
    status = record.job.status
    if status is Status.FAILED:
        return take_out(deps, job_id, "resume", by=by, words=reason, facts={})
    _check(deps, record, by)
    if status is Status.PENDING:
        deps.queue.send(job_id, record.job.workflow)
        return record
    if status is Status.WAITING_FOR_REVIEW and record.pending is None:
        call(deps, record)
        return deps.store.load(job_id)
    gone = status in _WORKED_ON and not deps.executions.running(record.job.execution)
    if status is not Status.PARKED and not gone:
        raise ContractBroken(f"{job_id} is {status}: nothing is to be redriven")
    record, _ = deps.update(job_id, lambda held: _taken_over(deps, held, record, by, reason))
    deps.executions.start(record.job.execution, job_id)
    return record


def _taken_over(deps: Deps, held: JobRecord, seen: JobRecord, by: str, reason: str) -> Change:
    if held.job.version != seen.job.version:
        raise ContractBroken("the job went on meanwhile")
    return resumed(held, f"person:{by}", deps.clock.now(), fields={"redriven": reason})


def _check(deps: Deps, record: JobRecord, by: str) -> None:
    member = deps.people.directory().member(by)
    judged = may_pause(member, deps.workflows.get(record.job.workflow))
    if not judged.allowed:
        raise NotPermitted(f"{by} may not redrive this: {judged.reason}")
