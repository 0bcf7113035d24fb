"""Audit sampling: which jobs a person reviews afterwards, and what their answers say.

Only jobs whose actions ran without a signature are sampled. Beside the sample a few other jobs are
shown with a mistake put in on purpose: how many of those are found tells how attentive the review
was, and so what its error rate is worth.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from countersign.domain.errors import UnknownVersion
from countersign.domain.jobs.change import JobRecord
from countersign.domain.jobs.reviews import Review, review_id_of
from countersign.domain.ledger.entry import ActionStatus, LedgerEntry
from countersign.domain.policy.policy import Answer
from countersign.domain.policy.release import Limits

LIMIT = "sample.share"
"""The number in a release's limits that says the share, 0 to 1."""
SHARE = Decimal("0.05")
PLANTED = Decimal("0.2")
"""Known-bad items for each sampled one."""
Z95 = 1.959963984540054
"""The 97.5th percentile of the normal distribution."""
_WHOLE = 2**64


@dataclass(frozen=True)
class Rate:
    """`hits` of `n`, with the 95 % interval of the rate behind it; everything for an n of 0."""

    hits: int
    n: int
    low: float
    high: float

    @property
    def rate(self) -> float | None:
        """The share seen; None without any."""
        return self.hits / self.n if self.n else None


@dataclass(frozen=True)
class Report:
    """What the reviews of one workflow say."""

    workflow: str
    errors: Rate
    """Real items that were found wrong."""
    attention: Rate
    """Known-bad items that were found."""


def sampled(job_id: str, share: Decimal) -> bool:
    """Whether the job is in the sample: the same job always is, and the share of all jobs are."""
    return _place(job_id) < share * _WHOLE


def planted(job_id: str, share: Decimal) -> bool:
    """Whether the job, which is never in the sample, is shown with a mistake put in."""
    return share * _WHOLE <= _place(job_id) < share * (1 + PLANTED) * _WHOLE


def automatic(ledger: Iterable[LedgerEntry]) -> tuple[LedgerEntry, ...]:
    """The actions that took effect on policy's word alone."""
    return tuple(
        held
        for held in ledger
        if held.status is ActionStatus.VERIFIED
        and held.verdict.answer is Answer.RUN
        and not held.of
    )


def review_of(record: JobRecord, now: datetime) -> Review | None:
    """The review that a closing job gets; None for nearly all of them."""
    job, share = record.job, share_of(record)
    mistaken = planted(job.job_id, share)
    if not automatic(record.ledger) or not (mistaken or sampled(job.job_id, share)):
        return None
    return Review(
        review_id=review_id_of(job.job_id),
        job_id=job.job_id,
        workflow=job.workflow,
        planted=mistaken,
        sampled_at=now,
    )


def share_of(record: JobRecord) -> Decimal:
    """The share that the job's release asks for, 0 to 1; 5 % when it does not say."""
    held = record.results.get("limits")
    try:
        said = held.as_(Limits).numbers.get(LIMIT, SHARE) if held else SHARE
    except UnknownVersion:  # other code wrote it; that is no reason not to close the job
        said = SHARE
    return min(max(said, Decimal(0)), Decimal(1))


def reports(reviews: Iterable[Review]) -> tuple[Report, ...]:
    """What the answered reviews of automatic actions say, by workflow."""
    done = (one for one in reviews if one.answer and not one.shadow)
    counted = [(r, r.answer.verdict) for r in done if r.answer and r.answer.verdict != "void"]
    return tuple(
        Report(
            workflow,
            errors=_rate(v for r, v in counted if r.workflow == workflow and not r.planted),
            attention=_rate(v for r, v in counted if r.workflow == workflow and r.planted),
        )
        for workflow in sorted({review.workflow for review, _ in counted})
    )


def wilson(hits: int, n: int) -> tuple[float, float]:
    """The 95 % interval of a rate of which `hits` of `n` were seen.

    Source: E. B. Wilson, "Probable inference, the law of succession, and statistical inference",
    JASA 22 (1927); it holds where hits are few, where the textbook interval has no width.
    """
    if not n:
        return 0.0, 1.0
    seen, z2 = hits / n, Z95 * Z95
    middle = seen + z2 / (2 * n)
    spread: float = Z95 * (seen * (1 - seen) / n + z2 / (4 * n * n)) ** 0.5
    # At the ends the formula is exact, its floating-point value is not.
    low = 0.0 if hits == 0 else (middle - spread) / (1 + z2 / n)
    high = 1.0 if hits == n else (middle + spread) / (1 + z2 / n)
    return low, high


def rate_of(hits: int, n: int) -> Rate:
    """`hits` of `n` with their 95 % interval."""
    return Rate(hits, n, *wilson(hits, n))


def _rate(verdicts: Iterable[str]) -> Rate:
    said = list(verdicts)
    return rate_of(said.count("wrong"), len(said))


def _place(job_id: str) -> int:
    # With a word of its own: a job's place in a rollout says nothing about its place here.
    return int.from_bytes(hashlib.sha256(f"sample\n{job_id}".encode()).digest()[:8])
