"""After a failed check: what was seen goes back to Propose, and a new plan heeds what people said.

The state is in what is stored: as many rounds of observations, as many plans after the first. A
proposal of an earlier plan is stale, and Propose asks anew; Act needs to delete nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, ClassVar

from countersign.domain.actions import ActionStatus, Difference, LedgerEntry, Seen
from countersign.domain.change import Change, JobRecord
from countersign.domain.contract import Contract, Value
from countersign.domain.job import Status
from countersign.domain.plan import Move, next_move
from countersign.domain.proposal import Proposal
from countersign.domain.rollback import ORDER, POLICY, Rollback, order_of, taken_back
from countersign.domain.undo import changed
from countersign.domain.workflow import Workflow, action_for

MOST_PLANS = 2
"""New plans that one job may make; what fails then is for a person."""
OBSERVED = "observations"
"""The name of the result that holds them."""
_MOST_FIELDS = 10
_LONGEST = 200
_WHY = "planned anew after a failure"

_A = ActionStatus
_NOT_YET = frozenset({_A.PLANNED, _A.AUTHORISED})
_DOUBTFUL = frozenset({_A.UNKNOWN, _A.CLAIMED, _A.KEPT, _A.EXPIRED})
_TO_UNDO = frozenset({_A.UNDO, _A.UNDOING})


class Observation(Value):
    """One action that failed: what was said of it in our words, and what the target showed."""

    action: str
    words: str
    seen: Seen


class Round(Value):
    """What one plan met with."""

    observations: tuple[Observation, ...]


class Observations(Contract):
    """Everything that was observed, one round for every plan that failed."""

    CONTRACT: ClassVar[str] = "observations"
    VERSION: ClassVar[int] = 1

    rounds: tuple[Round, ...]


def bounded(*, refused: bool, fields: Iterable[Difference]) -> Seen:
    """What a target showed, as much of it as a new plan gets to read."""
    few = sorted(fields, key=lambda one: one.name)[:_MOST_FIELDS]
    return Seen(refused=refused, fields=tuple(map(_short, few)))


def observed(record: JobRecord) -> Observations:
    """What the job's plans met with so far. Raises UnknownVersion."""
    held = record.results.get(OBSERVED)
    return held.as_(Observations) if held else Observations(rounds=())


def is_stale(record: JobRecord) -> bool:
    """Whether a failure came after the stored proposal, so that another one is needed."""
    held = record.results.get("proposal")
    return held is None or held.as_(Proposal).plan < len(observed(record).rounds)


def onward(
    record: JobRecord, workflow: Workflow[Any], settled: Sequence[LedgerEntry], now: datetime
) -> Change | None:
    """What a visit of Act leads to, other than the ledger alone would say; None: nothing else.

    Either something failed and policy says what follows, or what was to be undone for a new plan is
    undone now. A person's order to roll back ends all of that, and an action with an unknown
    outcome is always a person's.
    """
    ledger, order = _merged(record.ledger, settled), order_of(record)
    if (order and order.by != POLICY) or any(held.status in _DOUBTFUL for held in ledger):
        return None
    if any(held.status is _A.FAILED for held in ledger):
        return _after_failure(record, workflow, ledger, settled, now)
    if any(held.status in _TO_UNDO for held in ledger) or not is_stale(record):
        return None
    return Change(
        event="undone for a new plan",
        actor=POLICY,
        status=Status.PROCESSING,
        ledger=tuple(settled),
        move=Move("Propose"),
    )


def _after_failure(
    record: JobRecord,
    workflow: Workflow[Any],
    ledger: Sequence[LedgerEntry],
    settled: Sequence[LedgerEntry],
    now: datetime,
) -> Change | None:
    match workflow.policy.after_failure:
        case "replan":
            return _replanned(record, workflow, ledger, settled, now)
        case "undo":
            return _undone(record, workflow, ledger, settled, now)
        case _:
            return None


def _undone(
    record: JobRecord,
    workflow: Workflow[Any],
    ledger: Sequence[LedgerEntry],
    settled: Sequence[LedgerEntry],
    now: datetime,
) -> Change | None:
    """All that took effect is taken back; what failed goes to a person afterwards."""
    seen = JobRecord(**{**vars(record), "ledger": tuple(ledger)})
    change = taken_back(seen, workflow, "an action failed", now)
    if change is None:
        return None
    both = {held.index: held for held in (*settled, *change.ledger)}
    return Change(**{**vars(change), "ledger": tuple(both.values())})


def _replanned(
    record: JobRecord,
    workflow: Workflow[Any],
    ledger: Sequence[LedgerEntry],
    settled: Sequence[LedgerEntry],
    now: datetime,
) -> Change | None:
    """The plan ends here: what failed is noted, undone where it left anything, and nothing else of
    it runs. None when a new plan is not to be had."""
    past = observed(record).rounds
    failed = [held for held in ledger if held.status is _A.FAILED]
    traces = [_leaves(workflow, held) for held in failed]
    if len(past) >= MOST_PLANS or None in traces or any(held.seen is None for held in failed):
        return None
    undo = [held for held, trace in zip(failed, traces, strict=True) if trace]
    idle = [held for held in ledger if held.status in _NOT_YET]
    ended = _merged(settled, [_ended(held, undo) for held in (*failed, *idle)])
    one = Round(observations=tuple(map(_observation, failed)))
    order = Rollback(by=POLICY, reason=_WHY, asked_at=now, digests=tuple(h.digest for h in undo))
    return Change(
        event="replanned",
        actor=POLICY,
        status=Status.PROCESSING,
        fields={"plan": str(len(past) + 2)},
        results={OBSERVED: Observations(rounds=(*past, one))} | ({ORDER: order} if undo else {}),
        ledger=tuple(ended),
        move=next_move(_merged(ledger, ended)) if undo else Move("Propose"),
    )


def _leaves(workflow: Workflow[Any], held: LedgerEntry) -> bool | None:
    """Whether a failed action left something that can be undone; None when it left what cannot be,
    or when nobody knows. What refuses an action that cannot be undone, by contract did nothing."""
    if action_for(workflow, held).undo is None:
        return None if held.receipt else False
    if held.before is None or held.left is None:
        return None
    return bool(changed(held.before, held.left))


def _ended(held: LedgerEntry, undo: Sequence[LedgerEntry]) -> LedgerEntry:
    status = _A.UNDO if held in undo else _A.DROPPED
    note = f"{held.note}; {_WHY}" if held.note else _WHY
    return held.model_copy(update={"status": status, "note": note})


def _observation(held: LedgerEntry) -> Observation:
    seen = held.seen or Seen(refused=False)
    return Observation(action=held.action, words=held.note[:_LONGEST], seen=seen)


def _short(one: Difference) -> Difference:
    cut = {name: text[:_LONGEST] for name, text in one.model_dump().items()}
    return Difference(**cut)


def _merged(held: Sequence[LedgerEntry], new: Sequence[LedgerEntry]) -> list[LedgerEntry]:
    by_index = {one.index: one for one in (*held, *new)}
    return [by_index[index] for index in sorted(by_index)]
