"""The breaker of a campaign: whether what comes back still allows to go on.

A rate of a few events says little. What counts is its lower bound: the lowest true rate at which so
many events would still be seen in one of twenty campaigns. The bounds are exact (Clopper and
Pearson, Biometrika 26, 1934): `wilson`, which the reports use, is far too narrow at rates of a
thousandth, and would stop a campaign at its first complaint of 350.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from countersign.domain.contract import Value

BOUNCES, COMPLAINTS = 0.02, 0.0005
"""The lines. SES looks at an account from 5 % and 0.1 % on, Gmail at a domain from 0.1 % on."""
FIRST = 1_000
"""Among so many a bound is still wide: a count decides too."""
MOST_FIRST_BOUNCES, MOST_FIRST_COMPLAINTS = 20, 3
_DOUBT = 0.05
_HALVINGS = 60


class Counts(Value):
    """What came of the mails of a campaign up to now."""

    sent: int = 0
    bounced: int = 0
    complained: int = 0


@dataclass(frozen=True)
class Healthy:
    """It may go on."""


@dataclass(frozen=True)
class Pause:
    """It pauses, and asks: `why` is what a person reads."""

    why: str


Health = Healthy | Pause


def health(seen: Counts, accepted: Counts | None = None) -> Health:
    """Whether it goes on. `accepted` is what whoever let it go on had seen: only something new
    stops it again."""
    known = accepted or Counts()
    checks = (
        ("bounced", seen.bounced, known.bounced, BOUNCES, MOST_FIRST_BOUNCES),
        ("complained", seen.complained, known.complained, COMPLAINTS, MOST_FIRST_COMPLAINTS),
    )
    for what, hits, accepted_hits, line, most in checks:
        if hits <= accepted_hits:
            continue
        if seen.sent <= FIRST and hits >= most:
            told = f"{hits} of the first {seen.sent} mails {what}; at {most} it pauses"
            return Pause(told)
        if is_above(hits, seen.sent, line):
            low = bounds(hits, seen.sent)[0]
            told = f"{hits} of {seen.sent} mails {what}: at least {low:.3%}, above {line:.2%}"
            return Pause(told)
    return Healthy()


def is_above(hits: int, n: int, line: float) -> bool:
    """Whether the lower 95 % bound of the rate is above `line`."""
    return bool(hits) and 1 - _at_most(hits - 1, max(n, hits), line) < _DOUBT


def bounds(hits: int, n: int) -> tuple[float, float]:
    """The lower and the upper 95 % bound of a rate, each for itself."""
    n = max(n, hits)
    low = _rate_at(hits - 1, n, 1 - _DOUBT) if hits else 0.0
    high = _rate_at(hits, n, _DOUBT) if hits < n else 1.0
    return low, high


def _rate_at(hits: int, n: int, chance: float) -> float:
    """The rate at which at most `hits` of `n` have this chance."""
    low, high = 0.0, 1.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if _at_most(hits, n, middle) > chance:
            low = middle
        else:
            high = middle
    return low


def _at_most(hits: int, n: int, rate: float) -> float:
    """The chance of at most `hits` of `n`: the terms of the binomial distribution, from its largest
    one to both sides, so that none is lost in a float."""
    top = min(hits, int((n + 1) * rate))
    first = math.exp(
        math.lgamma(n + 1)
        - math.lgamma(top + 1)
        - math.lgamma(n - top + 1)
        + top * math.log(rate)
        + (n - top) * math.log1p(-rate)
    )
    odds = rate / (1 - rate)
    total = term = first
    for one in range(top, 0, -1):
        term *= one / ((n - one + 1) * odds)
        total += term
    term = first
    for one in range(top + 1, hits + 1):
        term *= (n - one + 1) * odds / one
        total += term
    return total
