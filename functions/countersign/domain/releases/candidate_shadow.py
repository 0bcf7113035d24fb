"""A candidate's shadow: what it would make of live jobs, beside what really became of them.

A share of the jobs is shown to it, by hash. It sees what is stored of a job and nothing else, acts
on nothing, and nobody waits for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any, Protocol

from countersign.domain.jobs.change import JobRecord
from countersign.domain.jobs.job import FINISHED
from countersign.domain.policy.proposal import Proposal
from countersign.domain.policy.release import Limits, Release
from countersign.domain.releases.backtest import NEEDED
from countersign.domain.releases.comparing import Compared, Judged, judged, subject_of
from countersign.domain.releases.past import past
from countersign.domain.workflow import Workflow

COSTS = "shadow.usd"
"""The number of a release that says what its shadow may cost altogether, in USD."""
_USUALLY = Decimal(5)


class ShadowQueue(Protocol):
    """Messages that show jobs to a candidate."""

    def show(self, job_id: str, release: str) -> None:
        """Show the job to the release of this digest; at least once, and some minutes later."""

    def measure(self, workflow: str, release: str, week: str) -> None:
        """Have the release asked about the workflow's cases, for that week; at least once."""


class Shadows(Protocol):
    """What candidates made of live jobs, by their digest, and what that has cost."""

    def spend(self, release: str, usd: Decimal, most: Decimal) -> bool:
        """Count so much for the candidate, unless that would make more than `most`; whether it
        did."""

    def give_back(self, release: str, usd: Decimal) -> None:
        """Count so much less."""

    def spent(self, release: str) -> Decimal:
        """What is counted, in USD."""

    def first(self, release: str) -> bool:
        """Whether nobody has begun anything under this name yet; from now on somebody has."""

    def has(self, release: str, job_id: str) -> bool:
        """Whether something is kept of the job."""

    def keep(self, release: str, job_id: str, made: Judged) -> None:
        """Keep what the candidate made of a job; once more is the same."""

    def kept(self, release: str) -> Mapping[str, Judged]:
        """All that is kept, by job."""


def may_cost(release: Release) -> Decimal:
    """What the shadow of this release may cost altogether, in USD."""
    return release.limits.numbers.get(COSTS, _USUALLY)


def is_judged(record: JobRecord) -> bool:
    """Whether all that a candidate needs is stored."""
    return "findings" in record.results and set(NEEDED) <= set(record.results)


def never_judged(record: JobRecord) -> bool:
    """Whether the job is over without it."""
    return record.job.status in FINISHED and not is_judged(record)


def beside(workflow: Workflow[Any], record: JobRecord, shadow: Judged) -> Compared:
    """What the real job's release made of it, beside what the candidate would have. Raises
    UnknownVersion for a job that other code wrote."""
    subject = subject_of(past(record))
    limits = record.result("limits", Limits)
    real = workflow.release.model_copy(update={"limits": limits})
    proposal = record.result("proposal", Proposal)
    return Compared(subject, judged(replace(workflow, release=real), subject, proposal), shadow)
