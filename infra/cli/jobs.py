"""Reading jobs out of the table, for the command line and the pages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from countersign.domain.errors import NotFound
from countersign.domain.jobs.change import JobRecord
from countersign.domain.jobs.job import JobSummary, Status
from countersign.domain.ports import JobStore
from countersign.domain.workflow import Workflows
from countersign.jobs.finding import cut_short, latest
from countersign.runtime.deps import Deps
from infra.cli.job_view import row

MOST = 50
"""Jobs of one status in a list."""
SHOWN = 20
"""Jobs of a list that a terminal shows, unless asked otherwise."""
LISTED_DAYS = 7
"""How far back a list looks for finished jobs, unless asked otherwise: each day is a read."""
_SHORT = 8
"""Characters of an id from which it can name its job."""


@dataclass(frozen=True)
class Wanted:
    """Which jobs of a list. `search` is looked for in whom a job is about, how much, and why."""

    status: Status | None = None
    workflow: str = ""
    search: str = ""
    days: int = LISTED_DAYS


def summaries(store: JobStore, now: datetime, wanted: Wanted) -> list[JobSummary]:
    """Jobs of one status or of all, latest change first: of the latest 50 of each status those of
    the workflow, or all. Finished ones are those of the last `days`."""
    every, since = [wanted.status] if wanted.status else list(Status), _since(now, wanted)
    jobs = latest(store, every, since, now, MOST)
    return [job for job in jobs if wanted.workflow in {"", job.workflow}]


def list_jobs(
    store: JobStore, workflows: Workflows, now: datetime, wanted: Wanted | None = None
) -> list[dict[str, Any]]:
    """The same, each with whom it is about and whom it waits for, which reads each job."""
    wanted = wanted or Wanted()
    found = (store.load(job.job_id) for job in summaries(store, now, wanted))
    rows = (row(record, workflows) for record in found)
    return [one for one in rows if wanted.search.casefold() in _words(one)]


def recent(
    deps: Deps, within: timedelta, most: int, statuses: Iterable[Status]
) -> tuple[list[JobRecord], tuple[str, ...]]:
    """Jobs that changed within that time, at most so many of each status; and the statuses of which
    there are more."""
    now = deps.clock.now()
    jobs = latest(deps.store, statuses, now - within, now, most)
    jobs = [job for job in jobs if job.updated_at >= now - within]
    return [deps.store.load(job.job_id) for job in jobs], cut_short(jobs, most)


def load(store: JobStore, job_id: str, now: datetime) -> JobRecord:
    """One job, by its id or by the beginning of one that no other of late has. Raises NotFound,
    which says where to look."""
    try:
        return store.load(job_id)
    except NotFound as error:
        known = [job.job_id for job in summaries(store, now, Wanted())] if _is_short(job_id) else []
        meant = [one for one in known if one.startswith(job_id)]
        if len(meant) == 1:
            return store.load(meant[0])
        raise NotFound(f"{error}: see `countersign jobs`") from error


def _is_short(job_id: str) -> bool:
    return len(job_id) >= _SHORT


def _since(now: datetime, wanted: Wanted) -> datetime:
    return now - timedelta(days=wanted.days)


def _words(one: dict[str, Any]) -> str:
    names = ("job_id", "workflow", "about", "reason", "waits_for")
    return " ".join(one[name] for name in names).casefold()
