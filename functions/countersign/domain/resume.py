"""Resuming: what a new execution of a job starts from."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from countersign.domain.actions import ActionStatus, LedgerEntry
from countersign.domain.approvals import Approval
from countersign.domain.change import Change, Due, JobRecord
from countersign.domain.errors import ContractBroken
from countersign.domain.job import Status, execution_name
from countersign.domain.policy import Answer
from countersign.domain.proposal import Fact, Proposal

AGAIN = timedelta(minutes=2)
"""A new execution that has not begun by then is started again."""

_A = ActionStatus


def resumed(record: JobRecord, actor: str, now: datetime, **more: object) -> Change:
    """A new execution takes the job over; what is stored stays stored."""
    attempt = record.job.attempt + 1
    return Change(
        event="resumed",
        actor=actor,
        status=Status.RETRYING,
        reason="",  # why it waited holds no more; the audit trail keeps it
        attempt=attempt,
        execution=execution_name(record.job.job_id, attempt),
        due=(Due(kind="parked", at=now + AGAIN),),
        # Its deadline rows went with the execution: the new one asks anew, with new links.
        approvals=_replaced(record),
        **more,  # type: ignore[arg-type] # fields of Change, checked by it
    )


def _replaced(record: JobRecord) -> tuple[Approval, ...]:
    pending = record.pending
    return (pending.model_copy(update={"superseded": True}),) if pending else ()


def freed(record: JobRecord) -> tuple[LedgerEntry, ...]:
    """Ledger entries that a person lets try again: failed ones, and those nobody decided on.

    Raises ContractBroken for an unknown outcome: only evidence settles that, never another try.
    """
    if any(held.status is _A.UNKNOWN for held in record.ledger):
        raise ContractBroken(
            "an action's outcome is unknown: find out at the target, then use `case … done`"
        )
    again = (_A.FAILED, _A.EXPIRED)
    return tuple(_again(held) for held in record.ledger if held.status in again)


def corrected(proposal: Proposal, facts: Mapping[str, str], by: str) -> Proposal:
    """`proposal` with facts that a person set; they carry that person's name."""
    changed = {n: Fact(value=v, quotes=(), derived=True, by=by) for n, v in facts.items()}
    return proposal.model_copy(update={"facts": {**proposal.facts, **changed}})


def _again(held: LedgerEntry) -> LedgerEntry:
    asked = held.verdict.answer is Answer.ASK
    status = _A.PLANNED if asked else _A.AUTHORISED
    return held.model_copy(update={"status": status, "approval": "", "note": ""})
