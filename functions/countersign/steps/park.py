"""Park: end this execution quietly; the job waits for a due time and goes on in a new one."""

from __future__ import annotations

import zlib
from datetime import timedelta

from countersign.domain.errors import ConnectorResting, failed_with, failure
from countersign.domain.jobs.change import Change, Due, JobRecord
from countersign.domain.jobs.job import Move, Status
from countersign.runtime.deps import Deps
from countersign.runtime.step import Call, step

WAITS = tuple(timedelta(minutes=m) for m in (2, 10, 30, 120, 480, 1440))
"""How long a job waits before its next try; after the last one a person gets it."""
SPREAD = timedelta(minutes=1)


def park(deps: Deps, record: JobRecord, call: Call) -> Change:
    """Something outside is not there: wait longer each time, then hand over. A connector's rest is
    waited for as it is, and does not count: nobody asked, so nothing failed."""
    reason = failure(call.input) or "something outside does not answer"
    tries, rests = record.job.parked, _rest(deps, call)
    if tries >= len(WAITS):
        return Change(
            event="waited long enough",
            actor=f"state:{call.state}",
            move=Move("Escalate", reason=f"{reason}, after {tries} waits"),
        )
    wait = rests or WAITS[tries]
    return Change(
        event="parked",
        actor=f"state:{call.state}",
        status=Status.PARKED,
        reason=reason,
        parked=tries if rests else tries + 1,
        due=(Due(kind="parked", at=deps.clock.now() + wait),),
        move=Move("Parked"),
    )


def _rest(deps: Deps, call: Call) -> timedelta:
    """How long the connector whose breaker stopped the job still rests, and a part of a minute of
    the job's own, so that not all jobs come back at once. No time when it is not that."""
    connector = call.input.get("connector")
    if failed_with(call.input) != ConnectorResting.__name__ or not connector:
        return timedelta()
    ends, now = deps.limits.breaker(connector).open_until, deps.wall.now()
    left = max(ends - now, timedelta()) if ends else timedelta()
    return left + SPREAD * (0.1 + 0.9 * zlib.crc32(call.job_id.encode()) / 2**32)


handler = step(park)
