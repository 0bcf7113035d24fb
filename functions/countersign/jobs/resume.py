"""Letting a job go on: the callback that may be lost, a new execution, a row that is settled."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from countersign import observability
from countersign.domain.errors import NotYourTurn, Throttled
from countersign.domain.jobs.change import Change, Due, DueKind, JobRecord
from countersign.domain.jobs.job import Status
from countersign.domain.planning.reservations import CHECK_AGAIN, Fate, fate
from countersign.domain.planning.resume import AGAIN, resumed
from countersign.runtime.deps import Deps
from countersign.runtime.starting import STARTS, take_a_turn

TICK = "system:tick"
_IN_LINE = timedelta(seconds=10)
"""So long one of `tick`'s threads waits for a job's turn to begin: it is the next one."""


def wake(deps: Deps, record: JobRecord) -> None:
    """A decision stands and its callback may be lost: call again, or take the job over."""
    if record.job.status is not Status.WAITING_FOR_REVIEW:
        settled(deps, record, "callback")
    elif call(deps, record):
        # The execution still waited: whoever decided could not tell it, or died before.
        observability.count("CallbacksLost")


def call(deps: Deps, record: JobRecord) -> bool:
    """Let the waiting execution go on; whether it still waited. One that is gone is replaced."""
    ended = [held for held in record.approvals.values() if held.decision or held.superseded]
    latest = max(ended, key=lambda held: held.requested_at, default=None)
    token = record.tokens.get(latest.approval_id, "") if latest else ""
    if token and deps.executions.succeed(token, record.job.job_id):
        return True
    if not deps.executions.running(record.job.execution):
        go_on(deps, record)
    return False


def unpark(deps: Deps, record: JobRecord) -> None:
    """The wait is over: a new execution goes on where the last one stopped."""
    if record.job.status is Status.PARKED:
        if record.due["parked"].waits_for == STARTS:
            _takes_a_turn(deps)
        go_on(deps, record)
    elif record.job.status is Status.RETRYING:
        deps.executions.start(record.job.execution, record.job.job_id)
        later(deps, record, "parked", "started again")
    else:
        settled(deps, record, "parked")


def _takes_a_turn(deps: Deps) -> None:
    """Raises Throttled with the seconds until there is one: the row stays as it is."""
    try:
        take_a_turn(deps, _IN_LINE)
    except NotYourTurn as later:
        raise Throttled(str(later), later.seconds) from None


def go_on(deps: Deps, record: JobRecord) -> None:
    """A new execution of the job, from what is stored."""
    record = deps.commit(record, resumed(record, TICK, deps.clock.now()))
    deps.executions.start(record.job.execution, record.job.job_id)


@contextmanager
def or_later(deps: Deps, record: JobRecord, kind: DueKind, sender: str) -> Iterator[None]:
    """Mails of `sender` whose turn is not soon are tick's: a due row, and nobody waits for them.
    Raises Throttled when the provider itself asked for patience."""
    try:
        yield
    except Throttled as throttled:
        if throttled.retry_after is None:
            raise
        row = Due(kind=kind, at=deps.clock.now() + timedelta(seconds=throttled.retry_after))
        change = Change(event="mails wait for their turn", actor=sender, due=(row,))
        deps.update(record.job.job_id, lambda _: change)


def settled(deps: Deps, record: JobRecord, kind: DueKind) -> None:
    """What was to be done has been done meanwhile."""
    deps.commit(record, Change(event=f"{kind} settled", actor=TICK, done=(kind,)))


def later(deps: Deps, record: JobRecord, kind: DueKind, event: str) -> None:
    """Look at it again in a while."""
    again = Due(kind=kind, at=deps.clock.now() + AGAIN)
    deps.commit(record, Change(event=event, actor=TICK, due=(again,)))


def settle_reservations(deps: Deps, record: JobRecord) -> None:
    """Free what will not be spent, and look again as long as something may be.

    The job is written before anything is freed: a Decide that was paused since it reserved finds
    another version and cannot store a plan that nothing is reserved for.
    """
    now = deps.clock.now()
    fates = {key: fate(record, held, now) for key, held in record.reservations.items()}
    freed = [record.reservations[key] for key, said in fates.items() if said is Fate.FREE]
    if freed:
        again = Due(kind="reservation", at=now + AGAIN)
        number = {"reservations": str(len(freed))}
        change = Change(event="caps are freed", actor=TICK, fields=number, due=(again,))
        record = deps.commit(record, change)
    for held in freed:
        deps.caps.release(held)
    if Fate.KEEP in fates.values():
        later = Due(kind="reservation", at=now + CHECK_AGAIN)
        deps.commit(record, Change(event="reservations kept", actor=TICK, due=(later,)))
    else:
        change = Change(event="reservations settled", actor=TICK, done=("reservation",))
        deps.commit(record, change)
