"""The model's budget of a workflow, used up by others and raised by somebody."""

from __future__ import annotations

import secrets
from decimal import Decimal

from countersign.domain.limits.budgets import HOLDS_FOR, Amount, Hold, Reserving
from countersign.domain.limits.caps import day_of
from countersign.jobs.budgets import raise_day
from countersign.runtime.deps import Deps
from infra.local.front.samples import SpentBudget


def use_up(deps: Deps, workflow: str) -> None:
    """Other calls of today cost all that the workflow's own budget has left."""
    now = deps.clock.now()
    row = deps.budgets.counter(day_of(now))
    most = deps.workflows[workflow].budgets.day
    room = most.room(row.taken(workflow), row.added(workflow))
    left = Amount(nano_usd=room.get("nano_usd", 0), tokens=room.get("tokens", 0))
    hold = Hold(workflow=workflow, amount=left, until=now + HOLDS_FOR)
    attempt = secrets.token_hex(8)
    deps.budgets.reserve(Reserving(attempt, hold, {}, row))
    deps.budgets.settle(row.day, attempt, hold, left)


def add(deps: Deps, workflow: str, wanted: SpentBudget) -> None:
    """Somebody raises it. Raises NotPermitted for who may not."""
    more = Amount.of(Decimal(wanted.usd), wanted.tokens)
    raise_day(deps, workflow, more, by=wanted.by, reason=wanted.reason)
