"""Park: end this execution quietly; the job waits for a due time and goes on in a new one."""

from __future__ import annotations

from datetime import timedelta

from countersign.deps import Deps
from countersign.domain.change import Change, Due, JobRecord
from countersign.domain.job import Status
from countersign.domain.plan import Move, failure
from countersign.runtime import Call, step

WAITS = tuple(timedelta(minutes=m) for m in (2, 10, 30, 120, 480, 1440))
"""How long a job waits before its next try; after the last one a person gets it."""


def park(deps: Deps, record: JobRecord, call: Call) -> Change:
    """Something outside is not there: wait longer each time, then hand over."""
    reason = failure(call.input) or "something outside does not answer"
    tries = record.job.parked
    if tries >= len(WAITS):
        return Change(
            event="waited long enough",
            actor=f"state:{call.state}",
            move=Move("Escalate", reason=f"{reason}, after {tries} waits"),
        )
    return Change(
        event="parked",
        actor=f"state:{call.state}",
        status=Status.PARKED,
        reason=reason,
        parked=tries + 1,
        due=(Due(kind="parked", at=deps.clock.now() + WAITS[tries]),),
        done=tuple(kind for kind in record.due if kind == "queue"),
        move=Move("Parked"),
    )


handler = step(park)
