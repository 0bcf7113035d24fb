"""Act: carry out, or take back, the next consecutive actions of one connector."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from countersign import observability
from countersign.domain.errors import NotYourTurn
from countersign.domain.jobs.change import Change, JobRecord
from countersign.domain.jobs.job import Move, Status
from countersign.domain.ledger.entry import ActionStatus, LedgerEntry
from countersign.domain.planning.inquiry import or_waits
from countersign.domain.planning.plan import next_move, undo_visit, visit
from countersign.domain.planning.replan import REPLANNED, observed, onward
from countersign.domain.policy.records import Records
from countersign.domain.workflow import Workflow, known
from countersign.runtime.deps import Deps
from countersign.runtime.step import Call, Continued, step
from countersign.runtime.visits import waiting
from countersign.steps.act.claim import told, unsent
from countersign.steps.act.execute import execute
from countersign.steps.act.undo import take_back
from countersign.steps.act.visit import Visit, visiting

FRESH, FRESH_FOR_GOOD = timedelta(minutes=10), timedelta(seconds=30)
"""Records older than this are read again, and policy judges again, before anything runs: much
sooner before what cannot be undone. From Look to Act it is seconds unless somebody throttles."""


def act(deps: Deps, record: JobRecord, call: Call) -> Continued:
    """One visit at its turn, or the wait for it."""
    try:
        return _act(deps, record, call)
    except NotYourTurn as later:
        return Continued(*waiting(deps, call, str(call.input["connector"]), later))


def _act(deps: Deps, record: JobRecord, call: Call) -> Continued:
    """What is to be undone comes first; an order to undo needs no fresh records."""
    workflow = deps.workflows[record.job.workflow]
    move = next_move(record.ledger, workflow.reads)
    if move.state != "Act" or move.connector != call.input.get("connector"):
        return _onward(deps, record, call, ())  # another function's rights are needed
    undone = undo_visit(record.ledger, move.connector)
    if undone:
        with visiting(deps, call, record, move.connector, undone) as going:
            return _taking_back(going, record, undone)
    entries = visit(record.ledger, move.connector)
    age = deps.clock.now() - record.results["records"].as_(Records).read_at
    if age > _fresh(workflow, entries):
        return Continued(record, _acted(call, (), Move("Look", connector=workflow.reads)))
    with visiting(deps, call, record, move.connector, entries) as going:
        return _carrying_out(going, record, entries)


def _fresh(workflow: Workflow[Any], entries: tuple[LedgerEntry, ...]) -> timedelta:
    """How old the records may be for these actions."""
    actions = [known(workflow, held) for held in entries]
    return FRESH if all(one and one.reversible for one in actions) else FRESH_FOR_GOOD


def _carrying_out(going: Visit, record: JobRecord, entries: tuple[LedgerEntry, ...]) -> Continued:
    """Until one does not verify."""
    settled: tuple[LedgerEntry, ...] = ()
    for at, held in enumerate(entries, 1):
        after, ended = execute(going, record, held, settled, entries[at:])
        settled = (ended,) if after is not record else (*settled, ended)
        record = after
        if ended.status is not ActionStatus.VERIFIED:
            if ended.status is ActionStatus.UNKNOWN:
                observability.count("OutcomesUnknown")
            if ended.shows_otherwise:
                observability.count("VerificationsFailed", workflow=record.job.workflow)
            settled = (*settled, *unsent(record, entries[at:]))
            break
    return _onward(going.deps, record, going.call, settled)


def _taking_back(going: Visit, record: JobRecord, entries: tuple[LedgerEntry, ...]) -> Continued:
    """All of them: each is judged by its own target, whatever became of the one before."""
    settled: tuple[LedgerEntry, ...] = ()
    for held in entries:
        after, ended = take_back(going, record, held, settled)
        settled = (ended,) if after is not record else (*settled, ended)
        record = after
    return _onward(going.deps, record, going.call, settled)


def _onward(
    deps: Deps, record: JobRecord, call: Call, settled: tuple[LedgerEntry, ...]
) -> Continued:
    """What policy makes of a failure comes before what the ledger alone would say."""
    workflow = deps.workflows[record.job.workflow]
    change = onward(record, workflow, settled, deps.clock.now())
    if change:
        if change.event == REPLANNED:
            observability.count("Replans")
        return Continued(record, replace(change, fields={**told(settled), **change.fields}))
    ledger = [e for e in record.ledger if e.index not in {s.index for s in settled}]
    whole = sorted((*ledger, *settled), key=lambda e: e.index)
    move = or_waits(next_move(whole, workflow.reads), whole, len(observed(record).rounds))
    return Continued(record, _acted(call, settled, move))


def _acted(call: Call, settled: tuple[LedgerEntry, ...], move: Move) -> Change:
    return Change(
        event="acted",
        actor=f"state:{call.state}",
        status=Status.PROCESSING,
        fields=told(settled),
        ledger=settled,
        move=move,
    )


handler = step(act)
