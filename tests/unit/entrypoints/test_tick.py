"""Time goes on for everybody: rows that fail, rows without a job, more rows than one page, more
than an outside system has time for."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from itertools import islice

import pytest

from countersign.domain.jobs.change import Due, JobRecord
from countersign.domain.jobs.job import Status
from countersign.domain.limits.circuit_breaker import Breaker
from countersign.domain.limits.pace import RateLimit
from countersign.entrypoints.tick import ENOUGH, LONGEST_WAIT, THREADS, tick
from tests.builders import job, record
from tests.fakes.journey import accept, form
from tests.fakes.world import START, FakeQueue, World

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

    def send(self, job_id: str, workflow: str) -> None:
        self._world.clock.passes(seconds=self._seconds)
        if job_id in self.refused:
            raise ValueError("poison")
        super().send(job_id, workflow)


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


def parked(world: World, number: int, waits_for: str, **late: float) -> str:
    """A job that came `number` minutes before now, parked for a system; due since so long."""
    job_id, now = f"j-{waits_for}-{number}", world.clock.now()
    held = job(Status.PARKED, job_id=job_id, created_at=now - timedelta(minutes=number))
    due = Due(kind="parked", at=now - timedelta(**late), waits_for=waits_for)
    world.store.put(JobRecord(job=held, due={"parked": due}))
    return job_id


def started(world: World) -> list[str]:
    """Jobs that go on, in order."""
    return [job_id for _, job_id in world.executions.started]


def late_by(said: str) -> float:
    """Of the oldest due row, as the metric says."""
    [line] = [json.loads(line) for line in said.splitlines() if "OldestDueSeconds" in line]
    [seconds] = line["OldestDueSeconds"]
    return float(seconds)


def slow_crm() -> World:
    """One whose write key takes a request a second."""
    world = World(lambda _: {})
    limits = {"crm-read": (), "crm-write": (RateLimit(requests=10, seconds=10),)}
    world.settings = world.settings.model_copy(update={"connector_limits": limits})
    world.deps = world.deps_again()
    return world


def test_what_waits_for_a_system_is_woken_at_its_pace_oldest_jobs_first(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The others stay due as they are, until a later minute, and nobody is alarmed: they wait for
    their turn. What waits for something else is not behind them."""
    world = slow_crm()
    jobs = [parked(world, number, "crm", hours=1) for number in range(100)]
    other = parked(world, 0, "payments", seconds=50)
    before = world.store.load(jobs[0])
    tick(world.deps)
    woken = started(world)
    assert woken[:-1] == jobs[: -len(woken) : -1]
    assert woken[-1] == other
    assert 5 < len(woken) < 50
    assert world.store.load(jobs[0]) == before
    said = capsys.readouterr().out
    assert late_by(said) == 50
    assert f'"DueInTurn":[{100 - len(woken) + 1}.0]' in said


def test_all_are_woken_in_the_end() -> None:
    """Minute by minute, each once, in the order in which they came."""
    world = slow_crm()
    jobs = [parked(world, number, "crm", hours=1) for number in range(60)]
    for _ in range(10):
        tick(world.deps)
        for job_id in set(started(world)):
            world.store.put(replace(world.store.load(job_id), due={}))
        world.clock.passes(minutes=1)
    assert started(world) == jobs[::-1]


def test_a_resting_system_wakes_nobody_and_then_one(world: World) -> None:
    """Its breaker is open, then closed for a moment: whoever is woken first finds out."""
    ends = world.clock.now() + timedelta(seconds=30)
    for number in range(5):
        parked(world, number, "crm", seconds=1)
    world.limits.rests(Breaker(key="crm-write", open_until=ends, rest_seconds=30))
    tick(world.deps)
    assert started(world) == []
    world.clock.passes(seconds=40)
    tick(world.deps)
    assert started(world) == ["j-crm-4"]
    world.clock.passes(seconds=61)
    tick(world.deps)
    assert len(started(world)) == 5


def test_a_system_that_cannot_be_asked_after_stops_no_other(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its rows stay due and count as late; it is a defect."""
    parked(world, 1, "crm", minutes=20)
    other = parked(world, 1, "payments", seconds=1)
    world.limits.cannot_be_read("crm-write")
    tick(world.deps)
    assert started(world) == [other]
    said = capsys.readouterr().out
    assert '"Defects":[1.0]' in said
    assert (late_by(said), "DueInTurn" in said) == (20 * 60, False)


def test_a_row_that_was_settled_since_it_was_read_is_left_alone(world: World) -> None:
    """Another row of the same job came first, or the index is behind."""
    job_id = parked(world, 1, "", seconds=1)
    stale = list(world.store.due(world.clock.now()))
    later = Due(kind="parked", at=world.clock.now() + timedelta(minutes=2))
    world.store.put(replace(world.store.load(job_id), due={"parked": later}))
    world.store.shows(stale)
    assert tick(world.deps) == 0
    assert started(world) == []


def test_several_threads_do_each_row_once(world: World) -> None:
    """Of many jobs, two rows of which are due."""
    jobs = {accept(world, form(), f"evt-{number}") for number in range(50)}
    world.clock.passes(minutes=2)
    assert tick(world.deps, THREADS) == len(jobs)
    assert sorted(world.queue.sent) == sorted(jobs)


def test_two_ticks_at_the_same_time_wake_nobody_twice(world: World) -> None:
    """Of two who read the same row, one writes: each job has one new execution."""
    jobs = {parked(world, number, "", seconds=1) for number in range(60)}
    with ThreadPoolExecutor(2) as both:
        done = list(both.map(lambda deps: tick(deps, THREADS), (world.deps, world.deps_again())))
    assert sorted(started(world)) == sorted(jobs)
    assert {world.store.load(job_id).job.attempt for job_id in jobs} == {2}
    assert sum(done) == len(jobs)


def test_the_tick_ends_in_time_and_the_next_goes_on(world: World) -> None:
    """A tick that used up its time begins no further row; what is left is done by the next."""
    for number in range(3):
        accept(world, form(), f"evt-{number}")
    world.clock.passes(minutes=2)
    queue = serves(world, seconds=ENOUGH.total_seconds() * 0.6)
    assert tick(world.deps) == 2
    assert tick(world.deps) == 1
    assert len(set(queue.sent)) == 3


def test_a_job_that_nobody_works_on_is_a_number(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every five minutes: how long ago a step worked on the one that was left longest. What waits
    for a person or a time is no such job."""
    world.store.put(record((), job=job(Status.PARKED, updated_at=START)))
    later = START + timedelta(minutes=4)
    for number, at in enumerate((later, START)):
        row = job(Status.RETRYING, job_id=f"j-{number}", updated_at=at)
        world.store.put(record((), job=row))
    world.clock.passes(minutes=9)
    tick(world.deps)
    assert "OldestJobSeconds" not in capsys.readouterr().out
    world.clock.passes(minutes=1)
    tick(world.deps)
    assert '"OldestJobSeconds":[600.0]' in capsys.readouterr().out
