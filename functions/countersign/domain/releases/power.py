"""How long harm takes to find in a canary: told before it starts, by playing it.

The test that judges is the one that is played, so there is no second formula to agree with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from countersign.domain.releases.canary import (
    ALPHA,
    BLOCK,
    Arm,
    Block,
    Metric,
    alarm_line,
    evidence,
)

FACTORS = (1.5, 2.0, 3.0, 5.0)
"""Sizes of harm: how many times as many jobs are overridden."""
SHARES = (0.05, 0.1, 0.2, 0.5)
"""Shares of a canary, 0 to 1."""
FEWEST = 10.0
"""Decisions a day in the canary below which it finds nothing in useful time."""
Draw = Callable[[], float]
"""A random number, 0 to 1."""
_PLAYED = 200
_LONGEST = 1_000
"""Decisions in the canary after which a play is over."""


@dataclass(frozen=True)
class Found:
    """Decisions in the canary until the alarm: in half of all canaries, and in nine of ten; None:
    more than 1,000. `rate` is how many the harm makes people override, 0 to 1."""

    rate: float
    half: int | None
    nine_of_ten: int | None


def power(rate: float, share: float, draw: Draw) -> tuple[Found, ...]:
    """How long each size of harm takes to find where people override `rate` today (0 to 1)."""
    return tuple(_found(rate, min(rate * factor, 1.0), share, draw) for factor in FACTORS)


def proposed(a_day: float) -> float | None:
    """The smallest share at which enough decisions a day are the canary's, of so many of all; None
    where none is: such a release is better watched in probation, where everything asks."""
    return next((share for share in SHARES if a_day * share >= FEWEST), None)


def _found(rate: float, harmed: float, share: float, draw: Draw) -> Found:
    played = sorted(_played(rate, harmed, share, draw) for _ in range(_PLAYED))
    half, nine = (played[round(_PLAYED * part) - 1] for part in (0.5, 0.9))
    return Found(harmed, *(None if one > _LONGEST else one for one in (half, nine)))


def _played(rate: float, harmed: float, share: float, draw: Draw) -> int:
    """Decisions of one canary until its alarm; more than the longest where there was none."""
    canary = max(1, round(BLOCK * share))
    line = alarm_line(ALPHA, Metric.OVERRIDDEN)
    seen = evidence(_blocks(rate, harmed, canary, draw))
    alarms = (n * canary for n, said in enumerate(seen, 1) if said >= line)
    return next(alarms, _LONGEST + 1)


def _blocks(rate: float, harmed: float, canary: int, draw: Draw) -> Iterator[Block]:
    control = BLOCK - canary
    for _ in range(_LONGEST // canary):
        yield Block(_arm(control, rate, draw), _arm(canary, harmed, draw))


def _arm(n: int, rate: float, draw: Draw) -> Arm:
    return Arm(n, sum(draw() < rate for _ in range(n)))
