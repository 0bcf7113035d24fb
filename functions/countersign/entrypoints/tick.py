"""Scheduled work: every minute, whatever is due. Each kind of due row has one function here.

What waits for nothing but its time is done as it is read, oldest first. What waits for an outside
system is woken at the pace of that system, the oldest jobs first; the rest stays due as it is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

from countersign import observability
from countersign.approvals.decision_mails import mail_decisions
from countersign.approvals.metrics import overlooked, waiting
from countersign.approvals.question_mails import mail_questions
from countersign.approvals.reminders import after_return, end_tier, mail_requests, remind
from countersign.campaigns.turns import read_account
from countersign.domain.errors import NotFound, StoreConflict, Throttled
from countersign.domain.jobs.cases import next_look
from countersign.domain.jobs.change import Change, Due, DueKind, DueRow, JobRecord
from countersign.domain.jobs.inbox import open_case
from countersign.domain.jobs.job import Status
from countersign.domain.jobs.verdicts import REPORT, REPORTED, Reported
from countersign.jobs import bulk
from countersign.jobs.answering import answer
from countersign.jobs.cancelling import tell_withdrawn
from countersign.jobs.handover import new_case, remind_of_case, tell_owner
from countersign.jobs.inquiries import end_wait, remind_sender
from countersign.jobs.outcomes import tell_sender
from countersign.jobs.resume import TICK, later, settle_reservations, settled, unpark, wake
from countersign.lane.watching import look_after
from countersign.releases import canaries, weekly
from countersign.reporting import monthly, sealing, usual
from countersign.reporting.daily import mail_daily
from countersign.runtime.connectors import MAIL
from countersign.runtime.deps import Deps
from countersign.runtime.pace import SOON, Paced
from countersign.runtime.step import production
from countersign.runtime.waking import first_come, system_of
from countersign.runtime.workers import Workers

THREADS = 8
"""Most of a row's time is waiting for AWS; one vCPU is busy with about so many."""
READING, ENOUGH = timedelta(seconds=25), timedelta(seconds=45)
"""No further row is read, and none begun, after that; the function is ended after 55 s."""
PATIENCE, A_WHILE = timedelta(seconds=5), timedelta(seconds=2)
"""So long one mail waits for its turn, with all that come after it; and between two looks."""
EVERY_MINUTES = 5
"""Between two looks for jobs that nobody works on: each asks every shard."""
_WORKED_ON = (Status.PENDING, Status.PROCESSING, Status.RETRYING)
FIRST_WAIT, LONGEST_WAIT, DOUBLINGS = timedelta(minutes=1), timedelta(hours=1), 6
"""Between two tries of a row that fails."""


def tick(deps: Deps, threads: int = 0) -> int:
    """Work through what is due until nothing is or the time is over; one row that fails does not
    stop the others. How many it did."""
    run = _Run(deps)
    with Workers(threads) as workers, Workers(min(threads, 1)) as postman:
        workers.takes("bulk", run.bulk)
        run.goes(workers, postman)
    _measure(deps)
    return workers.done() + postman.done()


_SILENT = "its caller was allowed to do it, and did not report whether it did"
_FAILED = "its caller was allowed to do it, and reports that it failed"


class _Run:
    """One minute's work."""

    def __init__(self, deps: Deps) -> None:
        self._deps = deps
        self._began = deps.clock.now()
        self._oldest = self._began
        """Of what is late and has not to wait for others."""
        self._mails = True
        """Whether mail has a turn soon; else what waits for it is left for the next run."""

    def goes(self, workers: Workers, postman: Workers) -> None:
        """Each mail waits for its turn, and nothing else waits for mails."""
        rows = self._deps.store.due(self._began)
        waiting = self._hands_out(rows, workers, READING)
        for system in sorted(waiting):
            woken = self._woken(system, waiting[system])
            if system == MAIL:
                postman.takes(MAIL, partial(self._each, woken))
            else:
                for row in woken:
                    workers.takes(row.job_id, partial(self._each, (row,)))
        self._hands_out(rows, workers, ENOUGH)
        late = (self._began - self._oldest).total_seconds()
        observability.gauge_seconds("OldestDueSeconds", late)

    def bulk(self) -> int:
        """Jobs of bulk operations that had their turn."""
        try:
            return bulk.work(self._deps, lambda: not self._lasts(READING))
        except Exception:  # noqa: BLE001 - what people ordered together must not stop time
            observability.defect("tick")
            return 0

    def _hands_out(
        self, rows: Iterator[DueRow], workers: Workers, time: timedelta
    ) -> Mapping[str, Sequence[DueRow]]:
        """Whatever waits for no system; the others by what they wait for."""
        waiting: dict[str, list[DueRow]] = defaultdict(list)
        while not self._lasts(time) and (row := next(rows, None)):
            system = system_of(row)
            if system:
                waiting[system].append(row)
            else:
                self._counts(row)
                workers.takes(row.job_id, partial(self._each, (row,)))
        return waiting

    def _woken(self, system: str, rows: Sequence[DueRow]) -> Sequence[DueRow]:
        """Those left behind wait for others; where there are none, late is late."""
        try:
            woken = first_come(self._deps, system, rows)
        except Exception:  # noqa: BLE001 - what cannot be read of one system must not stop the rest
            observability.defect("tick")
            self._counts(rows[0])
            return ()
        if len(woken) < len(rows):
            observability.count("DueInTurn", len(rows) - len(woken), system=system)
        else:
            self._counts(rows[0])
        return woken

    def _counts(self, row: DueRow) -> None:
        self._oldest = min(self._oldest, row.due.at)

    def _lasts(self, time: timedelta) -> bool:
        return self._deps.clock.now() - self._began >= time

    def _each(self, rows: Iterable[DueRow]) -> int:
        """One after the other; how many it did."""
        return sum(self._handled(row) for row in rows)

    def _handled(self, row: DueRow) -> bool:
        if self._lasts(ENOUGH):
            return False
        try:
            return self._has_a_turn(row) and _done(self._deps, row)
        except (NotFound, StoreConflict):
            observability.logger().info("due row is being handled elsewhere")
        except Throttled as later:
            if later.retry_after is None:
                self._failed(row)
            else:  # to wait for a mail's turn is no failure: the row stays as it is
                observability.logger().info("what is due waits for its turn")
        except Exception:  # noqa: BLE001 - one poisoned row must not stop time for all other jobs
            observability.defect("tick")
            self._failed(row)
        return False

    def _has_a_turn(self, row: DueRow) -> bool:
        """A mail waits for it; where none comes soon, all further ones are the next run's."""
        if system_of(row) == MAIL:
            self._mails = self._mails and self._post_goes()
            return self._mails
        return True

    def _post_goes(self) -> bool:
        """Others' mails may be ahead for long: what is kept free beside them comes again soon."""
        gives_up = self._deps.clock.now() + PATIENCE
        while (wait := Paced(self._deps, MAIL).ahead()) > SOON:
            if self._deps.clock.now() >= gives_up:
                return False
            self._deps.pause(min(wait, A_WHILE).total_seconds())
        return True

    def _failed(self, row: DueRow) -> None:
        """Twice as long after each failure, so that what never works leaves the time to the
        rest."""
        wait = min(FIRST_WAIT * 2 ** min(row.due.failed, DOUBLINGS), LONGEST_WAIT)
        try:
            self._deps.store.postpone(row, self._deps.clock.now() + wait)
        except Exception:  # noqa: BLE001 - as above; the row stays due and comes again
            observability.defect("tick")


