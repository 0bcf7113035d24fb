"""Scheduled work: every minute, whatever is due. Each kind of due row has one function here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from itertools import chain
from typing import Any

from countersign import observability
from countersign.approvals.metrics import waiting
from countersign.approvals.question_mails import mail_questions
from countersign.approvals.reminders import after_return, end_tier, mail_requests, remind
from countersign.domain.errors import NotFound, StoreConflict, Throttled
from countersign.domain.jobs.change import DueKind, DueRow, JobRecord
from countersign.domain.jobs.job import Status
from countersign.jobs.handover import tell_owner
from countersign.jobs.resume import later, settle_reservations, settled, unpark, wake
from countersign.runtime.deps import Deps
from countersign.runtime.step import production

ENOUGH = timedelta(seconds=40)
"""No further row is begun after that; the function is ended after 55 s."""
FIRST_WAIT, LONGEST_WAIT, DOUBLINGS = timedelta(minutes=1), timedelta(hours=1), 6
"""Between two tries of a row that fails."""


def tick(deps: Deps) -> int:
    """Work through what is due, oldest first, until nothing is or the time is over; one row that
    fails does not stop the others. How many it did."""
    now = deps.clock.now()
    rows = deps.store.due(now)
    first = next(rows, None)
    oldest = (now - first.at).total_seconds() if first else 0.0
    observability.gauge_seconds("OldestDueSeconds", oldest)
    done = 0
    for row in chain([first] if first else [], rows):
        done += _handled(deps, row)
        if deps.clock.now() - now >= ENOUGH:
            break
    _measure(deps)
    return done


def _handled(deps: Deps, row: DueRow) -> bool:
    try:
        record = _record(deps, row)
        if record:
            _HANDLERS[row.kind](deps, record)
    except (NotFound, StoreConflict):
        observability.logger().info("due row is being handled elsewhere")
        return False
    except Throttled as later:
        observability.logger().info("what is due waits for its turn")
        _postpone(deps, row, later.retry_after)
        return False
    except Exception:  # noqa: BLE001 - one poisoned row must not stop time for all other jobs
        observability.defect("tick")
        _postpone(deps, row)
        return False
    return record is not None


def _record(deps: Deps, row: DueRow) -> JobRecord | None:
    """The row's job; None when the table has forgotten it, and the row is forgotten too."""
    try:
        return deps.store.load(row.job_id)
    except NotFound:
        deps.store.forget(row)
        return None


def _postpone(deps: Deps, row: DueRow, seconds: float | None = None) -> None:
    """Until its turn, where it has one; else twice as long after each failure, so that what never
    works leaves the time to the rest."""
    failing = min(FIRST_WAIT * 2 ** min(row.failed, DOUBLINGS), LONGEST_WAIT)
    wait = failing if seconds is None else timedelta(seconds=seconds)
    try:
        deps.store.postpone(row, deps.clock.now() + wait)
    except Exception:  # noqa: BLE001 - as above; the row stays due and comes again
        observability.defect("tick")


def _measure(deps: Deps) -> None:
    try:
        waiting(deps)
    except Exception:  # noqa: BLE001 - numbers that cannot be read must not stop time
        observability.defect("tick")


def queue_again(deps: Deps, record: JobRecord) -> None:
    """Accepted, but it has not begun: queue it again until it does."""
    if record.job.status is not Status.PENDING:
        settled(deps, record, "queue")
        return
    deps.queue.send(record.job.job_id)
    later(deps, record, "queue", "queued again")


def tell_of_case(deps: Deps, record: JobRecord) -> None:
    """A case whose owner has no mail yet."""
    tell_owner(deps, record)
    settled(deps, record, "case")


_HANDLERS: Mapping[DueKind, Callable[[Deps, JobRecord], None]] = {
    "queue": queue_again,
    "reminder": remind,
    "approval": end_tier,
    "callback": wake,
    "parked": unpark,
    "question": mail_questions,
    "reservation": settle_reservations,
    "returned": after_return,
    "mail": mail_requests,
    "case": tell_of_case,
}


def handler(event: dict[str, Any], context: Any) -> dict[str, int]:  # noqa: ARG001 - Lambda's shape
    """EventBridge's schedule."""
    with observability.invocation("tick"):
        return {"done": tick(production())}
