"""Judging a job: what the rules find, and what becomes of its plan because of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from countersign.domain.jobs.change import JobRecord
from countersign.domain.jobs.reruns import RERUN, Rerun, rerun_of
from countersign.domain.ledger.entry import ActionStatus, LedgerEntry
from countersign.domain.planning.plan import HARD_EXPIRY, build, reconsider
from countersign.domain.planning.replan import next_plan, observed
from countersign.domain.policy.policy import Answer, Reason, Verdict
from countersign.domain.policy.rules import Finding, Situation, findings
from countersign.domain.workflow import Workflow


def judged(
    workflow: Workflow[Any], record: JobRecord, seen: Situation[Any]
) -> tuple[tuple[Finding, ...], Sequence[LedgerEntry]]:
    """What is found, and the entries that are new or judged more strictly because of it."""
    found, rounds, order = findings(workflow.rules, seen), observed(record).rounds, rerun_of(record)
    plan, first = len(rounds), 1 if order else 0
    last = rounds[-1] if plan > first else None
    expires_at = seen.now + HARD_EXPIRY
    if any(held.plan == plan for held in record.ledger):
        return found, reconsider(workflow, record.ledger, found)
    if not plan:
        return found, build(workflow, seen, found, expires_at)
    made = next_plan(
        workflow,
        seen,
        found,
        record.ledger,
        expires_at=expires_at,
        plan=plan,
        answered=last is not None and not last.observations,
        rejected=last is not None and bool(last.rejected),
    )
    return found, [_signed(order, held) for held in made] if order else made


def _signed(order: Rerun, held: LedgerEntry) -> LedgerEntry:
    """What the job before did, or people did not want, takes a signature whatever policy says."""
    if held.action not in order.signed or held.status is not ActionStatus.AUTHORISED:
        return held
    why = f"{order.of} did it, may have, or people had not wanted it: once more takes a signature"
    asked = Verdict(
        answer=Answer.ASK,
        reasons=(Reason(line=RERUN, rule=RERUN, sentence=why),),
        escalate=held.verdict.escalate,
    )
    return held.model_copy(update={"verdict": asked, "status": ActionStatus.PLANNED})
