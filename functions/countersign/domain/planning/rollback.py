"""Rolling back: what an order covers, and what becomes of every action."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any, ClassVar

from countersign.domain.contract import Contract
from countersign.domain.errors import ContractBroken, NotAuthorised
from countersign.domain.jobs.cases import Case, Resolution, resolve
from countersign.domain.jobs.change import Change, JobRecord
from countersign.domain.jobs.job import Status
from countersign.domain.ledger.entry import IN_EFFECT, NOT_BEGUN, TO_UNDO, ActionStatus, LedgerEntry
from countersign.domain.ledger.integrity import check_intact
from countersign.domain.planning.plan import next_move
from countersign.domain.planning.resume import resumed
from countersign.domain.workflow import Workflow, known

ORDER = "rollback"
"""The name of the result that holds the order."""
POLICY = "policy"
"""Who orders it when no person does."""
_A, _S = ActionStatus, Status
_IRREVERSIBLE = "irreversible: what it did cannot be taken back"
_INSIDE = "the job is rolled back; what came of it stayed with the job"
_CUT_OFF = "cut off before its effect was confirmed: find out at the target"
_NEVER_RAN = NOT_BEGUN | {_A.EXPIRED}
_BECOMES = {
    _A.UNDO: "to be undone",
    _A.UNDONE: "left nothing outside",
    _A.KEPT: "stays",
    _A.UNKNOWN: "stays",
    _A.DROPPED: "dropped",
}
_NOT_NOW = {
    _S.PENDING: "it has not begun: wait until it ends",
    _S.PROCESSING: "it still runs: wait until it ends",
    _S.RETRYING: "it still runs: wait until it ends",
    _S.WAITING_FOR_REVIEW: "it waits for a signature: decide on that first",
    _S.WAITING_FOR_SENDER: "it waits for an answer of its sender: wait until that has come",
    _S.PARKED: "it is parked and goes on by itself: wait until it ends",
    _S.REJECTED: "nothing of it took effect",
    _S.ROLLED_BACK: "it is rolled back already",
    _S.SHADOWED: "it was in shadow: nothing of it was done",
}


class Rollback(Contract):
    """An order to undo: by whom, why, and exactly which actions."""

    CONTRACT: ClassVar[str] = "rollback"
    VERSION: ClassVar[int] = 1

    by: str
    """A person's id, or `policy`."""
    reason: str
    asked_at: datetime
    digests: tuple[str, ...]
    """Of the actions to undo, in the order in which they were done."""


def outcome(record: JobRecord, workflow: Workflow[Any]) -> tuple[LedgerEntry, ...]:
    """The entries that an order changes, as it leaves them, in the order of the plan."""
    return tuple(fate for held in record.ledger if (fate := _fate(held, workflow)))


def refusal(record: JobRecord, workflow: Workflow[Any]) -> str:
    """Why the job cannot be rolled back as it stands; empty: it can."""
    status = record.job.status
    if status in _NOT_NOW:
        under_way = ORDER in record.results and status in (_S.PROCESSING, _S.RETRYING, _S.PARKED)
        return "it is being rolled back already" if under_way else _NOT_NOW[status]
    after = outcome(record, workflow)
    if any(held.status is _A.UNDO for held in after):
        return ""
    kept = "; ".join(f"{held.action}: {held.note}" for held in after if held.status is _A.KEPT)
    return f"nothing of it can be undone{f' ({kept})' if kept else ''}"


def ordered(
    record: JobRecord, workflow: Workflow[Any], *, by: str, reason: str, now: datetime
) -> Change:
    """The change by which a person's order takes the job over, in a new execution.

    Raises ContractBroken with the reason when there is nothing to order, or none is given.
    """
    refused = refusal(record, workflow)
    if refused:
        raise ContractBroken(f"{record.job.job_id} cannot be rolled back: {refused}")
    if not reason.strip():
        raise ContractBroken("a rollback needs a reason: say why in your own words")
    after = outcome(record, workflow)
    change = resumed(
        record,
        f"person:{by}",
        now,
        fields={"rollback": reason, **_told(after)},
        results={ORDER: _order(after, by, reason, now)},
        ledger=after,
        case=_settled(record, by, reason, now),
        parked=0,
    )
    return replace(change, event="rollback ordered")


