"""How far people agree: counts that add up item by item, and the measures over them.

`krippendorff` on PyPI is GPL-3.0 and not used; alpha here gives the published 0.743, 0.815 and
0.849. What is undefined (nobody in common, one value alone) is None and shown as n/a, never 1.
"""

from __future__ import annotations

import hashlib
import struct
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Mapping
from fractions import Fraction
from itertools import accumulate, permutations
from math import lcm
from typing import Literal, NamedTuple, TypeVar

Level = Literal["nominal", "ordinal", "interval"]
Value = str | int
Unit = tuple[Value, ...]
"""What was said of one thing, by all who spoke of it."""
KindT = TypeVar("KindT", bound=Hashable)
KeyT = TypeVar("KeyT", bound=Hashable)
RESAMPLES = 200
"""Draws of a bootstrap: its interval is of 95 %."""


def alpha(units: Mapping[Unit, int], level: Level = "nominal") -> Fraction | None:
    """Krippendorff's alpha of units and how often each is there: 1 is agreement, 0 is chance. None
    where all values are the same, or none meets another."""
    whole = lcm(*(len(values) - 1 for values in units if len(values) > 1))
    met = _coincidences(units, whole)
    totals: Counter[Value] = Counter()
    for (one, _), weight in met.items():
        totals[one] += weight
    far = _distances(totals, level)
    pairs = list(permutations(totals, 2))
    expected = sum(totals[one] * totals[other] * far(one, other) for one, other in pairs)
    if not expected:
        return None
    observed = sum(met[pair] * far(*pair) for pair in pairs if pair in met)
    return 1 - Fraction((totals.total() - whole) * observed, expected)


def _coincidences(units: Mapping[Unit, int], whole: int) -> Mapping[tuple[Value, Value], int]:
    """How often two values meet, times `whole`; a unit counts as often as it has values, one that
    has one alone not at all."""
    found: Counter[tuple[Value, Value]] = Counter()
    for values, times in units.items():
        for pair in permutations(values, 2):
            found[pair] += times * whole // (len(values) - 1)
    return found


def _distances(totals: Mapping[Value, int], level: Level) -> Callable[[Value, Value], int]:
    """How far two values lie apart, up to a factor."""
    if level == "nominal":
        return lambda one, other: one != other
    if level == "interval":
        return lambda one, other: (one - other) ** 2  # type: ignore[operator] # numbers
    ranks = sorted(totals)
    upto = dict(zip(ranks, accumulate(totals[one] for one in ranks), strict=True))

    def between(one: Value, other: Value) -> int:
        low, high = sorted((one, other))
        within = upto[high] - upto[low] + totals[low]
        return (2 * within - totals[low] - totals[high]) ** 2

    return between


def kappa(pairs: Mapping[Unit, int]) -> Fraction | None:
    """Cohen's κ of two raters, of how often each gave which value. None where chance alone would
    let them agree always."""
    count = sum(pairs.values())
    first: Counter[Value] = Counter()
    second: Counter[Value] = Counter()
    for (one, other), times in pairs.items():
        first[one] += times
        second[other] += times
    chance = sum(first[one] * second[one] for one in first)
    same = count * sum(times for (one, other), times in pairs.items() if one == other)
    return None if chance == count * count else Fraction(same - chance, count * count - chance)


def f1(both: int, found: int) -> Fraction | None:
    """What both found, of all that the two found; None when neither found any."""
    return Fraction(2 * both, found) if found else None


class Interval(NamedTuple):
    """A measure with the bounds between which 95 % of the draws lie."""

    value: Fraction | None
    low: Fraction | None
    high: Fraction | None


def bootstrap(
    kinds: Mapping[KindT, int],
    measures: Callable[[Mapping[KindT, int]], Mapping[KeyT, Fraction | None]],
    seed: str,
) -> Mapping[KeyT, Interval]:
    """Measures over all items, and over draws of as many with replacement. `kinds` says how many
    items are alike: items are drawn, and equal ones counted together. The same seed draws the
    same. A draw in which a measure is undefined is left out of its interval."""
    values = measures(kinds)
    drawn: dict[KeyT, list[Fraction]] = {key: [] for key in values}
    for weights in _draws(kinds, seed) if kinds else ():
        for key, value in measures(weights).items():
            if value is not None:
                drawn[key].append(value)
    return {key: _interval(value, sorted(drawn[key])) for key, value in values.items()}


def _interval(value: Fraction | None, drawn: list[Fraction]) -> Interval:
    if value is None or not drawn:
        return Interval(value, None, None)
    edge = len(drawn) * 25 // 1_000
    return Interval(value, drawn[edge], drawn[-1 - edge])


def _draws(kinds: Mapping[KindT, int], seed: str) -> Iterator[Mapping[KindT, int]]:
    names = sorted(kinds, key=repr)
    ends = list(accumulate(kinds[name] for name in names))
    chance = _numbers(seed)
    for _ in range(RESAMPLES):
        picked = Counter(bisect_right(ends, next(chance) % ends[-1]) for _ in range(ends[-1]))
        yield {names[at]: times for at, times in picked.items()}


def _numbers(seed: str) -> Iterator[int]:
    """Numbers of 32 bits that follow from the seed alone, on every machine."""
    block = 0
    while True:
        raw = hashlib.shake_256(f"{seed}:{block}".encode()).digest(1 << 16)
        yield from (number for (number,) in struct.iter_unpack("<I", raw))
        block += 1
