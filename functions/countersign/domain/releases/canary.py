"""A canary: whether the new release does more harm than the one it is to replace.

Judged by what people decided and what was verified, with a test that stays valid however often one
looks, under drift that both arms share, and while the share grows. It concludes nothing where its
ground is not sound. What is fixed before the start is a `Plan`; `judged` is all the rest.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from fractions import Fraction
from itertools import groupby

ALPHA = 0.05
"""How often a canary that does no harm is stopped for harm, at most, over all metrics."""
BLOCK = 50
"""Jobs of both arms that are judged together: within them drift is taken for none."""
SMALLEST = 60
"""Jobs of the canary before which finding no harm says nothing."""
_SUCCESSES, _TRIALS = 0.18, 0.36
"""What the estimate of a rate begins with: so little that the first block outweighs it."""
_UNSOUND = 10.828
"""Chi-square of one degree of freedom at p = 0.001."""
_WHOLE = 2**64


class Metric(StrEnum):
    """What counts as harm; its share of alpha stands beside it."""

    OVERRIDDEN = "changed or rejected by a person"
    EXPIRED = "nobody decided in time"
    UNVERIFIED = "an effect that was not as signed"
    ESCALATED = "ended as a case"


SPENT: Mapping[Metric, float] = {
    Metric.OVERRIDDEN: 0.7,
    Metric.EXPIRED: 0.1,
    Metric.UNVERIFIED: 0.1,
    Metric.ESCALATED: 0.1,
}
"""Shares of alpha, in sum 1: what people decide finds most, the others guard it."""


class Conclusion(StrEnum):
    """What a canary says."""

    HARM = "harm"
    UNSOUND = "unsound"
    TOO_EARLY = "too early"
    NO_HARM = "no harm found"


@dataclass(frozen=True)
class Plan:
    """What is fixed before the start: when every decision of a job has been made or has expired,
    and until when the canary runs at the longest."""

    closes_after: timedelta
    until: datetime
    alpha: float = ALPHA
    smallest: int = SMALLEST
    block: int = BLOCK


@dataclass(frozen=True)
class Trial:
    """One job: whose it is, when it came, and how likely it was to be the canary's then (0 to 1).
    `asked`: somebody was asked to sign. Two jobs of one `unit` (a contact, a case) are no two
    trials: who decides the second has seen the first."""

    unit: str
    at: datetime
    share: float
    canary: bool
    asked: bool
    harm: frozenset[Metric] = frozenset()


@dataclass(frozen=True)
class Arm:
    """`hits` of `n` jobs."""

    n: int = 0
    hits: int = 0


@dataclass(frozen=True)
class Block:
    """Jobs that came together, by arm."""

    control: Arm
    canary: Arm


@dataclass(frozen=True)
class Verdict:
    """What the canary says and why, in sentences; `evidence` is E by metric: how many times better
    harm explains what was seen than no harm, at its highest."""

    conclusion: Conclusion
    because: tuple[str, ...]
    evidence: Mapping[Metric, float]
    control: int
    canary: int
    """Closed jobs of each arm."""


def assigned(release: str, door: str, job_id: str, share: Fraction) -> bool:
    """Whether a new job is the canary's: the same job always is, and who is at a share is at every
    larger one too."""
    place = hashlib.sha256(f"canary\n{release}\n{door}\n{job_id}".encode()).digest()[:8]
    return int.from_bytes(place) < share * _WHOLE


def evidence(blocks: Iterable[Block]) -> Iterator[float]:
    """ln E after each block.

    E is a martingale where the canary does no more harm than the control: it reaches 1/alpha with
    a probability of at most alpha, whenever one looks. Each block bets by what the earlier ones
    say, and only on harm. Source: R. Turner, A. Ly, P. Grünwald, "Generic E-variables for exact
    sequential k-sample tests that allow for optional stopping", JSPI 230 (2024).
    """
    total = 0.0
    before = Block(Arm(), Arm())
    for block in blocks:
        total += _bet(_rate(before.control), _rate(before.canary), block)
        before = Block(_and(before.control, block.control), _and(before.canary, block.canary))
        yield total


def judged(plan: Plan, trials: Iterable[Trial], now: datetime) -> Verdict:
    """What the closed jobs say: those of which no decision is open any more."""
    closed = _first_of_each_unit(trials, now - plan.closes_after)
    canary = sum(one.canary for one in closed)
    found = {metric: _highest(closed, metric, plan.block) for metric in Metric}
    conclusion, because = _conclusion(plan, closed, found, now)
    return Verdict(
        conclusion=conclusion,
        because=because,
        evidence={metric: math.exp(said) for metric, said in found.items()},
        control=len(closed) - canary,
        canary=canary,
    )


def blocks(closed: Iterable[Trial], metric: Metric, size: int) -> Iterator[Block]:
    """The jobs in the order they came, `size` at a time, never across a change of the share: so the
    blocks of an earlier look are the first ones of a later look. A block that is not full waits."""
    for _, alike in groupby(closed, key=lambda one: one.share):
        stage = list(alike)
        for first in range(0, len(stage) - size + 1, size):
            among = stage[first : first + size]
            yield Block(*(_arm(among, metric, canary=canary) for canary in (False, True)))


def unfit(changed: Collection[str]) -> str:
    """Why overrides cannot judge a release that changes these parts; empty when they can. Where
    what is asked changes, so does who is asked, and the arms compare different jobs."""
    named = [part for part in ("limits", "tiers", "models", "fallbacks") if part in changed]
    if not named:
        return ""
    return (
        f"the release changes {', '.join(named)}: what people are asked changes with it. "
        "Judge it by backtest, then by the audit sample"
    )


def _conclusion(
    plan: Plan, closed: Sequence[Trial], found: Mapping[Metric, float], now: datetime
) -> tuple[Conclusion, tuple[str, ...]]:
    unsound = tuple(_unsound(closed))
    if unsound:
        return Conclusion.UNSOUND, unsound
    harm = [metric for metric in Metric if found[metric] >= alarm_line(plan.alpha, metric)]
    if harm:
        return Conclusion.HARM, tuple(f"more jobs with: {metric}" for metric in harm)
    missing = plan.smallest - sum(one.canary for one in closed)
    if missing <= 0:
        return Conclusion.NO_HARM, ("no metric's evidence has reached its line",)
    if now >= plan.until:
        return Conclusion.UNSOUND, (f"its time is over, and {missing} jobs are missing",)
    return Conclusion.TOO_EARLY, (f"{missing} closed jobs of the canary are missing",)


def alarm_line(alpha: float, metric: Metric) -> float:
    """The ln E from which a metric alarms: the alphas of all metrics sum to `alpha`."""
    return -math.log(alpha * SPENT[metric])


def _highest(closed: Iterable[Trial], metric: Metric, size: int) -> float:
    """What a watcher has seen at the highest: who looks late alarms as who looked at each block."""
    return max(evidence(blocks(closed, metric, size)), default=0.0)


def _unsound(closed: Sequence[Trial]) -> Iterator[str]:
    """Why the arms cannot be compared."""
    canary = [one for one in closed if one.canary]
    control = [one for one in closed if not one.canary]
    if _drawn_wrongly(closed):
        wished = sum(one.share for one in closed)
        yield f"{len(canary)} jobs went to the canary where {wished:.0f} were to: not by chance"
    if _differ([one.asked for one in control], [one.asked for one in canary]):
        shares = [sum(one.asked for one in arm) / len(arm) for arm in (canary, control)]
        yield "people are asked about {:.0%} of the canary's jobs, {:.0%} of the others".format(
            *shares
        )


def _drawn_wrongly(closed: Sequence[Trial]) -> bool:
    """The sample-ratio test, over whatever shares the jobs came under."""
    variance = sum(one.share * (1 - one.share) for one in closed)
    missed = sum(one.canary - one.share for one in closed)
    return missed * missed > _UNSOUND * variance


def _differ(one: Sequence[bool], other: Sequence[bool]) -> bool:
    """Whether two shares differ by more than chance: the chi-square test of two by two."""
    n, m = len(one), len(other)
    pooled = (sum(one) + sum(other)) / (n + m) if n and m else 0.0
    if pooled in (0.0, 1.0):
        return False
    apart = sum(one) / n - sum(other) / m
    return apart * apart > _UNSOUND * pooled * (1 - pooled) * (1 / n + 1 / m)


def _first_of_each_unit(trials: Iterable[Trial], before: datetime) -> list[Trial]:
    first: dict[str, Trial] = {}
    for one in sorted(trials, key=lambda one: (one.at, one.unit)):
        if one.at <= before:
            first.setdefault(one.unit, one)
    return list(first.values())


def _arm(among: Iterable[Trial], metric: Metric, *, canary: bool) -> Arm:
    mine = [metric in one.harm for one in among if one.canary is canary]
    return Arm(len(mine), sum(mine))


def _bet(control: float, canary: float, block: Block) -> float:
    """ln of how much better the two rates explain the block than one rate for both."""
    n, m = block.control.n, block.canary.n
    if canary <= control or not (n and m):
        return 0.0
    both = (n * control + m * canary) / (n + m)
    return _explained(block.control, control, both) + _explained(block.canary, canary, both)


def _explained(arm: Arm, rate: float, both: float) -> float:
    kept = arm.n - arm.hits
    return arm.hits * math.log(rate / both) + kept * math.log((1 - rate) / (1 - both))


def _rate(arm: Arm) -> float:
    return (arm.hits + _SUCCESSES) / (arm.n + _TRIALS)


def _and(one: Arm, other: Arm) -> Arm:
    return Arm(one.n + other.n, one.hits + other.hits)
