"""Another plan after one that failed: what took effect, and what people said, binds it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import reduce
from typing import Any

from countersign.domain.actions import Action, ActionStatus, LedgerEntry, entry
from countersign.domain.canonical import plain
from countersign.domain.contract import Contract
from countersign.domain.edits import editors
from countersign.domain.errors import ContractBroken, Refused
from countersign.domain.policy import joined
from countersign.domain.rules import Finding, Situation
from countersign.domain.wanted import Wanted
from countersign.domain.workflow import Workflow

_A = ActionStatus
_SETTLED = frozenset(
    {_A.VERIFIED, _A.UNKNOWN, _A.CLAIMED, _A.KEPT, _A.REJECTED, _A.EXPIRED, _A.FORBIDDEN}
)
"""It took effect, or may have, or people or policy said no: no later plan of the job wants it."""


def next_plan(
    workflow: Workflow[Any],
    situation: Situation[Any],
    found: Sequence[Finding],
    ledger: Sequence[LedgerEntry],
    *,
    expires_at: datetime,
    plan: int,
) -> tuple[LedgerEntry, ...]:
    """The entries of a plan after the first; their numbers go on after those of `ledger`.

    Each is judged at least as strictly as the same action was before. What a person changed stays
    changed, and what a target refused is not sent to it once more as it was. Raises Refused when a
    person's change does not go with what is wanted now.
    """
    ended = {held.action for held in ledger if held.status in _SETTLED}
    wanted = [one for one in workflow.want(situation) if one.action not in ended]
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


def _entered(
    workflow: Workflow[Any],
    found: Sequence[Finding],
    wanted: Wanted,
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
    wanted: Wanted, action: Action[Any, Any], edits: Sequence[LedgerEntry]
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