def _done(deps: Deps, row: DueRow) -> bool:
    """Whether it was still to be done: the index may be behind, and other rows of the job come
    first. A row that the table has kept longer than its job is forgotten. Raises what the row's
    function raises."""
    try:
        record = deps.store.load(row.job_id)
    except NotFound:
        deps.store.forget(row)
        return False
    if record.due.get(row.due.kind) != row.due:
        return False
    _HANDLERS[row.due.kind](deps, record)
    return True


def _measure(deps: Deps) -> None:
    looks = [waiting, read_account, monthly.look, sealing.seal, canaries.watch]
    if deps.clock.now().minute % EVERY_MINUTES == 0:
        looks += [_standing, overlooked, canaries.look, usual.look, weekly.look]
    for look in looks:
        try:
            look(deps)
        except (StoreConflict, Throttled):
            observability.logger().info("looked at elsewhere, or in its turn: the next run's")
        except Exception:  # noqa: BLE001 - numbers that cannot be read must not stop time
            observability.defect("tick")


def _standing(deps: Deps) -> None:
    """How long ago a step last worked on the job that has been left longest."""
    found = [deps.store.oldest(status) for status in _WORKED_ON]
    last = min((job.updated_at for job in found if job), default=deps.clock.now())
    age = deps.clock.now() - last
    observability.gauge_seconds("OldestJobSeconds", age.total_seconds())


def queue_again(deps: Deps, record: JobRecord) -> None:
    """Accepted, but it has not begun: queue it again until it does."""
    if record.job.status is not Status.PENDING:
        settled(deps, record, "queue")
        return
    deps.queue.send(record.job.job_id, record.job.workflow)
    later(deps, record, "queue", "queued again")


def tell_of_case(deps: Deps, record: JobRecord) -> None:
    """A case whose owner has no mail yet."""
    tell_owner(deps, record)
    settled(deps, record, "case")


def watch_case(deps: Deps, record: JobRecord) -> None:
    """A case that nobody has ended: somebody is reminded, and again later."""
    case = open_case(record)
    if case is None and record.job.status is Status.FAILED:
        _open(deps, record)
        return
    if case is None:
        settled(deps, record, "overdue")
        return
    remind_of_case(deps, record)
    again = Due(kind="overdue", at=next_look(case, deps.clock.now()))
    deps.commit(record, Change(event="case reminded", actor=TICK, due=(again,)))


def _open(deps: Deps, record: JobRecord) -> None:
    """Nobody opened a case when the execution was killed: its owner is told by the next run."""
    told = Due(kind="case", at=deps.clock.now())
    case = new_case(deps, record, record.job.reason)
    deps.commit(record, Change(event="case opened", actor=TICK, case=case, due=(told,)))


def _reported(deps: Deps, record: JobRecord) -> None:
    """What a caller did by our verdict is there, or its time is over: a person gets what failed,
    and what nobody knows of."""
    said = record.results.get(REPORTED)
    if said and all(one.done for one in said.as_(Reported).actions):
        settled(deps, record, REPORT)
        return
    why = _FAILED if said else _SILENT
    told = Due(kind="case", at=deps.clock.now())
    change = Change(event="escalated", actor=TICK, status=Status.ESCALATED, reason=why)
    case = new_case(deps, record, why)
    deps.commit(record, replace(change, case=case, due=(told,), done=(REPORT,)))


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
    "overdue": watch_case,
    "inquiry": remind_sender,
    "silence": end_wait,
    "daily": mail_daily,
    "outcome": tell_sender,
    "decided": mail_decisions,
    "trial": canaries.count,
    "items": look_after,
    "report": _reported,
    "withdrawn": tell_withdrawn,
    "answer": answer,
}


def handler(event: dict[str, Any], context: Any) -> dict[str, int]:  # noqa: ARG001 - Lambda's shape
    """EventBridge's schedule."""
    with observability.invocation("tick"):
        return {"done": tick(production(), THREADS)}
