"""Which step fails: what the steps' own lines and the ledgers say, counted by step and kind."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from countersign.domain.jobs.attempts import attempts
from countersign.domain.jobs.change import JobRecord
from countersign.domain.ledger.entry import ActionStatus

MACHINE = "machine"
"""The step of what no step could say itself: its execution was killed or ran out of time."""
_KILLED = "execution ended"
_WRONG = (ActionStatus.FAILED, ActionStatus.UNKNOWN, ActionStatus.KEPT)


@dataclass(frozen=True)
class Failure:
    """One time that a step did not do its work. `what` is an error's class, or an action and how it
    stands."""

    at: datetime
    step: str
    what: str
    job_id: str


@dataclass(frozen=True)
class FailingStep:
    """One line: a step fails in one way so many times, in so many jobs, since then."""

    step: str
    what: str
    count: int
    jobs: int
    since: datetime
    last: datetime
    samples: tuple[str, ...]
    """Ids of the latest jobs."""


def failing(failures: Iterable[Failure], samples: int) -> tuple[FailingStep, ...]:
    """The lines, who fails most first."""
    among: dict[tuple[str, str], list[Failure]] = defaultdict(list)
    for one in failures:
        among[one.step, one.what].append(one)
    lines = (_line(step, what, found, samples) for (step, what), found in among.items())
    return tuple(sorted(lines, key=lambda line: (-line.count, line.step, line.what)))


def of_ledger(record: JobRecord) -> Iterator[Failure]:
    """What a job's own record says: actions that failed, and executions that died under it."""
    job_id = record.job.job_id
    for held in record.ledger:
        if held.status in _WRONG:
            tried = attempts(record.audit, held)
            at = tried[-1].at if tried else record.job.updated_at
            yield Failure(at, "Act", f"{held.action} {held.status}", job_id)
    for entry in record.audit:
        if entry.event == _KILLED:
            yield Failure(entry.at, MACHINE, _KILLED, job_id)


def _line(step: str, what: str, found: list[Failure], samples: int) -> FailingStep:
    ordered = sorted(found, key=lambda one: one.at)
    ids = tuple(dict.fromkeys(one.job_id for one in reversed(ordered)))
    return FailingStep(
        step=step,
        what=what,
        count=len(ordered),
        jobs=len(ids),
        since=ordered[0].at,
        last=ordered[-1].at,
        samples=ids[:samples],
    )
