"""The releases of a stage, as its jobs are pinned to them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import ValidationError

from countersign.domain.errors import NotFound
from countersign.domain.jobs.change import JobRecord
from countersign.domain.jobs.job import KEPT_DAYS, Pointer, Status
from countersign.domain.policy.release import Release, release_key
from countersign.runtime.deps import Deps
from infra.cli.jobs import recent

MOST = 200
"""Jobs that are read of each status, the latest."""


@dataclass(frozen=True)
class Used:
    """A release and the jobs that are pinned to it. `release` is None where it cannot be read."""

    digest: str
    workflow: str
    release: Release | None
    first: datetime
    last: datetime
    jobs: int


def jobs_of(deps: Deps) -> tuple[list[JobRecord], tuple[str, ...]]:
    """The latest jobs of each status; and the statuses of which there are more."""
    return recent(deps, timedelta(days=KEPT_DAYS), MOST, Status)


def used(deps: Deps, records: Iterable[JobRecord]) -> tuple[Used, ...]:
    """Their releases, the one that was used last first."""
    among: dict[str, list[JobRecord]] = {}
    for record in records:
        among.setdefault(record.job.release, []).append(record)
    found = (_used(deps, digest, jobs) for digest, jobs in among.items() if digest)
    return tuple(sorted(found, key=lambda one: one.last, reverse=True))


def stored(deps: Deps, digest: str) -> Release | None:
    """The release at this address; None for one that is gone, or was written by other code."""
    try:
        return Release.model_validate_json(deps.payloads.get(Pointer.to("", release_key(digest))))
    except (NotFound, ValidationError):
        return None


def _used(deps: Deps, digest: str, records: list[JobRecord]) -> Used:
    begun = [record.job.created_at for record in records]
    workflow = records[0].job.workflow
    return Used(digest, workflow, stored(deps, digest), min(begun), max(begun), len(records))
