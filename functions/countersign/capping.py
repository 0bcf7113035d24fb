"""Reserving in caps what policy lets run by itself, before the plan that lets it run is stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from countersign import observability
from countersign.deps import Deps
from countersign.domain.actions import LedgerEntry, params_of
from countersign.domain.caps import reserving, runs_alone
from countersign.domain.errors import Refused
from countersign.domain.rules import Finding, Situation
from countersign.domain.workflow import Workflow, action_for


def reserve(
    deps: Deps, workflow: Workflow[Any], seen: Situation[Any], ledger: Sequence[LedgerEntry]
) -> Mapping[int, Finding]:
    """Reserve for every entry that policy alone lets run; the cap that is reached, by index.

    Comes before the plan is stored: a crash in between leaves a reservation that the same job finds
    again, or that `tick` frees, and never money that nobody counted. Raises Throttled.
    """
    full = {}
    for held in filter(runs_alone, ledger):
        finding = _reserved(deps, workflow, seen, held)
        if finding:
            full[held.index] = finding
    if full:
        observability.count("CapsReached", workflow=workflow.id)
    return full


def check_stopped(ledger: Sequence[LedgerEntry], full: Mapping[int, Finding]) -> None:
    """Raises Refused, and the job becomes a case, when policy lets run what a cap does not."""
    if any(held.index in full for held in filter(runs_alone, ledger)):
        raise Refused("a cap is reached and no line of the policy says what happens then")


def _reserved(
    deps: Deps, workflow: Workflow[Any], seen: Situation[Any], held: LedgerEntry
) -> Finding | None:
    action = action_for(workflow, held)
    params = params_of(held, action)
    amount = action.amount(params) if action.amount else None
    caps = workflow.caps(seen, params)
    if amount is None or not caps:
        return None
    wanted = reserving(held, caps, amount, deps.ids.token(64), seen.now)
    return deps.caps.reserve(caps, wanted)
