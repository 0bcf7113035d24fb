"""Who is woken: of those that wait for the same outside system the oldest jobs, as many as it has
time for. The others stay due as they are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from countersign.domain.jobs.change import MAILS, DueRow
from countersign.domain.limits import waking
from countersign.domain.limits.budgets import waiting_workflow
from countersign.runtime.budgets import first_to_fit
from countersign.runtime.connectors import MAIL, MODEL, known
from countersign.runtime.deps import Deps
from countersign.runtime.pace import Paced


def system_of(row: DueRow) -> str:
    """The outside system that a row waits for; none where it waits for nothing but its time."""
    return MAIL if row.due.kind in MAILS else row.due.waits_for


def first_come(deps: Deps, system: str, rows: Iterable[DueRow]) -> Sequence[DueRow]:
    """Those of the oldest jobs, as many as each key of the system has time for."""
    oldest = sorted(rows, key=lambda row: row.since)[: room_at(deps, system)]
    workflow = waiting_workflow(system)
    return first_to_fit(deps, workflow, oldest) if workflow else oldest


def room_at(deps: Deps, system: str) -> int:
    """For how many jobs each key of the system has time until `tick` comes again."""
    return min(_room(Paced(deps, key), requests) for key, requests in _needs(system).items())


def _room(key: Paced, requests: int) -> int:
    held = key.read()
    if "" in held.paused:
        return 0
    return waking.room(held.row, held.breaker, key.pace, requests, key.deps.wall.now())


def _needs(system: str) -> Mapping[str, int]:
    """About how many requests a job makes, by key. The model and a paused workflow have no
    connector, and a connector of an earlier release none any more."""
    if waiting_workflow(system):
        return {MODEL: 1}
    row = known(system)
    if row is None:
        return {system: 1}
    needs = Counter[str]()
    for side in row.sides:
        needs[side.paced_by] += side.requests
    return needs
