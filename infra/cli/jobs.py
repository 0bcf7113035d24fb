"""Reading jobs out of the table, for the command line and the pages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from countersign.domain.errors import NotFound
from countersign.domain.jobs.change import JobRecord
from countersign.domain.jobs.job import FINISHED, JobSummary, Status
from countersign.domain.ports import JobStore
from infra.cli.job_view import row, waits_for, waits_without_record

MOST = 50
"""Jobs of one status in a list."""
LISTED_DAYS = 7
"""How far back a list looks for finished jobs, unless asked otherwise: each day is a read."""
_WAITS_FOR_A_PERSON = frozenset({Status.WAITING_FOR_REVIEW, Status.ESCALATED, Status.FAILED})


def list_jobs(
    store: JobStore,
    now: datetime,
    status: Status | None = None,
    *,
    workflow: str = "",
    days: int = LISTED_DAYS,
) -> list[dict[str, Any]]:
    """Jobs of one status or of all, latest change first: of the latest 50 of each status those of
    `workflow`, or all. Finished ones are those of the last `days`."""
    wanted, since = [status] if status else list(Status), now - timedelta(days=days)
    jobs = [job for one in wanted for job in latest(store, one, since, now, MOST)]
    jobs = [job for job in jobs if not workflow or job.workflow == workflow]
    jobs.sort(key=lambda job: job.updated_at, reverse=True)
    return [row(job, _waits(store, job)) for job in jobs]


def latest(
    store: JobStore, status: Status, since: datetime, now: datetime, limit: int
) -> Sequence[JobSummary]:
    """Jobs of one status, latest change first; finished ones only from `since` on."""
    if status in FINISHED:
        return store.ended(status, since, now, limit)
    return store.live(status, limit)


def load(store: JobStore, job_id: str) -> JobRecord:
    """One job. Raises NotFound, which says where to look."""
    try:
        return store.load(job_id)
    except NotFound as error:
        raise NotFound(f"{error}: see `countersign jobs`") from error


def _waits(store: JobStore, job: JobSummary) -> str:
    if job.status in _WAITS_FOR_A_PERSON:
        return waits_for(store.load(job.job_id))
    return waits_without_record(job)
