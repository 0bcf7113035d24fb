"""A burst in an account that runs ten functions at once: jobs begin at its pace, and no message
comes back for want of a turn."""

from __future__ import annotations

import json
from collections import Counter, deque
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from countersign.domain.errors import NotYourTurn
from countersign.domain.jobs.job import Status
from countersign.domain.limits.pace import RateLimit
from countersign.entrypoints.start import FULL, start
from countersign.entrypoints.tick import tick
from countersign.runtime.deps import Deps
from countersign.runtime.starting import STARTS, take_a_turn
from infra.build.starts import ENOUGH, fault, limit
from infra.settings import load
from tests.fakes.journey import accept, form
from tests.fakes.world import World
from workflows import WORKFLOWS

MESSAGES, CONCURRENCY, RECEIVES = 300, 10, 5
VISIBLE_AGAIN = timedelta(minutes=3)


def paced() -> World:
    """A stage whose starts are paced as such an account asks for."""
    world = World(WORKFLOWS["lead_intake"].offline)
    limits = {**world.settings.connector_limits, STARTS: (limit(CONCURRENCY),)}
    world.settings = world.settings.model_copy(update={"connector_limits": limits})
    world.deps = world.deps_again()
    return world


def queued(world: World, n: int) -> deque[str]:
    """So many accepted events, as their messages wait in the queue."""
    jobs = [accept(world, form(), event=f"evt-{one}") for one in range(n)]
    return deque(json.dumps({"job_id": one, "workflow": "lead_intake"}) for one in jobs)


def received(world: World, queue: deque[str], begin: Callable[[Deps, str], None]) -> Counter[str]:
    """How often each message was received until the queue was empty, or gave it up."""
    times = Counter[str]()
    while queue:
        message = queue.popleft()
        times[message] += 1
        try:
            begin(world.deps, message)
        except NotYourTurn:
            if times[message] < RECEIVES:
                queue.append(message)
            world.clock.passes(seconds=VISIBLE_AGAIN.total_seconds() / MESSAGES)
    return times


def begun(world: World) -> list[datetime]:
    """Time goes on, a minute at a time, until all are begun: when each was."""
    times = list[datetime]()
    for _ in range(20):
        times += [world.clock.now()] * (len(world.executions.started) - len(times))
        world.clock.passes(seconds=60)
        tick(world.deps)
    return times


def test_three_hundred_messages_at_a_concurrency_of_ten() -> None:
    """Each is received once, nothing is given up, no more begin than functions are there for, and
    all end up begun, those that came first before those that came last."""
    world = paced()
    times = received(world, queued(world, MESSAGES), start)
    assert set(times.values()) == {1}
    waiting = [one.job for one in world.store._records.values() if one.job.status is Status.PARKED]
    assert len(waiting) > MESSAGES / 2
    assert {one.reason for one in waiting} == {FULL}
    at = begun(world)
    assert len(at) == MESSAGES
    within = (at[-1] - at[0]).total_seconds()
    assert within >= (MESSAGES - 60) / limit(CONCURRENCY).requests - 60


@pytest.mark.control
def test_messages_that_wait_in_the_queue_are_lost() -> None:
    """Control: who sends a message back for want of a turn receives it again and again, and gives
    up on many."""

    def naive(deps: Deps, message: str) -> None:
        take_a_turn(deps)
        deps.executions.start(message, message)

    world = paced()
    times = received(world, queued(world, MESSAGES), naive)
    assert max(times.values()) == RECEIVES
    assert len(world.executions.started) < MESSAGES


def test_a_stage_without_that_limit_asks_nobody() -> None:
    """All begin at once, with no call more."""
    world = World(WORKFLOWS["lead_intake"].offline)
    received(world, queued(world, 20), start)
    assert len(world.executions.started) == 20
    assert STARTS not in world.deps.memory.states


@pytest.mark.parametrize(("at_once", "a_second"), [(10, 1), (50, 5), (100, 11)])
def test_the_pace_follows_from_the_account(at_once: int, a_second: int) -> None:
    """A third of the functions stays for webhooks and pages; the sentence says what to write."""
    settings = load("dev")
    assert limit(at_once).requests == a_second
    said = fault(settings, at_once)
    assert f'"starts": [{{"requests": {a_second}, "seconds": 1}}]' in said
    for rate, wrong in ((a_second, False), (a_second + 1, True)):
        named = {**settings.connector_limits, STARTS: (RateLimit(requests=rate, seconds=1),)}
        mended = settings.model_copy(update={"connector_limits": named})
        assert bool(fault(mended, at_once)) is wrong
    assert not fault(settings, ENOUGH)
