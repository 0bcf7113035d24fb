"""Scheduled work: every minute, whatever is due. Each kind of due row has one function here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from itertools import chain
from typing import Any

from countersign import asking, measuring, observability
from countersign.deps import Deps
from countersign.domain.approvals import Approval, expire, settle
from countersign.domain.change import Change, Due, DueKind, DueRow, JobRecord
from countersign.domain.errors import NotFound, StoreConflict
from countersign.domain.job import Status
from countersign.domain.resume import AGAIN, resumed
from countersign.doors.question_mails import mail_questions
from countersign.doors.reservations import settle_reservations
from countersign.runtime import production
from countersign.workflows import WORKFLOWS

ENOUGH = timedelta(seconds=40)
"""No further row is begun after that; the function is ended after 55 s."""
FIRST_WAIT, LONGEST_WAIT, DOUBLINGS = timedelta(minutes=1), timedelta(hours=1), 6
"""Between two tries of a row that fails."""
TICK = "system:tick"


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


def _postpone(deps: Deps, row: DueRow) -> None:
    """Twice as long after each failure, so that what never works leaves the time to the rest."""
    wait = min(FIRST_WAIT * 2 ** min(row.failed, DOUBLINGS), LONGEST_WAIT)
    try:
        deps.store.postpone(row, deps.clock.now() + wait)
    except Exception:  # noqa: BLE001 - as above; the row stays due and comes again
        observability.defect("tick")


def _measure(deps: Deps) -> None:
    try:
        measuring.waiting(deps)
    except Exception:  # noqa: BLE001 - numbers that cannot be read must not stop time
        observability.defect("tick")


def queue_again(deps: Deps, record: JobRecord) -> None:
    """Accepted, but it has not begun: queue it again until it does."""
    if record.job.status is not Status.PENDING:
        _settled(deps, record, "queue")
        return
    deps.queue.send(record.job.job_id)
    _later(deps, record, "queue", "queued again")


def remind(deps: Deps, record: JobRecord) -> None:
    """Half of a tier's time is over: mail who has not signed, once. The row goes first, so that a
    crash loses a reminder rather than repeating it."""
    approval = record.pending
    if approval is None:
        _settled(deps, record, "reminder")
        return
    signed = {one.by for one in approval.signatures}
    missing = [person for person in approval.approvers if person.id not in signed]
    minted = asking.mint(deps, approval, missing)
    change = Change(
        event="reminded",
        actor=TICK,
        fields={"people": str(len(minted))},
        links=tuple(one.link for one in minted),
        done=("reminder",),
    )
    asking.mail(deps, deps.commit(record, change), approval, minted)


def end_tier(deps: Deps, record: JobRecord) -> None:
    """A tier's time is over: ask the next one too; after the last, time decides."""
    approval = record.pending
    if approval is None:
        _settled(deps, record, "approval")
        return
    if deps.clock.now() < approval.deadline:
        return  # a question has moved it since the row was read
    further = asking.escalated(deps, approval, WORKFLOWS[record.job.workflow])
    if further is None:
        _expire(deps, record, approval)
    else:
        _ask_further(deps, record, approval, further)


def _ask_further(deps: Deps, record: JobRecord, before: Approval, now_asked: Approval) -> None:
    new = now_asked.approvers[len(before.approvers) :]
    minted = asking.mint(deps, now_asked, new)
    change = Change(
        event="asked the next tier",
        actor=TICK,
        fields={"tier": str(now_asked.tier), "people": str(len(new))},
        approvals=(now_asked,),
        links=tuple(one.link for one in minted),
        due=asking.dues(deps, now_asked, WORKFLOWS[record.job.workflow]),
    )
    observability.count("ApprovalsEscalated", workflow=record.job.workflow)
    asking.mail(deps, deps.commit(record, change), now_asked, minted)


def _expire(deps: Deps, record: JobRecord, approval: Approval) -> None:
    """Not approved, by the same conditional write as a person's decision."""
    now = deps.clock.now()
    decided = expire(approval, now)
    change = Change(
        event="expired",
        actor=TICK,
        approvals=(decided,),
        ledger=settle(decided, record.ledger),
        done=("approval", "reminder"),
        due=(Due(kind="callback", at=now + AGAIN),),
    )
    observability.count("ApprovalsExpired", workflow=record.job.workflow)
    wake(deps, deps.commit(record, change))


def wake(deps: Deps, record: JobRecord) -> None:
    """A decision stands and its callback may be lost: call again, or take the job over."""
    if record.job.status is not Status.WAITING_FOR_REVIEW:
        _settled(deps, record, "callback")
        return
    ended = [held for held in record.approvals.values() if held.decision or held.superseded]
    latest = max(ended, key=lambda held: held.requested_at, default=None)
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
        _settled(deps, record, "parked")


def _restart(deps: Deps, record: JobRecord) -> None:
    record = deps.commit(record, resumed(record, TICK, deps.clock.now()))
    deps.executions.start(record.job.execution, record.job.job_id)


def _settled(deps: Deps, record: JobRecord, kind: DueKind) -> None:
    """What was to be done has been done meanwhile."""
    deps.commit(record, Change(event=f"{kind} settled", actor=TICK, done=(kind,)))


def _later(deps: Deps, record: JobRecord, kind: DueKind, event: str) -> None:
    again = Due(kind=kind, at=deps.clock.now() + AGAIN)
    deps.commit(record, Change(event=event, actor=TICK, due=(again,)))


_HANDLERS: Mapping[DueKind, Callable[[Deps, JobRecord], None]] = {
    "queue": queue_again,
    "reminder": remind,
    "approval": end_tier,
    "callback": wake,
    "parked": unpark,
    "question": mail_questions,
    "reservation": settle_reservations,
}


def handler(event: dict[str, Any], context: Any) -> dict[str, int]:  # noqa: ARG001 - Lambda's shape
    """EventBridge's schedule."""
    with observability.invocation("tick"):
        return {"done": tick(production())}
