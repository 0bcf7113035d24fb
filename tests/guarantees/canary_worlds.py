"""Canaries that do no harm, or some, in worlds that deceive; and the usual tests they deceive."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from countersign.domain.releases.canary import Conclusion, Metric, Plan, Trial, judged

BEGIN = datetime.fromisoformat("2026-03-02T08:00:00+00:00")
APART = timedelta(minutes=12)
"""Between two jobs: 120 a day."""
CLOSES = timedelta(hours=24)
PLAN = Plan(closes_after=CLOSES, until=BEGIN + timedelta(days=400))
_Z95 = 1.645


@dataclass(frozen=True)
class Decided:
    """A job, and when its decision was made; None: nobody was asked."""

    trial: Trial
    decided_at: datetime | None


World = Callable[[random.Random, int], Iterator[Decided]]
Wrong = Callable[[Sequence[Decided]], bool]
"""A design that alarms: what stands here are the usual ones."""


def steady(rate: float, harm: float, share: float) -> World:
    """Every job is asked; `rate` of the control's and `harm` of the canary's are overridden."""

    def world(dice: random.Random, jobs: int) -> Iterator[Decided]:
        for n in range(jobs):
            canary = dice.random() < share
            yield _decided(dice, n, share, canary, harm if canary else rate)

    return world


def ramped(dice: random.Random, jobs: int) -> Iterator[Decided]:
    """The share grows 5 → 20 → 50 % while people override 4 → 8 → 16 % of both arms."""
    for n in range(jobs):
        share, rate = ((0.05, 0.04), (0.2, 0.08), (0.5, 0.16))[3 * n // jobs]
        yield _decided(dice, n, share, dice.random() < share, rate)


def faster_to_refuse(dice: random.Random, jobs: int) -> Iterator[Decided]:
    """Who refuses does so in half an hour, who approves in five; the canary is six hours old."""
    for n in range(jobs):
        canary = n >= jobs - 240 and dice.random() < 0.5
        share = 0.5 if n >= jobs - 240 else 0.0
        # The last 240 jobs come within six hours.
        at = BEGIN + timedelta(days=2) - timedelta(hours=6) * ((jobs - n) / 240)
        refused = dice.random() < 0.1
        after = timedelta(hours=dice.expovariate(1 / (0.5 if refused else 5)))
        harm = frozenset({Metric.OVERRIDDEN} if refused else ())
        yield Decided(Trial(f"c{n}", at, share, canary, asked=True, harm=harm), at + after)


def asks_the_hard_half(dice: random.Random, jobs: int) -> Iterator[Decided]:
    """Half of the jobs are hard, and overridden at 22 % against 9: the canary asks only those."""
    for n in range(jobs):
        canary, hard = dice.random() < 0.5, dice.random() < 0.5
        asked = hard or not canary
        refused = asked and dice.random() < (0.22 if hard else 0.09)
        harm = frozenset({Metric.OVERRIDDEN} if refused else ())
        at = BEGIN + n * APART
        trial = Trial(f"c{n}", at, 0.5, canary, asked=asked, harm=harm)
        yield Decided(trial, at if asked else None)


def _decided(dice: random.Random, n: int, share: float, canary: bool, rate: float) -> Decided:
    harm = frozenset({Metric.OVERRIDDEN} if dice.random() < rate else ())
    at = BEGIN + n * APART
    return Decided(Trial(f"c{n}", at, share, canary, asked=True, harm=harm), at)


def sound(seen: Sequence[Decided]) -> bool:
    """The product: whether it alarms, looking at the end as at any time before."""
    now = max(one.trial.at for one in seen) + _closing(seen)
    said = judged(PLAN, (one.trial for one in seen), now)
    return said.conclusion is Conclusion.HARM


def _closing(seen: Sequence[Decided]) -> timedelta:
    # A canary that is six hours old is looked at then; the others after their last job has closed.
    young = seen[-1].trial.at - seen[-2].trial.at < APART
    return timedelta(0) if young else CLOSES


def peeked(seen: Sequence[Decided]) -> bool:
    """A z-test after every fifty jobs, stopped at the first p < 0.05."""
    return any(pooled(seen[:end]) for end in range(50, len(seen) + 1, 50))


def pooled(seen: Sequence[Decided]) -> bool:
    """One z-test over all jobs that were asked."""
    asked = [one for one in seen if one.decided_at]
    control = [_hit(one) for one in asked if not one.trial.canary]
    return _z(control, [_hit(one) for one in asked if one.trial.canary]) > _Z95


def decided_so_far(seen: Sequence[Decided]) -> bool:
    """One z-test over what was decided when one looks."""
    now = max(one.trial.at for one in seen)
    return pooled([one for one in seen if one.decided_at and one.decided_at <= now])


def _hit(one: Decided) -> bool:
    return Metric.OVERRIDDEN in one.trial.harm


def _z(control: Sequence[bool], canary: Sequence[bool]) -> float:
    if not control or not canary:
        return 0.0
    both = (sum(control) + sum(canary)) / (len(control) + len(canary))
    spread = math.sqrt(both * (1 - both) * (1 / len(control) + 1 / len(canary)))
    return (sum(canary) / len(canary) - sum(control) / len(control)) / spread if spread else 0.0
