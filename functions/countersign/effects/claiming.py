"""The claim: one conditional write before every effect and every undo, and how entries move on."""

from __future__ import annotations

from typing import Any

from countersign.domain.actions import ActionStatus, LedgerEntry
from countersign.domain.change import Change, JobRecord
from countersign.domain.errors import StoreConflict
from countersign.domain.job import Status
from countersign.effects.slotting import Visit


def claimed(
    visit: Visit, record: JobRecord, claim: LedgerEntry, ended: tuple[LedgerEntry, ...]
) -> JobRecord:
    """The record with `claim` under a new attempt, and with `ended`, the action before it, in the
    same write. Raises what `Visit.claims` raises."""
    undoing = claim.status is ActionStatus.UNDOING
    change = Change(
        event="undo claimed" if undoing else "claimed",
        actor=f"state:{visit.call.state}",
        status=Status.PROCESSING,
        fields=told((*ended, claim)),
        ledger=(*ended, claim),
    )
    try:
        return visit.claims(record, change, claim.attempt)
    except StoreConflict:
        return _ours(visit, record, claim)


def _ours(visit: Visit, record: JobRecord, claim: LedgerEntry) -> JobRecord:
    """The record, if the claim that stands is our own attempt: its answer was lost, and the write
    that was sent again met itself. Raises StoreConflict for somebody else's."""
    stored = visit.deps.store.load(record.job.job_id)
    mine = any(held.attempt == claim.attempt for held in stored.ledger)
    if stored.job.execution != record.job.execution or not mine:
        raise StoreConflict("somebody else wrote the job first")
    return stored


def moved(held: LedgerEntry, status: ActionStatus, note: str = "", **more: Any) -> LedgerEntry:
    """The entry in another status; its note says why."""
    return held.model_copy(update={"status": status, "note": note, **more})


def told(entries: tuple[LedgerEntry, ...]) -> dict[str, str]:
    """The entries for the audit trail."""
    return {f"{e.index} {e.action}": f"{e.status} {e.note}".strip() for e in entries}
