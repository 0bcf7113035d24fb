"""Finding jobs: by what leads to them, or by status and day; for whoever may read them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta

from countersign.domain.approvals.directory import Member
from countersign.domain.errors import NotFound
from countersign.domain.jobs.change import JobRecord
from countersign.domain.jobs.inbox import OPERATIONS, boxes
from countersign.domain.jobs.job import FINISHED, JobSummary, Status
from countersign.domain.jobs.search import Search
from countersign.domain.ports import JobStore
from countersign.domain.workflow import Workflows
from countersign.runtime.deps import Deps

PAGE = 20
"""Jobs of one answer: each is read whole."""
LOOKED_AT = 60
"""Rows of the index that are followed for one answer."""
LISTED = 50
"""Jobs of one status that a list without a key looks at, the latest."""
DAYS = 3
"""So far back such a list looks for what is over, unless a day is named: each day is a read."""
THREADS = 8
May = Callable[[JobRecord], bool]


@dataclass(frozen=True)
class Found:
    """The jobs, the latest first. `counts` by status of all that were looked at, before one status
    is chosen; `more`: there are others. Of a status with `LISTED` jobs there may be others too."""

    records: Sequence[JobRecord]
    counts: Mapping[Status, int]
    more: bool


def may_read(member: Member, record: JobRecord, workflows: Workflows) -> bool:
    """Whether the job is one of theirs: operations read all, a workflow's owner and those whom it
    asks its jobs, a team its cases, and everybody what they were asked to sign."""
    workflow = workflows.get(record.job.workflow)
    charged = {workflow.owner, *(tier.role for tier in workflow.tiers)} if workflow else set()
    charged |= {record.case.owner} if record.case else set()
    asked = any(one.person(member.person.id) for one in record.approvals.values())
    return asked or bool({OPERATIONS, *charged} & {*member.roles})


def listed_for(member: Member, workflows: Workflows) -> frozenset[str]:
    """The workflows of which this person has the list of all jobs."""
    every = OPERATIONS in member.roles
    return frozenset(one.id for one in workflows.values() if every or one.owner in member.roles)


def find(deps: Deps, wanted: Search, whose: frozenset[str], may: May) -> Found:
    """What is wanted, of what this person may read; without a key, of the workflows in `whose`."""
    if wanted.job:
        found = [one for one in loaded(deps, [wanted.job]) if may(one)]
        return _found(found, found)
    if wanted.key:
        return _by_key(deps, wanted, may)
    return _listed(deps, wanted, whose)


def asked_of(deps: Deps, member: Member) -> Found:
    """What waits for somebody who has no list: the jobs of their own boxes."""
    rows = [row for box in boxes(member) for row in deps.store.inbox(box, PAGE + 1)]
    found = loaded(deps, dict.fromkeys(row.job_id for row in rows))
    return _found(found, found)


def _by_key(deps: Deps, wanted: Search, may: May) -> Found:
    rows = deps.store.matters(wanted.key, LOOKED_AT, newest_first=True, until=wanted.until)
    inside = [row.job_id for row in rows if not wanted.since or row.since >= wanted.since]
    every = [one for one in loaded(deps, dict.fromkeys(inside)) if may(one)]
    found = _found(every, [one for one in every if wanted.fits(one)])
    return Found(found.records, found.counts, more=found.more or len(rows) == LOOKED_AT)


def _listed(deps: Deps, wanted: Search, whose: frozenset[str]) -> Found:
    now = deps.clock.now()
    since, until = wanted.since or now - timedelta(days=DAYS), min(wanted.until or now, now)
    jobs = latest(deps.store, Status, since, until, LISTED)
    jobs = [job for job in jobs if job.workflow in whose]
    jobs = [job for job in jobs if wanted.workflow in {"", job.workflow}]
    if wanted.since:
        jobs = [job for job in jobs if wanted.since <= job.updated_at <= until]
    counts = Counter(job.status for job in jobs)
    chosen = [job for job in jobs if wanted.status in {None, job.status}]
    chosen.sort(key=lambda job: job.updated_at, reverse=True)
    records = loaded(deps, [job.job_id for job in chosen[:PAGE]])
    return Found(records, counts, more=len(chosen) > PAGE)


def latest(
    store: JobStore, statuses: Iterable[Status], since: datetime, now: datetime, limit: int
) -> list[JobSummary]:
    """At most `limit` jobs of each of these statuses, latest change first; finished ones only from
    `since` on."""
    over, under_way = {*statuses} & FINISHED, {*statuses} - FINISHED
    found = store.ended(over, since, now, limit) if over else ()
    found = [*found, *(store.live(under_way, limit) if under_way else ())]
    return sorted(found, key=lambda job: job.updated_at, reverse=True)


def cut_short(found: Iterable[JobSummary], limit: int) -> tuple[str, ...]:
    """The statuses of which there may be more jobs than these."""
    counts = Counter(job.status for job in found)
    return tuple(one.value for one in Status if counts[one] >= limit)


def _found(every: Sequence[JobRecord], fitting: Sequence[JobRecord]) -> Found:
    counts = Counter(one.job.status for one in every)
    return Found(fitting[:PAGE], counts, more=len(fitting) > PAGE)


def loaded(deps: Deps, job_ids: Iterable[str]) -> list[JobRecord]:
    """Those that are still there, in this order."""
    with ThreadPoolExecutor(THREADS) as threads:
        return [one for one in threads.map(lambda job_id: _load(deps, job_id), job_ids) if one]


def _load(deps: Deps, job_id: str) -> JobRecord | None:
    try:
        return deps.store.load(job_id)
    except NotFound:
        return None
