"""Whether jobs come, and end, as they usually do: looked at every few minutes, told where not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from countersign import observability
from countersign.domain.jobs.job import FINISHED, JobSummary, Status
from countersign.domain.reporting.usual import Usual, seen
from countersign.jobs.finding import latest
from countersign.runtime.deps import Deps

MOST = 500
"""Jobs of one status that are read in a look, those changed last."""
WITH_A_PERSON = (Status.ESCALATED, Status.FAILED)


def look(deps: Deps) -> None:
    """Compare each workflow with itself. The first look only remembers."""
    known, now = deps.usual.all(), deps.clock.now()
    found = _changed(deps, min((one.seen for one in known.values()), default=now), now)
    held = (job for jobs in found.values() for job in jobs)
    cases = sum(job.status is Status.ESCALATED for job in held)
    if cases:
        observability.count("CasesOpen", cases)
    for workflow in deps.workflows:
        after = _after(known.get(workflow), found[workflow], now)
        deps.usual.put(workflow, after)
        _tell(workflow, after, now)


def _changed(deps: Deps, since: datetime, now: datetime) -> Mapping[str, list[JobSummary]]:
    """By workflow: whatever changed since, and all that wait for a person."""
    found: dict[str, list[JobSummary]] = defaultdict(list)
    for job in latest(deps.store, Status, since, now, MOST):
        if job.updated_at > since or job.status in WITH_A_PERSON:
            found[job.workflow].append(job)
    return found


def _after(before: Usual | None, jobs: Sequence[JobSummary], now: datetime) -> Usual:
    since = before.seen if before else now
    return seen(
        before,
        now,
        [job.created_at for job in jobs if job.created_at > since],
        sum(job.status in FINISHED and job.updated_at > since for job in jobs),
        sorted(job.job_id for job in jobs if job.status in WITH_A_PERSON),
    )


def _tell(workflow: str, usual: Usual, now: datetime) -> None:
    """Both say which workflow in the log alone: a series for each would be paid each month."""
    gap, ends = usual.too_long(now), usual.unusual_ends()
    if gap:
        observability.count("JobsMissing")
        said = {"workflow": workflow, "minutes": round(gap.total_seconds() / 60)}
        observability.logger().warning("no jobs for unusually long", extra=said)
    if ends:
        observability.count("EndsUnusual")
        said = {"workflow": workflow, "ended": ends.ended, "with_a_person": ends.bad}
        observability.logger().warning("unusually many jobs ended with a person", extra=said)
