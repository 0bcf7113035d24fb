"""Who looks after a run of items: it may be killed, or end while its job has not parked yet."""

from __future__ import annotations

from datetime import timedelta

from countersign.domain.jobs.change import Change, Due, JobRecord
from countersign.domain.jobs.job import Status
from countersign.domain.lane.control import Word
from countersign.domain.lane.run import died
from countersign.jobs.resume import TICK, go_on, settled
from countersign.runtime.deps import Deps

AGAIN = timedelta(hours=1)
"""Between two looks at what is paused."""


def look_after(deps: Deps, record: JobRecord) -> None:
    """The job goes on: it finds out itself whether its run is over, was killed, or takes longer
    than usual. One that a person paused waits for that person."""
    if record.job.status is not Status.PARKED:
        settled(deps, record, "items")
    elif deps.lanes.control(record.job.job_id).word is Word.PAUSED:
        due = Due(kind="items", at=deps.clock.now() + AGAIN)
        deps.commit(record, Change(event="its items are paused", actor=TICK, due=(due,)))
    else:
        go_on(deps, record)


def record_end(deps: Deps, job_id: str, execution: str) -> bool:
    """Mark a run that something killed, and let `tick` look at its job. Whether it was that one."""
    run = deps.lanes.run(job_id)
    if run is None or run.name != execution or run.ended_at is not None:
        return False
    deps.lanes.keep_run(run, died(run, deps.clock.now()))
    due = Due(kind="items", at=deps.clock.now())
    change = Change(event="a run over its items ended", actor="system:recorder", due=(due,))
    deps.update(job_id, lambda held: change if "items" in held.due else None)
    return True
