"""What is counted about approvals: each decision as it falls, and what waits, every minute."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from countersign import observability
from countersign.domain.approvals.approval import Approval, Decision
from countersign.domain.ledger.entry import LedgerEntry
from countersign.domain.reporting import metrics
from countersign.domain.workflow import Workflows
from countersign.runtime.deps import Deps

MOST = 100
"""Open requests that are read in a minute; a count of 100 means 100 or more. It is also how many
values one metric of one line may have."""


def decided(
    workflow: str, ledger: Iterable[LedgerEntry], approval: Approval, decision: Decision
) -> None:
    """Somebody decided: how long it took, what they said, and whether they can have read it."""
    seconds = metrics.seconds_to_decide(approval, decision)
    observability.gauge_seconds("SecondsToDecide", seconds, workflow=workflow)
    for choice, times in metrics.choices(ledger, decision).items():
        observability.count("Decisions", times, workflow=workflow, choice=choice)
    if metrics.quick(decision):
        observability.count("QuickDecisions", workflow=workflow)


def waiting(deps: Deps) -> None:
    """How many requests wait, and since when, by workflow and tier; and how old the oldest is."""
    now = deps.clock.now()
    name = partial(tier_name, deps.workflows)
    asked = deps.reviews.open_requests(now, MOST)
    if asked:
        oldest = now - min(one.requested_at for one in asked)
        observability.gauge_seconds("OldestApprovalSeconds", oldest.total_seconds())
    for group in metrics.waiting(asked, name, now):
        where = {"workflow": group.workflow, "tier": group.tier}
        observability.count("PendingApprovals", len(group.ages), **where)
        observability.gauge_seconds("PendingSeconds", *group.ages, **where)


def tier_name(workflows: Workflows, workflow: str, number: int) -> str:
    """The role of a tier; its number where this code does not know the workflow or the tier."""
    known = workflows.get(workflow)
    tiers = known.tiers if known else ()
    return tiers[number].role if 0 <= number < len(tiers) else str(number)
