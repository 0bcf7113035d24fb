"""Carrying out one action: check authority, look for an earlier attempt, claim, do, read back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from countersign.domain.approvals.authority import check_authority
from countersign.domain.errors import (
    NotAuthorised,
    NotNow,
    NotWanted,
    Refused,
    Transient,
    Unavailable,
)
from countersign.domain.jobs.change import JobRecord
from countersign.domain.ledger.action import Action, Receipt
from countersign.domain.ledger.entry import ActionStatus, LedgerEntry, params_of
from countersign.domain.planning.plan import check_plan, check_records, handed, merged
from countersign.domain.policy.records import Records
from countersign.domain.policy.rules import Findings
from countersign.domain.workflow import action_for, known
from countersign.steps.act.claim import (
    NOTHING_SENT,
    claimed,
    keep,
    moved,
    own_claim,
    put_back,
    tell_why,
    unsent,
)
from countersign.steps.act.verify import ClaimedAction, effect
from countersign.steps.act.visit import Visit

_CUT_OFF = "an earlier attempt was cut off while sending"
_NOT_LOOKED = "an earlier attempt may have taken effect, and looking for it was refused"


def was_tried(held: LedgerEntry) -> bool:
    """Whether an attempt of ours may have reached the target, whatever became of it."""
    return held.status is ActionStatus.CLAIMED or bool(held.attempt) or held.receipt is not None


def looked(visit: Visit, held: LedgerEntry, action: Action[Any, Any]) -> tuple[Receipt | None, str]:
    """What an earlier attempt left at the target, if anything; and, where nobody can tell, why.

    A refusal to show it says nothing of the effect. Where the target cannot be asked by key: a
    receipt can still be read back, what failed without one was refused or not sent, and what was
    cut off is not known. Raises Transient and NotNow: then nothing was sent by this attempt.
    """
    if not was_tried(held):
        return None, ""
    if action.find is None:
        cut_off = held.status is ActionStatus.CLAIMED
        return (held.receipt if action.read_back else None), _CUT_OFF if cut_off else ""
    try:
        return action.find(visit.port, params_of(held, action), held.key), ""
    except Refused as refused:
        return None, f"{_NOT_LOOKED}: {refused}"


def prepared(
    visit: Visit, held: LedgerEntry, action: Action[Any, Any], found: Receipt | None
) -> LedgerEntry:
    """The entry as it is claimed. What was cut off, or is found by what it left, keeps what was
    there before it; else the target is looked at anew, and an old receipt is void. Raises Refused.
    """
    ours = held.receipt is not None and found is not None
    if ours or held.status is ActionStatus.CLAIMED:
        return held
    return _with_before(visit, held, action).model_copy(update={"receipt": None})


def _with_before(visit: Visit, held: LedgerEntry, action: Action[Any, Any]) -> LedgerEntry:
    """What the target holds now, for the undo. When an earlier attempt left exactly this, what was
    there before that attempt: nobody else has touched it since."""
    if action.undo is None:
        return held
    if action.undo.creates:
        return held.model_copy(update={"before": {}, "left": None})
    now = action.undo.state(visit.port, params_of(held, action), held.key, "")
    own = held.before is not None and now == held.left
    return held.model_copy(update={"before": held.before if own else now, "left": None})


def execute(
    visit: Visit,
    record: JobRecord,
    held: LedgerEntry,
    ended: tuple[LedgerEntry, ...],
    behind: tuple[LedgerEntry, ...],
) -> tuple[JobRecord, LedgerEntry]:
    """The record after the claim, and the entry as it ended; the record as given when nothing was
    claimed now. `ended` are the entries before it that are not stored yet, which a claim stores;
    of those `behind` it, what needs no claim of its own is claimed along."""
    claim = own_claim(record, held)
    if claim:
        return record, _carried_out(visit, record, _of(visit, record, claim), ended, behind)
    try:
        ready = _ready(visit, record, held.model_copy(update={"seen": None}))
    except (Transient, NotNow):
        keep(visit, record, ended)
        raise
    if isinstance(ready, LedgerEntry):
        return record, ready
    ready = replace(ready, held=_claim(visit, ready.held))
    along = _along(visit, record, ready.held, behind)
    try:
        record = claimed(visit, record, ready.held, ended, along)
    except NotWanted as unwanted:
        return record, moved(held, ActionStatus.FORBIDDEN, str(unwanted))
    return record, _carried_out(visit, record, ready, (), behind)


@dataclass(frozen=True)
class _Ready:
    """What is claimed next, and what an earlier attempt of it left."""

    held: LedgerEntry
    action: Action[Any, Any]
    found: Receipt | None


def _of(visit: Visit, record: JobRecord, claim: LedgerEntry) -> _Ready:
    """What this visit claimed along, a moment ago: nobody has tried it."""
    return _Ready(claim, action_for(visit.deps.workflows[record.job.workflow], claim), None)


def _carried_out(
    visit: Visit,
    record: JobRecord,
    ready: _Ready,
    ended: tuple[LedgerEntry, ...],
    behind: tuple[LedgerEntry, ...],
) -> LedgerEntry:
    """The claimed entry as it ended. Where nobody can say, what went before it is stored, and what
    was claimed along let go. Nothing is sent after the function's time, when the machine may have
    begun the state anew."""
    claim, action = ready.held, ready.action
    try:
        if visit.call.seconds_left(visit.deps.clock.now()) <= 0:
            raise Unavailable("the time of this visit is over")
        return effect(ClaimedAction(visit, claim, action), ready.found)
    except (Transient, NotNow) as why:
        tell = put_back if action.find is None else tell_why
        tell(visit, record, claim, why, (*ended, *unsent(record, behind)))
        raise


def _claim(visit: Visit, held: LedgerEntry) -> LedgerEntry:
    return moved(held, ActionStatus.CLAIMED, attempt=visit.deps.ids.token(64))


def _along(
    visit: Visit, record: JobRecord, claim: LedgerEntry, behind: tuple[LedgerEntry, ...]
) -> tuple[LedgerEntry, ...]:
    """The claims that need no write of their own: each makes something new that has a key and can
    be taken back, was never tried, and may run once those before it are verified."""
    claims, went_well = [claim], record
    for held in behind:
        done = moved(claims[-1], ActionStatus.VERIFIED)
        went_well = replace(went_well, ledger=merged(went_well.ledger, (done,)))
        if not _makes_new(visit, record, held) or _refusal(visit, went_well, held):
            break
        claims.append(_claim(visit, held.model_copy(update={"before": {}, "left": None})))
    return tuple(claims[1:])


def _makes_new(visit: Visit, record: JobRecord, held: LedgerEntry) -> bool:
    action = known(visit.deps.workflows[record.job.workflow], held)
    if action is None or action.find is None or action.undo is None:
        return False
    return action.undo.creates and not was_tried(held)


def _ready(visit: Visit, record: JobRecord, held: LedgerEntry) -> _Ready | LedgerEntry:
    """The entry, ready for its claim; or as it ends without one. Authority decides whether anything
    is sent, not whether an earlier attempt is looked for; of a job that a person gets, what is not
    there is not sent any more."""
    refusal = _refusal(visit, record, held)
    if refusal and not was_tried(held):
        return moved(held, ActionStatus.FAILED, refusal)
    action = action_for(visit.deps.workflows[record.job.workflow], held)
    found, doubt = looked(visit, held, action)
    if doubt:
        return moved(held, ActionStatus.UNKNOWN, doubt)
    if found is None and held.status is ActionStatus.CLAIMED and handed(record.ledger):
        return moved(held, ActionStatus.AUTHORISED, NOTHING_SENT)
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
    workflow = visit.deps.workflows[record.job.workflow]
    try:
        check_authority(held, record.approvals, record.job.job_id, now, lambda: visit.people)
        check_plan(workflow, record.ledger, found, held)
        check_records(workflow, record.results["records"].as_(Records), held)
    except NotAuthorised as refusal:
        return f"not authorised: {refusal}"
    return ""
