"""Cancelling: a person, or the caller that proposed it, ends a job that waits. What it did stays;
what is left is not done."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import ClassVar

from countersign.domain.contract import Contract
from countersign.domain.errors import ContractBroken
from countersign.domain.jobs.cases import Resolution, resolve
from countersign.domain.jobs.change import OUTLIVES, Change, Due, JobRecord
from countersign.domain.jobs.inbox import open_case
from countersign.domain.jobs.job import ENDED, Status, execution_name
from countersign.domain.jobs.proposals import WITHDRAWN, Withdrawal
from countersign.domain.ledger.entry import NOT_BEGUN, ActionStatus, LedgerEntry
from countersign.domain.planning.resume import resumed
from countersign.domain.planning.rollback import stands

CANCELLED = "cancelled"
"""The event, the note on what is not done, and the name of the result that holds the order."""
_WAITS = frozenset({Status.PARKED, Status.WAITING_FOR_REVIEW, Status.WAITING_FOR_SENDER})


class Cancellation(Contract):
    """An order to end a job of which something took effect."""

    CONTRACT: ClassVar[str] = "cancellation"
    VERSION: ClassVar[int] = 1

    by: str
    """The id of a person, or of the sender whose it is."""
    reason: str


def cancelled(
    record: JobRecord, by: str, reason: str, now: datetime, *, kind: str = "person"
) -> Change:
    """The change that ends a job: REJECTED at once where nothing of it ran; else a new execution
    closes it by its ledger. Whatever still waits for it finds that another execution owns it.
    `kind` of who ends it: a person, or a sender.

    Raises ContractBroken, with what to do instead, for one that runs or has ended, and without a
    reason.
    """
    _check(record, reason)
    if not stands(record.ledger):
        return ended_by_hand(record, CANCELLED, by, f"{CANCELLED}: {reason}", now, kind=kind)
    change = resumed(
        record,
        f"{kind}:{by}",
        now,
        fields={CANCELLED: reason},
        results={CANCELLED: Cancellation(by=by, reason=reason)},
        ledger=_not_done(record, CANCELLED),
        parked=0,
    )
    left = tuple(kind for kind in record.due if kind not in {"parked", "reservation", *OUTLIVES})
    return replace(change, event=CANCELLED, reason=f"{CANCELLED}: {reason}", done=left)


def ended_by_hand(
    record: JobRecord, event: str, by: str, reason: str, now: datetime, *, kind: str = "person"
) -> Change:
    """The end of a job of which nothing ran, by the word of a person or of its sender."""
    attempt, pending, case = record.job.attempt + 1, record.pending, open_case(record)
    said = Resolution(way="close", by=by, at=now, words=reason)
    return Change(
        event=event,
        actor=f"{kind}:{by}",
        status=Status.REJECTED,
        reason=reason,
        # Whatever still waits for it finds that another execution owns the job, and ends.
        attempt=attempt,
        execution=execution_name(record.job.job_id, attempt),
        ledger=_not_done(record, event),
        approvals=(pending.model_copy(update={"superseded": True}),) if pending else (),
        case=resolve(case, said) if case else None,
        done=tuple(kind for kind in record.due if kind not in OUTLIVES),
    )


def withdrawn(record: JobRecord, caller: str, words: str, now: datetime) -> Change | None:
    """As `cancelled`, by the caller that proposed it: nobody can sign it any more from this write
    on; `tick` goes on with what is left and tells who was asked. None where it withdrew it before.

    Raises ContractBroken with a sentence for the caller.
    """
    if WITHDRAWN in record.results:
        return None
    if record.job.status in ENDED:
        raise ContractBroken(
            f"it is {record.job.status} by now: what ran stays, and nothing is open"
        )
    change = cancelled(record, caller, f"withdrawn by {caller}: {words}", now, kind="sender")
    asked = record.pending.approval_id if record.pending else ""
    again = (one.model_copy(update={"at": now}) for one in change.due)
    return replace(
        change,
        results={**change.results, WITHDRAWN: Withdrawal(words=words, approval=asked)},
        due=(*again, Due(kind=WITHDRAWN, at=now)),
        done=tuple(kind for kind in change.done if kind != WITHDRAWN),
    )


def reason_of(record: JobRecord) -> str:
    """Why the job was cancelled after something of it ran; empty: it was not."""
    held = record.results.get(CANCELLED)
    return f"{CANCELLED}: {held.as_(Cancellation).reason}" if held else ""


def _check(record: JobRecord, reason: str) -> None:
    status = record.job.status
    if not reason.strip():
        raise ContractBroken("cancelling a job needs a reason: say why in your own words")
    if status in ENDED:
        raise ContractBroken(f"it is {status}: roll it back, or end its case")
    if status not in _WAITS:
        raise ContractBroken("it is under way: pause its workflow, and cancel it when it is parked")
    if any(held.status in (ActionStatus.UNKNOWN, ActionStatus.CLAIMED) for held in record.ledger):
        raise ContractBroken("nobody knows yet whether an action took effect: wait until it is")


def _not_done(record: JobRecord, note: str) -> tuple[LedgerEntry, ...]:
    gone = {"status": ActionStatus.DROPPED, "note": note}
    return tuple(h.model_copy(update=gone) for h in record.ledger if h.status in NOT_BEGUN)
