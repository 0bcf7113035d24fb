"""What approvals leave in CloudWatch. Dimensions are workflow, tier and choice; never an id.

Nothing is emitted while nothing waits and nobody decides, so an idle month costs nothing more; a
dimension set that is used costs US$ 0.30 a month, prorated by the hour.
"""

from __future__ import annotations

from collections.abc import Iterable

from countersign import observability
from countersign.deps import Deps
from countersign.domain import numbers
from countersign.domain.actions import LedgerEntry
from countersign.domain.approvals import Approval, Decision
from countersign.workflows import WORKFLOWS

MOST = 100
"""Open requests that are read in a minute; a count of 100 means 100 or more. It is also how many
values one metric of one line may have."""


def decided(
    workflow: str, ledger: Iterable[LedgerEntry], approval: Approval, decision: Decision
) -> None:
    """Somebody decided: how long it took, what they said, and whether they can have read it."""
    seconds = numbers.seconds_to_decide(approval, decision)
    observability.gauge_seconds("SecondsToDecide", seconds, workflow=workflow)
    for choice, times in numbers.choices(ledger, decision).items():
        observability.count("Decisions", times, workflow=workflow, choice=choice)
    if numbers.quick(decision):
        observability.count("QuickDecisions", workflow=workflow)


def waiting(deps: Deps) -> None:
    """How many requests wait, and since when, by workflow and tier."""
    now = deps.clock.now()
    for group in numbers.waiting(deps.desk.asked(now, MOST), tier_name, now):
        where = {"workflow": group.workflow, "tier": group.tier}
        observability.count("PendingApprovals", len(group.ages), **where)
        observability.gauge_seconds("PendingSeconds", *group.ages, **where)


def tier_name(workflow: str, number: int) -> str:
    """The role of a tier; its number where this code does not know the workflow or the tier."""
    known = WORKFLOWS.get(workflow)
    tiers = known.tiers if known else ()
    return tiers[number].role if 0 <= number < len(tiers) else str(number)
