"""T46: canaries that do no harm are not stopped for harm, however often one looks, while the share
grows, people's habits drift, decisions are late, or the arms ask differently; real harm is found.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

import pytest

from countersign.domain.releases.canary import ALPHA, Metric, alarm_line, blocks, evidence
from tests.guarantees.canary_worlds import (
    Decided,
    World,
    asks_the_hard_half,
    decided_so_far,
    faster_to_refuse,
    peeked,
    pooled,
    ramped,
    sound,
    steady,
)
from tests.seeds import dice

if TYPE_CHECKING:
    import random

Figure = Callable[[str, int], None]
pytestmark = [pytest.mark.guarantee("T46"), pytest.mark.timeout(1200)]

SHORT, LONG = 30, 2_000
"""Canaries of each world."""
HARMED = 30
_NEVER = 10**6


@dataclass(frozen=True)
class Deceiving:
    """A world without harm, the jobs of one canary in it, and the usual test that it deceives."""

    world: World
    jobs: int
    usual: Callable[[Sequence[Decided]], bool]


WORLDS = {
    "looked at after every block": Deceiving(steady(0.08, 0.08, 0.1), 2_000, peeked),
    "ramped while people's habits drift": Deceiving(ramped, 1_500, pooled),
    "refusals come sooner than approvals": Deceiving(faster_to_refuse, 480, decided_so_far),
    "the canary asks about the hard half": Deceiving(asks_the_hard_half, 800, pooled),
}


def _alarms(
    name: str, n: int, random: random.Random, *designs: Callable[[Sequence[Decided]], bool]
) -> list[float]:
    """The share of canaries of a world that each design stops for harm."""
    one, stopped = WORLDS[name], [0] * len(designs)
    for _ in range(n):
        seen = list(one.world(random, one.jobs))
        stopped = [so_far + design(seen) for so_far, design in zip(stopped, designs, strict=True)]
    return [count / n for count in stopped]


@pytest.mark.control
@pytest.mark.parametrize("name", WORLDS)
def test_innocent_canaries_go_on_and_the_usual_tests_stop_them(name: str) -> None:
    """Of a few canaries one is stopped at the most; control: the usual test stops more than a tenth
    of the same."""
    ours, usual = _alarms(name, SHORT, dice(), sound, WORLDS[name].usual)
    assert ours * SHORT <= 4, "six standard deviations from the 1 % that is usual"
    assert usual > 0.1


@pytest.mark.soak
@pytest.mark.control
@pytest.mark.parametrize("name", WORLDS)
def test_two_thousand_innocent_canaries(name: str, figure: Figure) -> None:
    """At most 5 % are stopped; control: the usual test stops more than 20 %."""
    ours, usual = _alarms(name, LONG, dice(), sound, WORLDS[name].usual)
    figure(f"{name}: {ours:.1%} false alarms, the usual test {usual:.1%}", LONG)
    assert ours <= ALPHA
    assert usual > 0.2


def test_a_threefold_rise_is_found_within_sixty_decisions(figure: Figure) -> None:
    """8 → 24 % at 90/10 in blocks of fifty: half of all canaries alarm by their 60th decision."""
    decisions = _until_found(0.1, dice(), HARMED)
    figure(f"8 → 24 % is found by the {decisions:.0f}th decision at 10 %", HARMED)
    assert decisions <= 80, "60, and what so few canaries of a test may lie beside it"


@pytest.mark.soak
def test_a_threefold_rise_is_found_by_two_thousand(figure: Figure) -> None:
    """As above, with as many canaries as make the median sure; the other shares are printed."""
    random = dice()
    found = {share: _until_found(share, random, LONG) for share in (0.1, 0.2, 0.5)}
    for share, decisions in found.items():
        figure(f"8 → 24 % is found by the {decisions:.0f}th decision at {share:.0%}", LONG)
    assert found[0.1] <= 60


def _until_found(share: float, random: random.Random, n: int) -> float:
    """The median of the canary's decisions until it alarms."""
    return median(_decisions(share, random) for _ in range(n))


def _decisions(share: float, random: random.Random) -> int:
    line, decided = alarm_line(ALPHA, Metric.OVERRIDDEN), 0
    jobs = [one.trial for one in steady(0.08, 0.24, share)(random, round(300 / share))]
    seen = list(blocks(jobs, Metric.OVERRIDDEN, 50))
    for block, said in zip(seen, evidence(seen), strict=True):
        decided += block.canary.n
        if said >= line:
            return decided
    return _NEVER
