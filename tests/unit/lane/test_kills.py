"""A handler or an execution of the second machine is killed: no item twice, none lost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from countersign.domain.jobs.job import Status
from countersign.domain.lane.items import Item
from countersign.domain.lane.lane import Done, Pinned, Told, Worked
from countersign.lane.watching import look_after, record_end
from tests import words
from tests.fakes.items_machine import Killed
from tests.fakes.lanes import FakeLanes
from tests.fakes.world import World
from tests.flows import Letter
from tests.unit.lane.test_words import FILE, Walk

SHORT, LONG = 5, 20
ROWS = [f"word {number}" for number in range(300)]
MIDDLE = "word 105"
"""In the eleventh batch, with four more of it to come."""
WRITES = ("lanes.keep_head", "lanes.claim", "lanes.record", "payloads.put", "lanes.keep_run")
"""What the machine's functions write."""


@dataclass
class Fate:
    """The process dies before or after the nth write of the machine's functions."""

    at: int
    after: bool
    writes: list[str] = field(default_factory=list)

    def meets(self, world: World) -> None:
        """From now on, every write is a point at which it may die."""
        for name in WRITES:
            adapter, method = name.split(".")
            held = getattr(world, adapter)
            setattr(held, method, self._dying(name, getattr(held, method)))

    def _dying(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def write(*given: Any) -> Any:
            self.writes.append(name)
            mine = len(self.writes) == self.at
            if mine and not self.after:
                raise Killed(name)
            done = real(*given)
            if mine:
                raise Killed(name)
            return done

        return write


def walked(fate: Fate) -> tuple[Walk, list[str]]:
    """The file, gone through by a machine that is killed once and begun again by whom it may be:
    AWS enters the state again, or the recorder hears that the execution is dead."""
    worked: list[str] = []

    def work(of: Pinned[Letter], word: str, told: Told) -> Worked:
        ended = words.work(of, word, told)
        if isinstance(ended, Done):
            worked.append(word)
        return ended

    walk = Walk(FILE, work=work)
    walk.goes()
    fate.meets(walk.world)
    while walk.goes_on():
        pass
    return walk, worked


def test_killed_anywhere_it_ends_as_if_nothing_had_happened() -> None:
    """At points spread over all writes: the document has the same bytes, every row is in the same
    state, and an item whose end was stored is not worked on again."""
    whole, once = walked(Fate(0, after=False))
    points = _spread(_count(), SHORT)
    for at in points:
        fate = Fate(at, after=at % 2 == 0)
        walk, worked = walked(fate)
        assert walk.document == whole.document, fate
        assert walk.evidence == whole.evidence, fate
        assert len(worked) - len(once) in {0, 1}, fate


@pytest.mark.soak
def test_killed_at_twenty_points_it_ends_the_same() -> None:
    """As above, before and after each of twenty writes."""
    whole, _ = walked(Fate(0, after=False))
    for at in _spread(_count(), LONG):
        for after in (True, False):
            walk, _ = walked(Fate(at, after=after))
            assert (walk.document, walk.evidence) == (whole.document, whole.evidence), (at, after)


def test_an_execution_that_dies_is_followed_by_another() -> None:
    """The recorder marks the run, `tick` wakes the job, and the next run goes on with what is
    left."""
    walk = Walk(FILE)
    walk.goes()
    name, job_id = walk.world.item_runs.started[0]
    first, *_ = walk.machine.children(name, job_id)
    walk.machine.works(first)
    walk.world.item_runs.over.add(name)
    assert record_end(walk.world.deps, job_id, name)
    assert not record_end(walk.world.deps, job_id, name)
    look_after(walk.world.deps, walk.world.store.load(job_id))
    assert walk.ends().record.job.status is Status.COMPLETED
    assert walk.evidence["left"] == "0"
    assert [one for one, _ in walk.world.item_runs.started] == [name, f"{job_id}-items-2"]


def test_thirty_batches_of_ten_are_gone_through_by_two_runs_and_no_item_twice() -> None:
    """The first run is marked dead while one of its children is in the middle of a batch, and the
    second goes through all that is left. The child that outlives it begins no item more: only the
    one that it was at was worked on twice, and its end is stored once."""
    walk, twice = overtaken(FakeLanes())
    assert twice == [MIDDLE]
    assert (walk.evidence["done"], walk.evidence["left"]) == ("300", "0")
    assert len(walk.document.splitlines()) == len(ROWS)


class Blind(FakeLanes):
    """A claim is stored without a look at anything."""

    def __init__(self) -> None:
        super().__init__(looks_at_head=False)

    def claim(self, job_id: str, batch: int, item: Item) -> None:
        """Whoever asks."""
        self.record(job_id, batch, item)


@pytest.mark.control
def test_control_a_claim_that_looks_at_nothing_works_on_the_rest_again() -> None:
    """The child that outlives its run goes on to the end of its batch."""
    _, twice = overtaken(Blind())
    assert twice == ROWS[ROWS.index(MIDDLE) : ROWS.index(MIDDLE) + 5]


def overtaken(lanes: FakeLanes) -> tuple[Walk, list[str]]:
    """The rows, gone through by two runs, and those that were worked on more than once."""
    worked: list[str] = []

    def work(of: Pinned[Letter], word: str, told: Told) -> Worked:
        worked.append(word)
        if word == MIDDLE and worked.count(word) == 1:
            _dies_and_is_followed(walk)
        return words.work(of, word, told)

    walk = Walk(ROWS, work=work)
    walk.world.lanes = lanes
    walk.world.deps = walk.world.deps_again()
    walk.goes()
    for child in walk.machine.children(*walk.world.item_runs.started[0]):
        walk.machine.works(child)
    return walk, [word for word in ROWS if worked.count(word) > 1]


def _dies_and_is_followed(walk: Walk) -> None:
    name, job_id = walk.world.item_runs.started[0]
    walk.world.item_runs.over.add(name)
    assert record_end(walk.world.deps, job_id, name)
    look_after(walk.world.deps, walk.world.store.load(job_id))
    walk.ends()


def _count() -> int:
    fate = Fate(0, after=False)
    walked(fate)
    return len(fate.writes)


def _spread(writes: int, points: int) -> list[int]:
    return [1 + at * (writes - 1) // (points - 1) for at in range(points)]
