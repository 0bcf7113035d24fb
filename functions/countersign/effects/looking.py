"""The look at a target before a claim: for what an earlier attempt left, and for the undo."""

from __future__ import annotations

from typing import Any

from countersign.domain.actions import Action, ActionStatus, LedgerEntry, Receipt, params_of
from countersign.domain.errors import Refused
from countersign.effects.slotting import Visit

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
    visit.check_resting()
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
    visit.check_resting()
    now = action.undo.state(visit.port, params_of(held, action), held.key, "")
    own = held.before is not None and now == held.left
    return held.model_copy(update={"before": held.before if own else now, "left": None})
