"""Park: end this execution quietly; the job waits for a due time and goes on in a new one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from countersign.domain.errors import (
    BudgetSpent,
    ConnectorBusy,
    ConnectorResting,
    ItemsUnderWay,
    Misconfigured,
    ModelAway,
    Paused,
    failed_with,
    failure,
    family,
)
from countersign.domain.jobs.change import Change, Due, JobRecord
from countersign.domain.jobs.job import Move, Status
from countersign.domain.jobs.matters import Matter, contact_key, of_mails
from countersign.domain.lane.control import Word
from countersign.domain.lane.run import Run
from countersign.domain.limits import budgets
from countersign.domain.limits.circuit_breaker import LONGEST_REST
from countersign.domain.limits.pace import Turn
from countersign.domain.planning.inquiry import REMIND_AFTER, WAIT_FOR, WAITING, open_question
from countersign.domain.planning.replan import is_stale, observed
from countersign.runtime.connectors import MODEL, known
from countersign.runtime.deps import Deps
from countersign.runtime.pauses import paused_by, pauses_of
from countersign.runtime.step import Call, step

WAITS = tuple(timedelta(minutes=m) for m in (2, 10, 30, 120, 480, 1440))
"""How long a job waits before its next try; after the last one a person gets it."""
SHORTEST = timedelta(seconds=1)
LOOKS_AFTER = timedelta(minutes=15)
"""Between two looks for a run of items of which nobody heard."""
EARLY = timedelta(seconds=75)
"""Before its turn: `tick` comes once a minute, and the way back to it takes seconds."""


def park(deps: Deps, record: JobRecord, call: Call) -> Change:
    """Something outside is not there: wait longer each time, then hand over. A sender who was asked
    is waited for. A connector's rest, a key or setting that is not taken, and a turn that is far
    ahead are waited for as they are, and do not count: it is not this job that fails."""
    if call.input.get("next") == "Park":
        return _waits_for_sender(deps, record, call)
    if failed_with(call.input) == ItemsUnderWay.__name__:
        return _waits_for_items(deps, record, call)
    reason = failure(call.input) or "something outside does not answer"
    tries, rests = record.job.parked, _rest(deps, record, call)
    if tries >= len(WAITS):
        return Change(
            event="waited long enough",
            actor=f"state:{call.state}",
            move=Move("Escalate", reason=f"{reason}, after {tries} waits"),
        )
    at = deps.clock.now() + (rests or WAITS[tries])
    needs, waits_for = budgets.needs_of(reason), _waits_for(deps, record, call)
    return Change(
        event="parked",
        actor=f"state:{call.state}",
        status=Status.PARKED,
        reason=reason,
        parked=tries if rests else tries + 1,
        turns={} if _is_busy(call) else dict.fromkeys(record.job.turns),
        due=(Due(kind="parked", at=at, waits_for=waits_for, needs=needs),),
        move=Move("Parked"),
    )


def _waits_for_sender(deps: Deps, record: JobRecord, call: Call) -> Change:
    """A question has left: no execution waits for its answer, which begins a new one."""
    now = deps.clock.now()
    return Change(
        event=WAITING,
        actor=f"state:{call.state}",
        status=Status.WAITING_FOR_SENDER,
        due=(
            Due(kind="inquiry", at=now + REMIND_AFTER),
            Due(kind="silence", at=now + WAIT_FOR),
        ),
        matters=(*of_mails(record.job, record.ledger), *_asked(record, now)),
        move=Move("Parked"),
    )


def _is_paused(deps: Deps, run: Run) -> bool:
    return deps.lanes.control(run.job_id).word is Word.PAUSED


def _waits_for_items(deps: Deps, record: JobRecord, call: Call) -> Change:
    """The second machine wakes it; `tick` looks now and then whether that can still come, and at
    once, or at the items' next turn, where all was over before the job could park."""
    now, run = deps.clock.now(), deps.lanes.run(record.job.job_id)
    over = run is not None and run.ended_at is not None and not _is_paused(deps, run)
    again = max(now, run.again_at or now) if run else now
    return Change(
        event="parked",
        actor=f"state:{call.state}",
        status=Status.PARKED,
        reason=failure(call.input),
        turns=dict.fromkeys(record.job.turns),
        due=(Due(kind="items", at=again if over else now + LOOKS_AFTER),),
        move=Move("Parked"),
    )


def _asked(record: JobRecord, now: datetime) -> Iterator[Matter]:
    """The row by which other jobs know that this one has asked."""
    held = open_question(record.ledger, len(observed(record).rounds))
    if held:
        address = str(held.content()["target"])
        key, job_id = contact_key(address), record.job.job_id
        yield Matter(key=key, job_id=job_id, since=now, asked=True)


def _rest(deps: Deps, record: JobRecord, call: Call) -> timedelta:
    """How long it is clear that asking is of no use; no time when it is not that."""
    failed, system = failed_with(call.input), _waits_for(deps, record, call)
    if _is_busy(call):
        return _until_its_turn(deps, record)
    if failed == BudgetSpent.__name__:
        return SHORTEST  # `tick` wakes it, and it alone, once there is room
    if failed in family(Misconfigured):
        return LONGEST_REST  # nobody asks before, save one who finds out
    if failed not in (*family(ConnectorResting), ModelAway.__name__) or not system:
        return timedelta()
    ends, now = _ends(deps, system), deps.wall.now()
    return max(ends - now, SHORTEST) if ends else SHORTEST


def _is_busy(call: Call) -> bool:
    """Whether it waits for a turn that it keeps; a turn is of no use to who waits for else."""
    return failed_with(call.input) == ConnectorBusy.__name__


def _waits_for(deps: Deps, record: JobRecord, call: Call) -> str:
    """The system without which it cannot go on; none where it has a turn there already, or where
    nobody knows. Before there is a proposal, that is the model."""
    if _is_busy(call) and _last(record).requests:
        return ""
    if failed_with(call.input) == BudgetSpent.__name__:
        return budgets.waits_for(record.job.workflow)
    if failed_with(call.input) == ModelAway.__name__:
        return MODEL
    if failed_with(call.input) == Paused.__name__ and paused_by(deps, record.job.workflow):
        return pauses_of(record.job.workflow)
    connector = str(call.input.get("connector", ""))
    if known(connector):
        return connector
    return MODEL if is_stale(record) else ""


def _last(record: JobRecord) -> Turn:
    return max(record.job.turns.values(), key=lambda turn: turn.at)


def _until_its_turn(deps: Deps, record: JobRecord) -> timedelta:
    """Until a little before it, for the way back to it; a time without a turn as it is."""
    last = _last(record)
    early = EARLY if last.requests else timedelta()
    return max(last.at - deps.wall.now() - early, SHORTEST)


def _ends(deps: Deps, system: str) -> datetime | None:
    """When the last of its keys' breakers closes."""
    row = known(system)
    keys = row.paced_by if row else {system}
    breakers = (deps.limits.state(key).breaker for key in keys)
    return max((one.open_until for one in breakers if one.open_until), default=None)


handler = step(park)
