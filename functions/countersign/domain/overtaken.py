"""What somebody changed at the target while an action waited: an older plan leaves it alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from countersign.domain.actions import ActionStatus, LedgerEntry, params_of
from countersign.domain.policy import Answer, Reason, Verdict
from countersign.domain.records import Records
from countersign.domain.workflow import Workflow, action_for

RULE = "record.changed"
_WAITS = frozenset({ActionStatus.PLANNED, ActionStatus.AUTHORISED})


def overtaken(
    workflow: Workflow[Any], ledger: Sequence[LedgerEntry], records: Records
) -> tuple[LedgerEntry, ...]:
    """The entries that are new to this look, with what they are based on; and those, forbidden,
    that would overwrite what was not there when they were planned. What an attempt of ours has
    reached is left out: the difference may be our own."""
    changed = []
    for held in ledger:
        waits = held.status in _WAITS and not held.attempt
        now = _overwrites(workflow, held, records) if waits else None
        if now is None:
            continue
        if held.basis is None:
            changed.append(held.model_copy(update={"basis": now}))
            continue
        moved = sorted(name for name in now if held.basis.get(name) != now[name])
        if moved:
            changed.append(_forbidden(held, moved))
    return tuple(changed)


def _overwrites(
    workflow: Workflow[Any], held: LedgerEntry, records: Records
) -> Mapping[str, str] | None:
    """What stands at the target where the action would write something else; None: it adds only."""
    action = action_for(workflow, held)
    if action.differences is None:
        return None
    return {one.name: one.before for one in action.differences(params_of(held, action), records)}


def _forbidden(held: LedgerEntry, names: Sequence[str]) -> LedgerEntry:
    sentence = f"somebody changed {', '.join(names)} after this was planned; it is left as it is"
    reason = Reason(line=RULE, rule=RULE, sentence=sentence)
    verdict = Verdict(answer=Answer.FORBID, reasons=(reason,), quorum=held.verdict.quorum)
    update = {
        "verdict": verdict,
        "status": ActionStatus.FORBIDDEN,
        "approval": "",
        "note": sentence,
    }
    return held.model_copy(update=update)
