"""Decide: rules and policy over every proposed action, on the first visit and after each wait."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from countersign.domain.actions import LedgerEntry
from countersign.domain.approvals import Approval
from countersign.domain.change import Change, JobRecord
from countersign.domain.edits import situation
from countersign.domain.job import Status
from countersign.domain.plan import build, next_move, reconsider
from countersign.domain.rules import Findings, findings
from countersign.runtime import Call, Deps, step
from countersign.workflows import WORKFLOWS

HARD_EXPIRY = timedelta(days=45)
"""After this no action of the plan may run, whoever signed it."""


def decide(deps: Deps, record: JobRecord, call: Call) -> Change:
    """Raises UnknownVersion when what is stored was written by other code."""
    workflow = WORKFLOWS[record.job.workflow]
    now = deps.clock.now()
    seen = situation(workflow, record, now)
    found = findings(workflow.rules, seen)
    if record.ledger:
        changed = reconsider(workflow, record.ledger, found)
    else:
        changed = build(workflow, seen, found, now + HARD_EXPIRY)
    ledger = _merged(record.ledger, changed)
    return Change(
        event="decided",
        actor=f"state:{call.state}",
        status=Status.PROCESSING,
        fields={f"{h.index} {h.action}": f"{h.verdict.answer}: {h.status}" for h in ledger},
        results={"findings": Findings(found=found)},
        ledger=changed,
        approvals=_superseded(record, changed),
        done=("callback",) if "callback" in record.due else (),
        move=next_move(ledger, workflow.reads),
    )


def _merged(held: Sequence[LedgerEntry], changed: Sequence[LedgerEntry]) -> list[LedgerEntry]:
    by_index = {h.index: h for h in held} | {h.index: h for h in changed}
    return [by_index[index] for index in sorted(by_index)]


def _superseded(record: JobRecord, changed: Sequence[LedgerEntry]) -> tuple[Approval, ...]:
    """A request that still waits is replaced when anything it shows has become stricter."""
    if record.pending is None or not changed:
        return ()
    return (record.pending.model_copy(update={"superseded": True}),)


handler = step(decide)
