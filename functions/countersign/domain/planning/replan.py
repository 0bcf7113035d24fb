"""After a failed check: what was seen goes back to Propose, and a new plan heeds what people said.

The state is in what is stored: as many rounds of observations, as many plans after the first. A
proposal of an earlier plan is stale, and Propose asks anew; Act needs to delete nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import reduce
from typing import Any, ClassVar

from countersign.domain.canonical import plain
from countersign.domain.contract import Contract, Value
from countersign.domain.errors import ContractBroken, Refused
from countersign.domain.jobs.change import Change, JobRecord
from countersign.domain.jobs.job import Move, Status
from countersign.domain.ledger.action import Action, Difference, ProposedAction
from countersign.domain.ledger.entry import (
    NOT_BEGUN,
    TO_UNDO,
    ActionStatus,
    LedgerEntry,
    Observation,
    entry,
)
from countersign.domain.ledger.undo import changed
from countersign.domain.planning.cancelling import CANCELLED
from countersign.domain.planning.edits import editors
from countersign.domain.planning.plan import merged, next_move
from countersign.domain.planning.rollback import ORDER, POLICY, Rollback, order_of, taken_back
from countersign.domain.policy.policy import joined
from countersign.domain.policy.proposal import Proposal
from countersign.domain.policy.rules import Finding, Situation
from countersign.domain.workflow import Workflow, action_for

REPLANNED = "replanned"
"""What the trail calls it that a check failed and the job goes back to Propose."""
MOST_PLANS = 2
"""New plans that one job may make; what fails then is for a person."""
OBSERVED = "observations"
"""The name of the result that holds them."""
_MOST_FIELDS = 10
_LONGEST = 200
_WHY = "planned anew after a failure"
_WHY_ON = "planned anew with what came of it"
_A = ActionStatus
_DOUBTFUL = frozenset({_A.UNKNOWN, _A.CLAIMED, _A.KEPT, _A.EXPIRED})
_SETTLED = frozenset(
    {_A.VERIFIED, _A.UNKNOWN, _A.CLAIMED, _A.KEPT, _A.REJECTED, _A.EXPIRED, _A.FORBIDDEN}
)
"""It took effect, or may have, or people or policy said no: no later plan of the job wants it."""


class ObservedAction(Value):
    """One action that failed: what was said of it in our words, and what the target showed."""

    action: str
    words: str
    seen: Observation


class Round(Value):
    """What one plan met with; nothing where it ended because the sender wrote again."""

    observations: tuple[ObservedAction, ...]
    rejected: str = ""
    """Why people rejected it, where somebody takes the job up for another plan."""


class Observations(Contract):
    """Everything that was observed, one round for every plan that failed."""

    CONTRACT: ClassVar[str] = "observations"
    VERSION: ClassVar[int] = 1

    rounds: tuple[Round, ...]


def bounded(*, refused: bool, fields: Iterable[Difference]) -> Observation:
    """What a target showed, as much of it as a new plan gets to read."""
    few = sorted(fields, key=lambda one: one.name)[:_MOST_FIELDS]
    return Observation(refused=refused, fields=tuple(map(_short, few)))


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
    seen, order = replace(record, ledger=merged(record.ledger, settled)), order_of(record)
    if (order and order.by != POLICY) or any(held.status in _DOUBTFUL for held in seen.ledger):
        return None
    if any(held.status is _A.FAILED for held in seen.ledger):
        return _after_failure(seen, workflow, settled, now)
    if any(_leads_on(workflow, held) for held in settled) and CANCELLED not in record.results:
        return _planned_on(seen, settled)
    if any(held.status in TO_UNDO for held in seen.ledger) or not is_stale(record):
        return None
    return Change(
        event="undone for a new plan",
        actor=POLICY,
        status=Status.PROCESSING,
        ledger=tuple(settled),
        move=Move("Propose"),
    )


def _leads_on(workflow: Workflow[Any], held: LedgerEntry) -> bool:
    """Whether it is verified now, and what came of it is planned with."""
    return held.status is _A.VERIFIED and action_for(workflow, held).leads_on


def _planned_on(seen: JobRecord, settled: Sequence[LedgerEntry]) -> Change:
    """The plan ends here as it was meant to: the next one begins with what came of it, and wants
    anew what was not begun."""
    rounds = (*observed(seen).rounds, Round(observations=()))
    gone = {"status": _A.DROPPED, "note": _WHY_ON}
    idle = [h.model_copy(update=gone) for h in seen.ledger if h.status in NOT_BEGUN]
    return Change(
        event="planned on",
        actor=POLICY,
        status=Status.PROCESSING,
        results={OBSERVED: Observations(rounds=rounds)},
        ledger=tuple(merged(settled, idle)),
        move=Move("Propose"),
    )


def _after_failure(
    seen: JobRecord, workflow: Workflow[Any], settled: Sequence[LedgerEntry], now: datetime
) -> Change | None:
    match workflow.policy.after_failure:
        case "replan":
            return _replanned(seen, workflow, settled, now)
        case "undo":
            return _undone(seen, workflow, settled, now)
        case _:
            return None


def _undone(
    seen: JobRecord, workflow: Workflow[Any], settled: Sequence[LedgerEntry], now: datetime
) -> Change | None:
    """All that took effect is taken back; what failed goes to a person afterwards."""
    change = taken_back(seen, workflow, "an action failed", now)
    if change is None:
        return None
    both = {held.index: held for held in (*settled, *change.ledger)}
    return replace(change, ledger=tuple(both.values()))


def _replanned(
    seen: JobRecord, workflow: Workflow[Any], settled: Sequence[LedgerEntry], now: datetime
) -> Change | None:
    """The plan ends here: what failed is noted, undone where it left anything, and nothing else of
    it runs. None when a new plan is not to be had."""
    rounds = observed(seen).rounds
    past = [one for one in rounds if one.observations]
    failed = [held for held in seen.ledger if held.status is _A.FAILED]
    traces = [_leaves(workflow, held) for held in failed]
    if len(past) >= MOST_PLANS or None in traces or any(held.seen is None for held in failed):
        return None
    undo = [held for held, trace in zip(failed, traces, strict=True) if trace]
    idle = [held for held in seen.ledger if held.status in NOT_BEGUN]
    ended = merged(settled, [_ended(held, undo) for held in (*failed, *idle)])
    one = Round(observations=tuple(map(_observation, failed)))
    order = Rollback(by=POLICY, reason=_WHY, asked_at=now, digests=tuple(h.digest for h in undo))
    return Change(
        event=REPLANNED,
        actor=POLICY,
        status=Status.PROCESSING,
        fields={"plan": str(len(rounds) + 2)},
        results={OBSERVED: Observations(rounds=(*rounds, one))} | ({ORDER: order} if undo else {}),
        ledger=tuple(ended),
        move=next_move(merged(seen.ledger, ended)) if undo else Move("Propose"),
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


def _observation(held: LedgerEntry) -> ObservedAction:
    seen = held.seen or Observation(refused=False)
    return ObservedAction(action=held.action, words=held.note[:_LONGEST], seen=seen)


def _short(one: Difference) -> Difference:
    cut = {name: text[:_LONGEST] for name, text in one.model_dump().items()}
    return Difference(**cut)


def next_plan(
    workflow: Workflow[Any],
    situation: Situation[Any],
    found: Sequence[Finding],
    ledger: Sequence[LedgerEntry],
    *,
    expires_at: datetime,
    plan: int,
    answered: bool = False,
    rejected: bool = False,
) -> tuple[LedgerEntry, ...]:
    """The entries of a plan after the first; their numbers go on after those of `ledger`.

    Each is judged at least as strictly as the same action was before. What a person changed stays
    changed, and what a target refused is not sent to it once more as it was. Raises Refused when a
    person's change does not go with what is wanted now. `answered`: the sender wrote again;
    `rejected`: people rejected the plan before, and somebody took the job up for another.
    """
    wanted = _wanted(workflow, situation, ledger, answered=answered, rejected=rejected)
    start = max((held.index for held in ledger), default=-1) + 1
    bound = {
        "job_id": situation.job_id,
        "policy": workflow.policy.version,
        "expires_at": expires_at,
        "plan": plan,
    }
    return tuple(
        _entered(workflow, found, one, ledger, {**bound, "index": index})
        for index, one in enumerate(wanted, start)
    )


def _is_due(
    workflow: Workflow[Any],
    wanted: ProposedAction,
    settled: Sequence[LedgerEntry],
    answered: bool,
) -> bool:
    """Whether nothing settles it: what took effect is wanted again only after the sender has said
    more, with other parameters, and only where that adds nothing."""
    past = [held for held in settled if held.action == wanted.action]
    if not past or not (answered and workflow.actions[wanted.action].again):
        return not past
    params = plain(wanted.params)
    return past[-1].status is _A.VERIFIED and past[-1].content()["params"] != params


def _wanted(
    workflow: Workflow[Any],
    situation: Situation[Any],
    ledger: Sequence[LedgerEntry],
    *,
    answered: bool,
    rejected: bool,
) -> list[ProposedAction]:
    """What is wanted now and is neither settled, nor exactly what people have rejected; unless
    something new follows it at the same target: a deal needs its contact, so both are asked."""
    ended = [held for held in ledger if held.status in _SETTLED or held.of]
    settled = [one for one in ended if not (rejected and one.status is _A.REJECTED)]
    due = [one for one in workflow.want(situation) if _is_due(workflow, one, settled, answered)]
    new = [not _was_rejected(one, ledger) for one in due]
    return [
        one
        for at, one in enumerate(due)
        if new[at] or any(new[on] and _meets(workflow, one, due[on]) for on in range(at, len(due)))
    ]


def _meets(workflow: Workflow[Any], one: ProposedAction, other: ProposedAction) -> bool:
    """Whether both act on the same target."""
    connectors = {workflow.actions[held.action].connector for held in (one, other)}
    return one.target == other.target and len(connectors) == 1


def _was_rejected(wanted: ProposedAction, ledger: Sequence[LedgerEntry]) -> bool:
    """Whether people said no to exactly this: it never comes back as it was."""
    params = plain(wanted.params)
    return any(
        held.status is _A.REJECTED
        and held.action == wanted.action
        and held.content()["params"] == params
        for held in ledger
    )


def _entered(
    workflow: Workflow[Any],
    found: Sequence[Finding],
    wanted: ProposedAction,
    ledger: Sequence[LedgerEntry],
    bound: Mapping[str, Any],
) -> LedgerEntry:
    action = workflow.actions[wanted.action]
    past = [held for held in ledger if held.action == wanted.action]
    verdict = reduce(
        joined, (held.verdict for held in past), workflow.policy.verdict(wanted.action, found)
    )
    made = entry(wanted=wanted, action=action, verdict=verdict, **bound)
    edits = [held for held in past if held.edited_by]
    if edits:
        again = replace(wanted, params=_as_they_wrote(wanted, action, edits))
        marks = {
            "edited_by": edits[-1].edited_by,
            "edited_before": tuple(dict.fromkeys(one for edit in edits for one in editors(edit))),
            "edited_from": made.body,
        }
        made = entry(wanted=again, action=action, verdict=verdict, **bound).model_copy(update=marks)
    return _unless_refused(made, past)


def _as_they_wrote(
    wanted: ProposedAction, action: Action[Any, Any], edits: Sequence[LedgerEntry]
) -> Contract:
    """The parameters with every one that a person changed as that person left it."""
    theirs: dict[str, Any] = {}
    for edit in edits:
        first, last = json.loads(edit.edited_from)["params"], edit.content()["params"]
        theirs |= {name: value for name, value in last.items() if value != first.get(name)}
    try:
        params: Contract = action.params.read({**plain(wanted.params), **theirs})
    except ContractBroken:
        raise Refused(f"a person's change of {action.id} does not go with the new plan") from None
    return action.as_edited(params) if action.as_edited else params


def _unless_refused(made: LedgerEntry, past: Sequence[LedgerEntry]) -> LedgerEntry:
    """The entry, or that entry failed, where the target has refused exactly this already."""
    again = any(held.seen and held.seen.refused and _same(held, made) for held in past)
    if not again:
        return made
    note = "the new plan wants again what the target refused"
    return made.model_copy(update={"status": _A.FAILED, "note": note})


def _same(one: LedgerEntry, other: LedgerEntry) -> bool:
    parts = [(held.content()["params"], held.content()["target"]) for held in (one, other)]
    return one.action_version == other.action_version and parts[0] == parts[1]
