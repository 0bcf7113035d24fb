"""Which jobs do not go on, and why: grouped by cause, each cause with what is to be done."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from countersign.domain.errors import BUDGET, PAUSED
from countersign.domain.jobs.change import JobRecord
from countersign.domain.jobs.inbox import open_case
from countersign.domain.jobs.job import FINISHED, Status
from countersign.domain.ledger.entry import ActionStatus
from countersign.domain.reporting.inputs import plain

UNDER_WAY = timedelta(minutes=15)
"""So long a job may be without a write of its step before it counts as stuck."""

_CASE = "countersign case JOB resume | done | close --by PERSON"
_EVIDENCE = "find out at the target, then `countersign case JOB done --by PERSON --words EVIDENCE`"
_SIGN = "they were mailed: `countersign people link JOB ID` mails one more link"
_TAKEN_UP = "tick lets it go on within three minutes; else see the logs of Approvals and Tick"
_OLD = "see `countersign failing` and the execution's history; then `countersign redrive JOB`"
_RAISE = "`countersign budget raise WORKFLOW --usd N --by PERSON --reason WHY`"
_BY_ITSELF = "nothing: it goes on by itself"


@dataclass(frozen=True)
class Cause:
    """Why a job does not go on, without what is its own, and what is to be done about it."""

    why: str
    what_to_do: str


@dataclass(frozen=True)
class StuckGroup:
    """All jobs of one cause, as of now; ages in seconds."""

    status: Status
    cause: Cause
    count: int
    oldest: float
    workflows: tuple[str, ...]
    samples: tuple[str, ...]
    """Ids of the oldest."""


def stuck(records: Iterable[JobRecord], now: datetime, samples: int) -> tuple[StuckGroup, ...]:
    """Those of the jobs that wait for somebody or something, the largest group first."""
    among: dict[tuple[Status, Cause], list[JobRecord]] = defaultdict(list)
    for record in records:
        cause = cause_of(record, now)
        if cause:
            among[record.job.status, cause].append(record)
    groups = (_group(*key, found, now, samples) for key, found in among.items())
    return tuple(sorted(groups, key=lambda one: (-one.count, one.status, one.cause.why)))


def cause_of(record: JobRecord, now: datetime) -> Cause | None:
    """Why the job does not go on; None for one that has ended or is being worked on."""
    status = record.job.status
    if status in FINISHED:
        return None
    return _BY_STATUS.get(status, _quiet)(record, now)


def since(record: JobRecord) -> datetime:
    """Since when the job waits for what it waits for."""
    case = open_case(record)
    if case:
        return case.opened_at
    return record.pending.requested_at if record.pending else record.job.updated_at


def _case(record: JobRecord, _: datetime) -> Cause:
    if any(held.status is ActionStatus.UNKNOWN for held in record.ledger):
        return Cause("nobody knows whether an action took effect", _EVIDENCE)
    case = open_case(record)
    owner = f" ({case.owner})" if case else ""
    return Cause(f"a case{owner}: {plain(record.job.reason)}", _CASE)


def _killed(record: JobRecord, _: datetime) -> Cause:
    return Cause(plain(record.job.reason.partition(";")[0]), "countersign redrive JOB")


def _parked(record: JobRecord, now: datetime) -> Cause:
    row, why = record.due.get("parked"), plain(record.job.reason)
    if PAUSED in why:
        return Cause(why, f"`countersign resume {why.partition(PAUSED)[0]} --by PERSON`")
    if BUDGET in why:
        return Cause(why, f"wait until midnight UTC, or {_RAISE}")
    late = row is None or (not row.waits_for and now - row.at > UNDER_WAY)
    return Cause(why, "tick does not wake it: see its log" if late else _BY_ITSELF)


def _signature(record: JobRecord, _: datetime) -> Cause:
    if record.pending is None:
        return Cause("it was decided, and nobody has acted on that yet", _TAKEN_UP)
    names = " or ".join(sorted(person.name for person in record.pending.approvers))
    return Cause(f"a signature of {names}", _SIGN)


def _asked(_: JobRecord, __: datetime) -> Cause:
    return Cause("its sender was asked and has not answered", _BY_ITSELF)


def _quiet(record: JobRecord, now: datetime) -> Cause | None:
    """Begun or about to, which is nobody's trouble unless it lasts."""
    if now - record.job.updated_at <= UNDER_WAY:
        return None
    if record.job.status is Status.PENDING:
        return Cause("it was accepted and has not begun", "see the log of Start and the DLQs")
    return Cause("no step has written for a quarter of an hour", _OLD)


_BY_STATUS: dict[Status, Callable[[JobRecord, datetime], Cause | None]] = {
    Status.ESCALATED: _case,
    Status.FAILED: _killed,
    Status.PARKED: _parked,
    Status.WAITING_FOR_REVIEW: _signature,
    Status.WAITING_FOR_SENDER: _asked,
}


def _group(
    status: Status, cause: Cause, found: list[JobRecord], now: datetime, samples: int
) -> StuckGroup:
    ordered = sorted(found, key=since)
    return StuckGroup(
        status=status,
        cause=cause,
        count=len(ordered),
        oldest=(now - since(ordered[0])).total_seconds(),
        workflows=tuple(sorted({one.job.workflow for one in ordered})),
        samples=tuple(one.job.job_id for one in ordered[:samples]),
    )
