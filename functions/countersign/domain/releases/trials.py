"""The jobs of a canary: how one enters it, what it counts as when all is decided, what they say."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from math import ceil

from countersign.domain.jobs.change import Change, Due, JobRecord
from countersign.domain.jobs.job import Job
from countersign.domain.ledger.entry import ActionStatus
from countersign.domain.policy.calls import calls_of
from countersign.domain.policy.proposal import Proposal
from countersign.domain.releases.canary import (
    SMALLEST,
    Conclusion,
    Metric,
    Plan,
    Verdict,
    judged,
    unfit,
)
from countersign.domain.releases.rollout import ASSIGNED, Assigned, Closed, Pick, Rollout
from countersign.domain.reporting import metrics

_USUAL_RATE = 0.1
"""Of overridden jobs, for how many are needed: fixed before the start, and rather too high."""
_Z2 = 3.84
"""1.96 squared."""
_P95 = 0.95
_MISSED = frozenset({ActionStatus.FAILED, ActionStatus.UNKNOWN})


def entering(drawn: Pick, job: Job, change: Change) -> tuple[Job, Change]:
    """A new job under the release that was drawn for it. While a canary runs, the jobs of both arms
    know how they were drawn, and are looked at when all is decided."""
    pinned = job.model_copy(update={"release": drawn.release})
    if drawn.assigned is None:
        return pinned, change
    row = Due(kind="trial", at=job.created_at + drawn.closes_after)
    results = {**change.results, ASSIGNED: drawn.assigned}
    return pinned, replace(change, results=results, due=(*change.due, row))


def closed(record: JobRecord, unit: str, *, audited_wrong: bool) -> Closed:
    """What the job counts as; `unit` is whose it is. Raises UnknownVersion."""
    how = record.result(ASSIGNED, Assigned)
    held = record.results.get("proposal")
    return Closed(
        job_id=record.job.job_id,
        at=record.job.created_at,
        share=how.share,
        canary=record.job.release == how.canary,
        unit=unit,
        asked=bool(record.approvals),
        harm=tuple(_harm(record, audited_wrong=audited_wrong)),
        usd=held.as_(Proposal).usage.usd if held else Decimal(0),
        milliseconds=sum(one.milliseconds for one in calls_of(record.results)),
    )


def _harm(record: JobRecord, *, audited_wrong: bool) -> Iterator[Metric]:
    said = [one for held in record.approvals.values() for one in metrics.decisions(held)]
    chosen = {choice for one in said for choice in metrics.choices(record.ledger, one)}
    if audited_wrong or chosen - {"approve"}:
        yield Metric.OVERRIDDEN
    ends = [held.decision for held in record.approvals.values() if not held.superseded]
    if any(one is None or one.via == "expiry" for one in ends):
        yield Metric.EXPIRED
    if any(held.status in _MISSED for held in record.ledger):
        yield Metric.UNVERIFIED
    if record.case is not None:
        yield Metric.ESCALATED


def plan_of(held: Rollout) -> Plan:
    """What was fixed before the canary began: as many jobs as show a rise of the smallest size that
    matters, and at least `SMALLEST`."""
    stated, began = held.statement, held.began or held.at
    shown = _Z2 * _USUAL_RATE * (1 - _USUAL_RATE) / float(stated.smallest) ** 2
    return Plan(
        # A job is closed when it is counted: that waiting is over.
        closes_after=timedelta(0),
        until=began + timedelta(days=stated.days, hours=held.closes_hours),
        alpha=float(stated.alpha),
        smallest=max(SMALLEST, ceil(shown)),
    )


def says(held: Rollout, jobs: Collection[Closed], now: datetime) -> Verdict:
    """What the canary says now: the test, and the guards of what the statement calls failure."""
    found = judged(plan_of(held), [one.trial for one in jobs], now)
    broken = tuple(_broken(held, jobs))
    if not broken or found.conclusion is Conclusion.UNSOUND:
        return found
    more = found.because if found.conclusion is Conclusion.HARM else ()
    return replace(found, conclusion=Conclusion.HARM, because=(*more, *broken))


def so_far(held: Rollout, jobs: Collection[Closed], now: datetime) -> str:
    """What its canary says, in one sentence for whoever signs what comes next."""
    if held.began is None:
        why = unfit(held.changes)
        if why:
            return f"no canary can judge it: {why}"
        return "it has run as no canary: nothing shows what people make of its jobs"
    found, needed = says(held, jobs, now), plan_of(held).smallest
    closed_jobs = f"{found.canary} closed jobs of it and {found.control} of the others"
    if found.conclusion is Conclusion.NO_HARM:
        return f"its canary found no harm: {closed_jobs}, {needed} of it were needed"
    if found.conclusion is Conclusion.TOO_EARLY:
        return f"its canary has concluded nothing yet: {closed_jobs}, {needed} of it are needed"
    return f"its canary says {found.conclusion}: {'; '.join(found.because)} ({closed_jobs})"


def _broken(held: Rollout, jobs: Iterable[Closed]) -> Iterator[str]:
    """Cost and time have no test that stays valid however often one looks: a guard is a factor that
    was stated, over at least `SMALLEST` jobs of each arm."""
    arms: dict[bool, list[Closed]] = {True: [], False: []}
    for one in jobs:
        arms[one.canary].append(one)
    canary, control = arms[True], arms[False]
    if min(len(canary), len(control)) < SMALLEST:
        return
    cost, usual = _mean(canary), _mean(control)
    if cost > usual * float(held.statement.dearer):
        yield f"the model costs {cost:.4f} USD for a job, {usual:.4f} in the others"
    slow, often = _slowest(canary), _slowest(control)
    if slow > often * float(held.statement.slower):
        yield f"one answer in twenty takes {slow / 1000:.1f} s or more, {often / 1000:.1f} s before"


def _mean(jobs: Sequence[Closed]) -> float:
    return float(sum(one.usd for one in jobs)) / len(jobs)


def _slowest(jobs: Sequence[Closed]) -> float:
    return metrics.quantile([float(one.milliseconds) for one in jobs], _P95)
