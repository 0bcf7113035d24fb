"""Slots: N of them with a period hold concurrency and rate, whoever dies; a counter does not."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest

from countersign.domain.limits.slots import (
    LEASE_MARGIN,
    RateLimit,
    Slot,
    first,
    free,
    given_back,
    lease,
    next_free,
)

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
LIMIT = RateLimit(slots=4, seconds=2)


def held(number: int = 0, *, seconds: float = 30, attempt: str = "a") -> Slot:
    return lease("crm", number, attempt, NOW, seconds)


def after(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def test_a_lease_outlasts_the_visit() -> None:
    """A slot comes back by itself, and not before its visit must be over."""
    assert held(seconds=30).free_at == after(30) + LEASE_MARGIN


def test_a_slot_is_free_a_period_after_it_was_taken() -> None:
    """A quick visit frees its slot when the period is over, a slow one at once."""
    quick = given_back(held(), after(0.1), LIMIT, 1)
    slow = given_back(held(), after(7), LIMIT, 1)
    assert quick
    assert slow
    assert (quick.free_at, slow.free_at) == (after(2), after(7))


def test_each_action_of_a_visit_costs_a_period() -> None:
    """Three actions under one slot use it for three periods."""
    slot = given_back(held(), after(0.1), LIMIT, 3)
    assert slot
    assert slot.free_at == after(6)


def test_a_slot_whose_lease_is_over_is_left_alone() -> None:
    """It may be somebody else's: it is never given back."""
    slot = held(seconds=30)
    assert given_back(slot, slot.free_at, LIMIT, 1) is None


def test_what_is_free_begins_near_the_attempts_own() -> None:
    """Every free number once, none that is held, and attempts begin at different ones."""
    taken = [held(1), held(2)]
    assert set(free(taken, "x", LIMIT, NOW)) == {0, 3}
    assert next_free(taken, LIMIT, NOW) == held().free_at
    assert len({first(f"attempt-{n}", LIMIT) for n in range(50)}) == LIMIT.slots


def simulate(seed: int, *, slots: bool) -> tuple[int, int]:
    """500 visits that come at random, of which a tenth never gives anything back.

    The most that ran at once, and how many began at all within the time.
    """
    chance = random.Random(seed)  # noqa: S311 - a model of load, reported with the seed
    rows: dict[int, Slot] = {}
    ends: list[datetime] = []
    now, counter, begun, most = NOW, 0, 0, 0
    for number in range(500):
        now += timedelta(seconds=chance.random())
        room = free(rows.values(), f"a{number}", LIMIT, now)
        if (not room) if slots else counter >= LIMIT.slots:
            continue
        begun += 1
        dies, lasts = chance.random() < 0.1, chance.random() * 3
        ends = [end for end in ends if end > now] + [now + timedelta(seconds=lasts)]
        most = max(most, len(ends))
        counter += 1 if dies else 0  # who lives counts up and down again
        if slots:
            slot = lease("crm", room[0], f"a{number}", now, 3)
            back = None if dies else given_back(slot, now + timedelta(seconds=lasts), LIMIT, 1)
            rows[slot.number] = back or slot
    return most, begun


def test_slots_of_the_dead_come_back() -> None:
    """With one visit in ten dying, never more than the slots run, and work goes on to the end."""
    seed = random.SystemRandom().randrange(10**6)
    most, begun = simulate(seed, slots=True)
    assert most <= LIMIT.slots, f"seed {seed}"
    assert begun > 50, f"seed {seed}"


@pytest.mark.control
def test_control_a_counter_leaks() -> None:
    """A bare counter, raised and not lowered by who dies, soon lets nobody through."""
    _, begun = simulate(11, slots=False)
    assert begun < 100
