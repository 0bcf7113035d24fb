"""What a change of the directory means for requests that wait: `tick` looks at them again."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from countersign.deps import Deps
from countersign.domain.change import Change, Due
from countersign.domain.errors import NotFound, StoreConflict

MOST = 1_000
"""Requests, the nearest deadline first; later ones find the deputy at their reminder."""
_WRITES = 3


def look_again(deps: Deps, person_id: str, at: datetime) -> int:
    """Let `tick` look, at `at`, at every request that waits for this person: how many those are.
    It asks the deputy of whoever is away then."""
    asked = deps.desk.asked(deps.clock.now(), MOST)
    theirs = [one.approval for one in asked if one.approval.person(person_id)]
    return sum(_due(deps, one.job_id, at) for one in theirs if at < one.deadline)


def _due(deps: Deps, job_id: str, at: datetime) -> bool:
    for _ in range(_WRITES):
        with suppress(StoreConflict, NotFound):
            record = deps.store.load(job_id)
            earlier = record.due.get("mail")
            row = Due(kind="mail", at=min(at, earlier.at) if earlier else at)
            change = Change(event="somebody is away", actor="system:directory", due=(row,))
            deps.commit(record, change)
            return True
    return False
