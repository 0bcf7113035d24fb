"""Working through bulk operations, each minute as far as what their jobs wait for has time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from countersign import observability
from countersign.domain.errors import (
    AlreadyDecided,
    ContractBroken,
    NotFound,
    NotPermitted,
    StoreConflict,
)
from countersign.domain.jobs.bulk import Bulk, Kind, State, ordered, stepped, turned
from countersign.domain.jobs.change import JobRecord
from countersign.domain.planning.charge import may_pause
from countersign.jobs.cancelling import cancel
from countersign.jobs.cases import take_out
from countersign.jobs.redriving import redrive
from countersign.runtime.deps import Deps
from countersign.runtime.waking import room_at

A_MINUTE = 60
"""Jobs of all operations that one minute takes at most."""
_REFUSED = (ContractBroken, NotPermitted, NotFound, AlreadyDecided)


def order(deps: Deps, bulk: Bulk, workflow: str) -> Bulk:
    """Store an order over jobs of this workflow, or of all. Raises NotPermitted for who may not
    stop that workflow, and ContractBroken."""
    _check(deps, bulk.by, workflow)
    deps.bulks.change(None, ordered(bulk))
    return bulk


def turn(deps: Deps, bulk_id: str, to: State, by: str, reason: str) -> Bulk:
    """Suspend, resume or cancel an operation. Raises NotFound, NotPermitted, ContractBroken, and
    StoreConflict when it went on at the same moment."""
    if not reason.strip():
        raise ContractBroken("this needs a reason: say why in your own words")
    held = deps.bulks.bulk(bulk_id)
    if by != held.by:
        _check(deps, by, "")
    after = turned(held, to, by, reason)
    deps.bulks.change(held, after)
    return after


def work(deps: Deps, lasts: Callable[[], bool]) -> int:
    """The next jobs of every operation that runs, the oldest first, until the time is over; how
    many. One that somebody suspends meanwhile stops at its next job."""
    took = Counter[str]()
    for bulk in deps.bulks.all():
        try:
            _work_on(deps, bulk, took, lasts)
        except StoreConflict:
            observability.logger().info("a bulk operation was changed by somebody")
    return took.total()


def _work_on(deps: Deps, bulk: Bulk, took: Counter[str], lasts: Callable[[], bool]) -> None:
    while bulk.state is State.RUNNING and lasts() and took.total() < A_MINUTE:
        job_id = bulk.jobs[bulk.done]
        if not _has_room(deps, bulk, job_id, took):
            return
        after = stepped(bulk, _refused(deps, bulk, job_id))
        deps.bulks.change(bulk, after)
        bulk = after


def _has_room(deps: Deps, bulk: Bulk, job_id: str, took: Counter[str]) -> bool:
    """Whether each system that the job's workflow writes to has time for one more this minute; a
    job that is ended waits for none."""
    workflow = deps.workflows.get(_workflow(deps, job_id))
    systems = workflow.connectors if workflow and bulk.kind is not Kind.CANCEL else ()
    if any(took[system] >= room_at(deps, system) for system in systems):
        return False
    took.update(systems or ("",))
    return True


def _workflow(deps: Deps, job_id: str) -> str:
    try:
        return deps.store.load(job_id).job.workflow
    except NotFound:
        return ""


def _refused(deps: Deps, bulk: Bulk, job_id: str) -> str | None:
    """Do it with one job; why it was not done. What an earlier run did, whose count was lost, is
    done."""
    try:
        match bulk.kind:
            case Kind.REDRIVE:
                redrive(deps, job_id, by=bulk.by, reason=bulk.words)
            case Kind.CANCEL:
                cancel(deps, job_id, by=bulk.by, reason=bulk.words)
            case Kind.RESUME:
                take_out(deps, job_id, "resume", by=bulk.by, words=bulk.words, facts={})
    except _REFUSED as refused:
        return None if _was_done(deps, bulk, job_id) else str(refused)
    return None


def _was_done(deps: Deps, bulk: Bulk, job_id: str) -> bool:
    try:
        record = deps.store.load(job_id)
    except NotFound:
        return False
    return bulk.words in _told(record)


def _told(record: JobRecord) -> str:
    """What people said in the job's trail and case."""
    fields = (one.value for entry in record.audit for one in entry.fields.values())
    ended = record.case.resolution.words if record.case and record.case.resolution else ""
    return "\n".join((*(one or "" for one in fields), ended))


def _check(deps: Deps, by: str, workflow: str) -> None:
    judged = may_pause(deps.people.directory().member(by), deps.workflows.get(workflow))
    if not judged.allowed:
        raise NotPermitted(f"{by} may not order this: {judged.reason}")
