"""Carrying out one action: check authority, look for an earlier attempt, claim, do, read back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from countersign.domain.actions import Action, ActionStatus, LedgerEntry, Receipt
from countersign.domain.authority import check_authority
from countersign.domain.change import JobRecord
from countersign.domain.errors import NotAuthorised, NotNow, Refused, Transient
from countersign.domain.plan import check_plan
from countersign.domain.rules import Findings
from countersign.domain.workflow import action_for
from countersign.effects.claiming import claimed, keep, moved, put_back, tell_why
from countersign.effects.looking import looked, prepared, was_tried
from countersign.effects.sending import Attempt, effect
from countersign.effects.slotting import Visit
from countersign.workflows import WORKFLOWS


def carry_out(
    visit: Visit, record: JobRecord, held: LedgerEntry, ended: tuple[LedgerEntry, ...]
) -> tuple[JobRecord, LedgerEntry]:
    """The record after the claim, and the entry as it ended; the record as given when nothing was
    claimed. `ended` are the entries before it that are not stored yet; the claim stores them."""
    try:
        ready = _ready(visit, record, held.model_copy(update={"seen": None}))
    except (Transient, NotNow):
        keep(visit, record, ended)
        raise
    if isinstance(ready, LedgerEntry):
        return record, ready
    claim = moved(ready.held, ActionStatus.CLAIMED, attempt=visit.deps.ids.token(64))
    record = claimed(visit, record, claim, ended)
    try:
        return record, effect(Attempt(visit, claim, ready.action), ready.found)
    except (Transient, NotNow) as why:
        tell = put_back if ready.action.find is None else tell_why
        tell(visit, record, claim, why)
        raise


@dataclass(frozen=True)
class _Ready:
    """What is claimed next, and what an earlier attempt of it left."""

    held: LedgerEntry
    action: Action[Any, Any]
    found: Receipt | None


def _ready(visit: Visit, record: JobRecord, held: LedgerEntry) -> _Ready | LedgerEntry:
    """The entry, ready for its claim; or as it ends without one. Authority decides whether anything
    is sent, not whether an earlier attempt is looked for."""
    refusal = _refusal(visit, record, held)
    if refusal and not was_tried(held):
        return moved(held, ActionStatus.FAILED, refusal)
    action = action_for(WORKFLOWS[record.job.workflow], held)
    found, doubt = looked(visit, held, action)
    if doubt:
        return moved(held, ActionStatus.UNKNOWN, doubt)
    if refusal and found is None:
        return moved(held, ActionStatus.FAILED, refusal)
    try:
        return _Ready(prepared(visit, held, action, found), action, found)
    except Refused as refused:
        return moved(held, ActionStatus.FAILED, str(refused))


def _refusal(visit: Visit, record: JobRecord, held: LedgerEntry) -> str:
    """Why nothing may be sent for it now; empty: it may. What is there already needs no authority.

    Raises Throttled or Unavailable when the directory cannot be read.
    """
    found, now = record.results["findings"].as_(Findings).found, visit.deps.clock.now()
    try:
        check_authority(held, record.approvals, record.job.job_id, now, lambda: visit.people)
        check_plan(WORKFLOWS[record.job.workflow], record.ledger, found, held)
    except NotAuthorised as refusal:
        return f"not authorised: {refusal}"
    return ""
