"""What a plan stands on when it is made, and what somebody changed of that while it waited."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from countersign.domain.ledger.action import Difference
from countersign.domain.ledger.entry import NOT_BEGUN, ActionStatus, LedgerEntry, params_of
from countersign.domain.policy.policy import Answer, Reason, Verdict, joined
from countersign.domain.policy.rules import Situation
from countersign.domain.workflow import Workflow, action_for

RECORD_CHANGED = "record.changed"
"""It runs by itself, and what it would overwrite is not what it was."""
SIGNED_CHANGED = "signed.changed"
"""People sign it, and what they rely on is not what it was."""
_LEFT = "somebody changed {value|what this overwrites} after this was planned; it is left as it is"
_AGAIN = "{value|what this stands on} changed after it was asked"


def check_basis(
    workflow: Workflow[Any], ledger: Sequence[LedgerEntry], seen: Situation[Any]
) -> tuple[LedgerEntry, ...]:
    """The entries that are new to this look, with what they stand on; and those of which that has
    changed since: people are asked again, with the difference, about what they sign; what runs by
    itself overwrites nobody's change. What an attempt of ours has reached is left out: the
    difference may be our own. Raises UnknownVersion."""
    looked = (_looked(workflow, held, seen) for held in ledger if _waits(held))
    return tuple(held for held in looked if held is not None)


def _waits(held: LedgerEntry) -> bool:
    return held.status in NOT_BEGUN and not held.attempt


def _looked(workflow: Workflow[Any], held: LedgerEntry, seen: Situation[Any]) -> LedgerEntry | None:
    """The entry after this look; None: as it is."""
    asks = held.verdict.answer is Answer.ASK
    now = dict(_relied_on(workflow, held, seen) if asks else _overwrites(workflow, held, seen))
    if held.basis is None:
        return held.model_copy(update={"basis": now})
    moved = tuple(_moved(held.basis, now))
    if not moved:
        return None
    return _asked_again(held, moved, now) if asks else _forbidden(held, moved)


def _moved(before: Mapping[str, str], now: Mapping[str, str]) -> Iterator[Difference]:
    """What is not as it was, of what stands there now."""
    for name, value in now.items():
        if before.get(name, "") != value:
            yield Difference(name=name, before=before.get(name, ""), after=value)


def _overwrites(
    workflow: Workflow[Any], held: LedgerEntry, seen: Situation[Any]
) -> Iterator[tuple[str, str]]:
    """What stands at the target where the action would write something else."""
    action = action_for(workflow, held)
    if action.differences is not None:
        for one in action.differences(params_of(held, action), seen.records):
            yield one.name, one.before


def _relied_on(
    workflow: Workflow[Any], held: LedgerEntry, seen: Situation[Any]
) -> Iterator[tuple[str, str]]:
    """What a person who signs it is shown of the target, as it was read at this look; told as on
    the day of the message, so that time alone changes nothing."""
    yield from _overwrites(workflow, held, seen)
    action = action_for(workflow, held)
    params = params_of(held, action)
    shows, tells = workflow.shows.get(held.action), workflow.evidence.get(held.action)
    for one in (shows and shows(params, seen.records)) or ():
        yield one.name, one.before
    told = tells(replace(seen, now=seen.received_at or seen.now), params) if tells else ()
    yield from ((name, text) for name, text in told if name not in workflow.passing)


def _asked_again(
    held: LedgerEntry, moved: tuple[Difference, ...], now: Mapping[str, str]
) -> LedgerEntry:
    """It waits for a signature, on what stands there now. What had changed before, of an entry that
    nobody has signed since, has changed still."""
    before = held.since if held.status is ActionStatus.PLANNED else ()
    names = ", ".join(one.name.replace("_", " ") for one in moved)
    reason = Reason(line=SIGNED_CHANGED, rule=SIGNED_CHANGED, sentence=_AGAIN, value=names)
    why = Verdict(answer=Answer.ASK, reasons=(reason,))
    return held.model_copy(
        update={
            "verdict": joined(held.verdict, why),
            "status": ActionStatus.PLANNED,
            "approval": "",
            "basis": {**(held.basis or {}), **now},
            "since": (*before, *moved),
        }
    )


def _forbidden(held: LedgerEntry, moved: tuple[Difference, ...]) -> LedgerEntry:
    told = ", ".join(f"{one.name} ({one.before or 'empty'} → {one.after})" for one in moved)
    reason = Reason(line=RECORD_CHANGED, rule=RECORD_CHANGED, sentence=_LEFT, value=told)
    verdict = Verdict(answer=Answer.FORBID, reasons=(reason,), quorum=held.verdict.quorum)
    return held.model_copy(
        update={
            "verdict": verdict,
            "status": ActionStatus.FORBIDDEN,
            "approval": "",
            "note": reason.told,
        }
    )
