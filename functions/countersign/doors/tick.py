"""Scheduled work: every minute, whatever is due. Each kind of due row has one function here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from countersign import observability
from countersign.domain.approvals import expire, settle
from countersign.domain.change import Change, Due, DueKind, JobRecord
from countersign.domain.errors import NotFound, StoreConflict
from countersign.domain.job import Status
from countersign.domain.resume import AGAIN, resumed
from countersign.runtime import Deps, production

BATCH = 100
TICK = "system:tick"


def tick(deps: Deps) -> int:
    """Work through what is due; one row that fails does not stop the others. How many it did."""
    now = deps.clock.now()
    rows = deps.store.due(now, BATCH)
    oldest = max(((now - row.at).total_seconds() for row in rows), default=0.0)
    observability.gauge_seconds("OldestDueSeconds", oldest)
    done = 0
    for row in rows:
        try:
            _HANDLERS[row.kind](deps, deps.store.load(row.job_id))
            done += 1
        except (NotFound, StoreConflict):
            observability.logger().info("due row is being handled elsewhere")
        except Exception:  # noqa: BLE001 - one poisoned row must not stop time for all other jobs
            observability.defect("tick")
    return done


def queue_again(deps: Deps, record: JobRecord) -> None:
    """Accepted, but it has not begun: queue it again until it does."""
    if record.job.status is not Status.PENDING:
        deps.commit(record, Change(event="begun", actor=TICK, done=("queue",)))
        return
    deps.queue.send(record.job.job_id)
    _later(deps, record, "queue", "queued again")


def expire_approval(deps: Deps, record: JobRecord) -> None:
    """The deadline decides: not approved, by the same conditional write as a person's decision."""
    approval = record.pending
    if approval is None:
        deps.commit(record, Change(event="deadline kept", actor=TICK, done=("approval",)))
        return
    now = deps.clock.now()
    decided = expire(approval, now)
    change = Change(
        event="expired",
        actor=TICK,
        approvals=(decided,),
        ledger=settle(decided, record.ledger),
        done=("approval",),
        due=(Due(kind="callback", at=now + AGAIN),),
    )
    wake(deps, deps.commit(record, change))


def wake(deps: Deps, record: JobRecord) -> None:
    """A decision stands and its callback may be lost: call again, or take the job over."""
    if record.job.status is not Status.WAITING_FOR_REVIEW:
        deps.commit(record, Change(event="callback kept", actor=TICK, done=("callback",)))
        return
    decided = [held for held in record.approvals.values() if held.decision]
    latest = max(decided, key=lambda held: held.requested_at, default=None)
    token = record.tokens.get(latest.approval_id, "") if latest else ""
    if token and deps.executions.succeed(token, record.job.job_id):
        return
    if not deps.executions.running(record.job.execution):
        _restart(deps, record)


def unpark(deps: Deps, record: JobRecord) -> None:
    """The wait is over: a new execution goes on where the last one stopped."""
    if record.job.status is Status.PARKED:
        _restart(deps, record)
    elif record.job.status is Status.RETRYING:
        deps.executions.start(record.job.execution, record.job.job_id)
        _later(deps, record, "parked", "started again")
    else:
        deps.commit(record, Change(event="begun", actor=TICK, done=("parked",)))


def _restart(deps: Deps, record: JobRecord) -> None:
    record = deps.commit(record, resumed(record, TICK, deps.clock.now()))
    deps.executions.start(record.job.execution, record.job.job_id)


def _later(deps: Deps, record: JobRecord, kind: DueKind, event: str) -> None:
    wait: timedelta = AGAIN
    again = Due(kind=kind, at=deps.clock.now() + wait)
    deps.commit(record, Change(event=event, actor=TICK, due=(again,)))


_HANDLERS: Mapping[DueKind, Callable[[Deps, JobRecord], None]] = {
    "queue": queue_again,
    "approval": expire_approval,
    "callback": wake,
    "parked": unpark,
}


def handler(event: dict[str, Any], context: Any) -> dict[str, int]:  # noqa: ARG001 - Lambda's shape
    """EventBridge's schedule."""
    with observability.invocation("tick"):
        return {"done": tick(production())}
