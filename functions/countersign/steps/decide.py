"""Decide: rules and policy over every proposed action, on the first visit and after each wait."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from countersign.capping import check_stopped, reserve
from countersign.deps import Deps
from countersign.domain.actions import LedgerEntry
from countersign.domain.approvals import Approval
from countersign.domain.change import Change, JobRecord
from countersign.domain.edits import situation
from countersign.domain.job import Status
from countersign.domain.next_plan import next_plan
from countersign.domain.overtaken import overtaken
from countersign.domain.plan import build, dropped, next_move, reconsider
from countersign.domain.replan import observed
from countersign.domain.reservations import capped_before
from countersign.domain.rules import Finding, Findings, Situation, findings
from countersign.domain.workflow import Workflow
from countersign.runtime import Call, step
from countersign.workflows import WORKFLOWS

HARD_EXPIRY = timedelta(days=45)
"""After this no action of the plan may run, whoever signed it."""


def decide(deps: Deps, record: JobRecord, call: Call) -> Change:
    """What runs by itself is reserved in its caps first; a reached one is judged as a finding.

    Raises UnknownVersion when what is stored was written by other code, Throttled when too many
    reserve in one cap at once.
    """
    workflow = WORKFLOWS[record.job.workflow]
    now = deps.clock.now()
    seen = replace(situation(workflow, record, now), capped=capped_before(record))
    found, changed = _judged(workflow, record, seen)
    ledger = _merged(record.ledger, changed)
    full = reserve(deps, workflow, seen, ledger)
    if full:
        found, changed = _judged(workflow, record, replace(seen, capped=tuple(full.values())))
        ledger = _merged(record.ledger, changed)
        check_stopped(ledger, full)
    changed = _merged(changed, overtaken(workflow, ledger, seen.records))
    changed = _merged(changed, dropped(_merged(ledger, changed)))
    ledger = _merged(ledger, changed)
    return Change(
        event="decided",
        actor=f"state:{call.state}",
        status=Status.PROCESSING,
        fields={f"{h.index} {h.action}": f"{h.verdict.answer}: {h.status}" for h in ledger},
        results={"findings": Findings(found=found)},
        ledger=tuple(changed),
        approvals=_superseded(record, changed),
        done=("callback",) if "callback" in record.due else (),
        move=next_move(ledger, workflow.reads),
    )


def _judged(
    workflow: Workflow[Any], record: JobRecord, seen: Situation[Any]
) -> tuple[tuple[Finding, ...], Sequence[LedgerEntry]]:
    """What is found, and the entries that are new or judged more strictly because of it."""
    found, plan = findings(workflow.rules, seen), len(observed(record).rounds)
    expires_at = seen.now + HARD_EXPIRY
    if any(held.plan == plan for held in record.ledger):
        return found, reconsider(workflow, record.ledger, found)
    if not plan:
        return found, build(workflow, seen, found, expires_at)
    made = next_plan(workflow, seen, found, record.ledger, expires_at=expires_at, plan=plan)
    return found, made


def _merged(held: Sequence[LedgerEntry], changed: Sequence[LedgerEntry]) -> list[LedgerEntry]:
    by_index = {h.index: h for h in held} | {h.index: h for h in changed}
    return [by_index[index] for index in sorted(by_index)]


def _superseded(record: JobRecord, changed: Sequence[LedgerEntry]) -> tuple[Approval, ...]:
    """A request that still waits is replaced when anything it shows has become stricter."""
    if record.pending is None or not changed:
        return ()
    return (record.pending.model_copy(update={"superseded": True}),)


handler = step(decide)
