"""Reading jobs out of the table, for the command line and the pages."""

from __future__ import annotations

from typing import Any

from countersign.domain.errors import NotFound
from countersign.domain.jobs.change import JobRecord
from countersign.domain.jobs.job import Job, Status
from countersign.domain.ports import JobStore
from infra.cli.job_view import row, waits_for, waits_without_record

MOST = 50
"""Jobs of one status in a list."""
_WAITS_FOR_A_PERSON = frozenset({Status.WAITING_FOR_REVIEW, Status.ESCALATED, Status.FAILED})


def list_jobs(store: JobStore, status: Status | None, workflow: str = "") -> list[dict[str, Any]]:
    """Jobs of one status or of all, latest change first: of the latest 50 of each status those of
    `workflow`, or all."""
    wanted = [status] if status else list(Status)
    jobs = [job for one in wanted for job in store.recent(one, MOST)]
    jobs = [job for job in jobs if not workflow or job.workflow == workflow]
    jobs.sort(key=lambda job: job.updated_at, reverse=True)
    return [row(job, _waits(store, job)) for job in jobs]


def load(store: JobStore, job_id: str) -> JobRecord:
    """One job. Raises NotFound, which says where to look."""
    try:
        return store.load(job_id)
    except NotFound as error:
        raise NotFound(f"{error}: see `countersign jobs`") from error


def _waits(store: JobStore, job: Job) -> str:
    if job.status in _WAITS_FOR_A_PERSON:
        return waits_for(store.load(job.job_id))
    return waits_without_record(job)
