"""Resuming: what a new execution of a job starts from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from countersign.domain.approvals.approval import Approval
from countersign.domain.approvals.authority import signers_left
from countersign.domain.approvals.directory import Directory
from countersign.domain.errors import ContractBroken
from countersign.domain.jobs.change import Change, Due, JobRecord
from countersign.domain.jobs.job import Status, execution_name
from countersign.domain.ledger.entry import ActionStatus, LedgerEntry
from countersign.domain.policy.policy import Answer

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


def freed(record: JobRecord, people: Directory) -> tuple[LedgerEntry, ...]:
    """Ledger entries that a person lets try again: failed ones, those nobody decided on, and those
    whose signers have left, which are asked anew.

    Raises ContractBroken for an unknown outcome: only evidence settles that, never another try.
    """
    if any(held.status is _A.UNKNOWN for held in record.ledger):
        raise ContractBroken(
            "an action's outcome is unknown: find out at the target, then use `case … done`, with "
            "--did-not-happen if it did not"
        )
    again = (_A.FAILED, _A.EXPIRED)
    return tuple(
        _again(held)
        for held in record.ledger
        if held.status in again or _unsigned(held, record.approvals, people)
    )


def _unsigned(held: LedgerEntry, approvals: Mapping[str, Approval], people: Directory) -> bool:
    """Whether it was to run, and those who signed it have left. A claimed one keeps its claim."""
    return held.status is _A.AUTHORISED and signers_left(held, approvals, people)


def settled(
    ledger: Iterable[LedgerEntry], *, by: str, words: str, happened: bool
) -> tuple[LedgerEntry, ...]:
    """The entries of which nobody knew whether they took effect, as a person found them at the
    target; `words` are the evidence."""
    status, found = (_A.VERIFIED, "") if happened else (_A.FAILED, " (it did not happen)")
    note = f"settled by {by}{found}: {words}"
    return tuple(
        held.model_copy(update={"status": status, "note": note})
        for held in ledger
        if held.status in (_A.UNKNOWN, _A.CLAIMED)
    )


def _again(held: LedgerEntry) -> LedgerEntry:
    asked = held.verdict.answer is Answer.ASK
    status = _A.PLANNED if asked else _A.AUTHORISED
    return held.model_copy(update={"status": status, "approval": "", "note": ""})