def taken_back(
    record: JobRecord, workflow: Workflow[Any], reason: str, now: datetime
) -> Change | None:
    """What policy orders within a running step: undo all that took effect. What failed and left
    nothing stays failed, so that a person hears of it. None when nothing can be undone."""
    failed = {held.index for held in record.ledger if held.status is _A.FAILED}
    after = tuple(
        held
        for held in outcome(record, workflow)
        if held.status is not _A.DROPPED or held.index not in failed
    )
    if not any(held.status is _A.UNDO for held in after):
        return None
    kept = {held.index: held for held in record.ledger} | {held.index: held for held in after}
    return Change(
        event="taken back",
        actor=POLICY,
        status=Status.PROCESSING,
        fields={"rollback": reason, **_told(after)},
        results={ORDER: _order(after, POLICY, reason, now)},
        ledger=after,
        move=next_move(tuple(kept[index] for index in sorted(kept))),
    )


def order_of(record: JobRecord) -> Rollback | None:
    """The order that is stored, carried out or not."""
    held = record.results.get(ORDER)
    return held.as_(Rollback) if held else None


def ended_by_order(record: JobRecord) -> bool:
    """Whether the job does not go on: a person ordered to undo it, or something could not be."""
    order = order_of(record)
    by_person = order is not None and order.by != POLICY
    return by_person or any(held.status is _A.KEPT for held in record.ledger)


def is_open(record: JobRecord) -> bool:
    """Whether what remains of the job is its order: what policy ordered leads on to a new plan."""
    pending = any(held.status in TO_UNDO for held in record.ledger)
    return pending or ended_by_order(record)


def check_order(record: JobRecord, held: LedgerEntry) -> None:
    """The only way to an undo: exact bytes, named by a stored order. The bytes' expiry ends what
    may still be done, not what may be taken back. Raises NotAuthorised."""
    order = order_of(record)
    if order is None or held.digest not in order.digests:
        raise NotAuthorised(f"nobody ordered to undo action {held.index}")
    check_intact(held, record.job.job_id)


def stands(ledger: Iterable[LedgerEntry]) -> bool:
    """Whether anything that took effect, or of which nobody knows that it did not, is there."""
    return any(held.status in IN_EFFECT for held in ledger)


def ending(ledger: Iterable[LedgerEntry]) -> Status:
    """How a job ends of which nothing is left to do: by what of it is still there."""
    entries = tuple(ledger)
    if stands(entries):
        return Status.COMPLETED
    undone = any(held.status is _A.UNDONE for held in entries)
    return Status.ROLLED_BACK if undone else Status.REJECTED


def _fate(held: LedgerEntry, workflow: Workflow[Any]) -> LedgerEntry | None:
    """The entry as the order leaves it; None: as it is. What may have happened and is not known
    stays unknown: only evidence settles that. What another job did is that one's to undo."""
    if held.of:
        return None
    if held.status in _NEVER_RAN or (held.status is _A.FAILED and held.receipt is None):
        return _moved(held, _A.DROPPED, "the job is rolled back")
    if held.status is _A.CLAIMED:
        return _moved(held, _A.UNKNOWN, _CUT_OFF)
    action = known(workflow, held)
    if action is not None and action.reversible:
        took_effect = held.status in (_A.VERIFIED, _A.FAILED, _A.UNDOING, _A.KEPT)
        return _moved(held, _A.UNDO, "to be undone") if took_effect else None
    if held.status is not _A.VERIFIED:
        return None
    inside = action is not None and action.inside
    return _moved(held, _A.UNDONE, _INSIDE) if inside else _moved(held, _A.KEPT, _IRREVERSIBLE)


def _moved(held: LedgerEntry, status: ActionStatus, note: str) -> LedgerEntry:
    return held.model_copy(update={"status": status, "note": note, "conflict": ()})


def _order(after: Iterable[LedgerEntry], by: str, reason: str, now: datetime) -> Rollback:
    digests = tuple(held.digest for held in after if held.status is _A.UNDO)
    return Rollback(by=by, reason=reason.strip(), asked_at=now, digests=digests)


def _told(after: Iterable[LedgerEntry]) -> dict[str, str]:
    return {f"{held.index} {held.action}": _BECOMES[held.status] for held in after}


def _settled(record: JobRecord, by: str, reason: str, now: datetime) -> Case | None:
    """The open case, ended by the order; what cannot be undone opens another one."""
    if record.case is None or record.case.resolution is not None:
        return None
    return resolve(record.case, Resolution(way="rollback", by=by, at=now, words=reason))
