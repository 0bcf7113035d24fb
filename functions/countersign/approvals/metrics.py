"""What is counted about approvals: each decision as it falls, and what waits, every minute."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from functools import partial

from countersign import observability
from countersign.domain.approvals.approval import Approval, Decision
from countersign.domain.jobs.job import Status
from countersign.domain.ledger.entry import LedgerEntry
from countersign.domain.reporting import metrics
from countersign.domain.workflow import Workflows
from countersign.runtime.deps import Deps

WAITING, LOADED = 500, 20
"""Jobs that wait for a signature, of which so many that nobody is asked about are read."""
ACTED = timedelta(minutes=5)
"""So long after a decision its job is under way, the callback's repetition included."""
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


def overlooked(deps: Deps) -> None:
    """How long ago somebody decided what nothing has acted on, whatever became of its due row: the
    jobs that wait for a signature and are in nobody's list."""
    now = deps.clock.now()
    asked = {one.job_id for one in deps.reviews.open_requests(now, WAITING)}
    waits = deps.store.live({Status.WAITING_FOR_REVIEW}, WAITING)
    unasked = [job for job in waits if job.job_id not in asked and now - job.updated_at > ACTED]
    oldest = sorted(unasked, key=lambda job: job.updated_at)[:LOADED]
    ages = [
        (now - job.updated_at).total_seconds()
        for job in oldest
        if deps.store.load(job.job_id).pending is None
    ]
    observability.gauge_seconds("OldestDecidedSeconds", max(ages, default=0.0))


def tier_name(workflows: Workflows, workflow: str, number: int) -> str:
    """The role of a tier; its number where this code does not know the workflow or the tier."""
    known = workflows.get(workflow)
    tiers = known.tiers if known else ()
    return tiers[number].role if 0 <= number < len(tiers) else str(number)
