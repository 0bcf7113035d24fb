"""Time goes on for everybody: rows that fail, rows without a job, more rows than one page."""

from __future__ import annotations

from datetime import timedelta
from itertools import islice

import pytest

from countersign.entrypoints.tick import ENOUGH, LONGEST_WAIT, tick
from tests.fakes.journey import accept, form
from tests.fakes.world import FakeQueue, World

MANY = 120


@pytest.fixture
def world() -> World:
    return World(lambda _: {})


class PickyQueue(FakeQueue):
    """Fails for some jobs, and each message takes its time."""

    def __init__(self, world: World, seconds: float = 0) -> None:
        super().__init__()
        self._world, self._seconds = world, seconds
        self.refused: set[str] = set()

    def send(self, job_id: str) -> None:
        self._world.clock.passes(seconds=self._seconds)
        if job_id in self.refused:
            raise ValueError("poison")
        super().send(job_id)


def serves(world: World, seconds: float = 0) -> PickyQueue:
    """The world has a picky queue from now on."""
    world.queue = queue = PickyQueue(world, seconds)
    world.deps = world.deps_again()
    return queue


def poisoned(world: World, queue: PickyQueue, number: int = 1) -> str:
    """A job whose due row cannot be handled."""
    job_id = accept(world, form(), f"evt-bad-{number}")
    queue.refused.add(job_id)
    return job_id


def waits(world: World, job_id: str) -> timedelta:
    [row] = world.store.load(job_id).due.values()
    return row.at - world.clock.now()


def test_many_poisoned_rows_do_not_stop_a_healthy_one_behind_them(world: World) -> None:
    """The healthy row is handled by the same tick, although all others before it fail."""
    queue = serves(world)
    for number in range(MANY):
        poisoned(world, queue, number)
    world.clock.passes(seconds=1)
    healthy = accept(world, form(), "evt-good")
    world.clock.passes(minutes=2)
    assert tick(world.deps) == 1
    assert queue.sent == [healthy]


@pytest.mark.control
def test_control_a_batch_that_is_read_once_never_comes_to_the_healthy_row(world: World) -> None:
    """The oldest hundred are the same ones minute after minute, if nobody moves them."""
    queue = serves(world)
    bad = {poisoned(world, queue, number) for number in range(MANY)}
    world.clock.passes(seconds=1)
    accept(world, form(), "evt-good")
    world.clock.passes(minutes=2)
    batches = [{r.job_id for r in islice(world.store.due(world.clock.now()), 100)} for _ in "ab"]
    assert all(batch <= bad for batch in batches)


def test_a_row_that_fails_comes_again_after_twice_the_time(world: World) -> None:
    """One, two, four minutes and so on, never more than an hour."""
    job_id = poisoned(world, serves(world))
    world.clock.passes(minutes=2)
    waited = []
    for _ in range(8):
        tick(world.deps)
        waited.append(waits(world, job_id))
        world.clock.passes(seconds=waited[-1].total_seconds())
    minutes = [wait / timedelta(minutes=1) for wait in waited]
    assert minutes == [1, 2, 4, 8, 16, 32, 60, 60]
    assert waited[-1] == LONGEST_WAIT


def test_a_row_whose_move_fails_too_stops_nobody(world: World) -> None:
    """The table refuses the write: the row stays due, and the others are handled."""
    job_id = poisoned(world, serves(world))
    accept(world, form(), "evt-good")
    world.clock.passes(minutes=2)
    world.store.fails_with(OSError("the table is away"))
    assert tick(world.deps) == 1
    assert waits(world, job_id) <= timedelta(0)


def test_a_row_whose_job_is_gone_is_deleted(world: World) -> None:
    """It would be due for ever, and nothing can be done about it."""
    world.store.loses(accept(world, form(), "evt-gone"))
    world.clock.passes(minutes=2)
    assert tick(world.deps) == 0
    assert list(world.store.due(world.clock.now())) == []


def test_the_tick_ends_in_time_and_the_next_goes_on(world: World) -> None:
    """A tick that used up its time begins no further row; what is left is done by the next."""
    for number in range(3):
        accept(world, form(), f"evt-{number}")
    world.clock.passes(minutes=2)
    queue = serves(world, seconds=ENOUGH.total_seconds() * 0.6)
    assert tick(world.deps) == 2
    assert tick(world.deps) == 1
    assert len(set(queue.sent)) == 3
