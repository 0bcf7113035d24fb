"""A child crashes again and again: the item that crashes it fails, and no other one does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from countersign.domain.errors import CountersignError
from countersign.domain.jobs.job import Status
from countersign.domain.lane.items import CUT_OFF, Item
from countersign.domain.lane.lane import Pinned, Told, Worked
from countersign.lane.functions import run
from countersign.lane.work import work
from tests import words
from tests.fakes.items_machine import TIME, TRIES, ItemsMachine, Killed
from tests.fakes.lanes import FakeLanes
from tests.flows import Letter
from tests.unit.lane.test_words import Walk

ROWS = [f"word {number}" for number in range(1, 31)]
"""Three batches of ten."""
MOST_RUNS = 12
Works = Callable[[Pinned[Letter], str, Told], Worked]


class Crashing(ItemsMachine):
    """A process that dies takes its child with it: it is entered again as often as the machine
    does, and then caught. `entries` counts them."""

    entries = 0

    def works(self, child: Any) -> None:
        """As the machine, where a try may be killed."""
        for tries in range(TRIES):
            self.entries += 1
            try:
                ends = self._world.clock.now() + TIME
                call = child.model_copy(update={"retries": tries, "ends_at": ends})
                run(self._world.deps_again(), work, call)
            except (Killed, CountersignError):
                continue
            return


def gone_through(works: Works, lanes: FakeLanes | None = None) -> tuple[Walk, Crashing]:
    """The rows, by as many runs as the job wants."""
    walk = Walk(ROWS, work=works)
    if lanes:
        walk.world.lanes = lanes
        walk.world.deps = walk.world.deps_again()
    walk.machine = machine = Crashing(walk.world)
    walk.goes()
    for _ in range(MOST_RUNS):
        if not walk.goes_on():
            break
    return walk, machine


def states(walk: Walk) -> Counter[str]:
    """How many rows are in each state."""
    found = {name: int(walk.evidence[name]) for name in ("done", "failed", "left", "unknown")}
    return Counter({name: count for name, count in found.items() if count})


@pytest.mark.parametrize(
    "crash", [{1}, {5}, {10}, {11, 12}, {1, 10, 21, 30}, set(range(11, 21))], ids=str
)
def test_what_crashes_its_child_fails_and_its_neighbours_are_done(crash: set[int]) -> None:
    """Wherever in its batch, several in a row, or all of a batch: each is tried twice and fails
    with that cause, and no other row does. No row is given to an execution of its own."""

    def works(of: Pinned[Letter], word: str, told: Told) -> Worked:
        if int(word.split()[1]) in crash:
            raise Killed
        return words.work(of, word, told)

    walk, machine = gone_through(works)
    failed = {int(line.split()[0]) for line in walk.document.splitlines() if "failed" in line}
    assert failed == crash
    assert states(walk) == {"done": len(ROWS) - len(crash), "failed": len(crash)}
    assert walk.evidence["rows"] == str(len(ROWS))
    assert machine.entries <= 3 + 2 * len(crash) + len(walk.world.item_runs.started)


def test_where_several_together_are_too_much_none_of_them_fails() -> None:
    """A process holds four and dies at the fifth: the next one begins with that, and all are done.
    Halving such a batch down to two would fail the second of them for the first."""
    held = list[str]()

    def works(of: Pinned[Letter], word: str, told: Told) -> Worked:
        held.append(word)
        if len(held) > 4:
            held.clear()
            raise Killed
        return words.work(of, word, told)

    walk, _ = gone_through(works)
    assert states(walk) == {"done": len(ROWS)}


class Forgetful(FakeLanes):
    """Control: a claim does not say how often there was one."""

    def claim(self, job_id: str, batch: int, item: Item) -> None:
        """As the first."""
        super().claim(job_id, batch, item.model_copy(update={"tries": 1}))


@pytest.mark.control
def test_control_where_claims_are_not_counted_a_batch_crashes_for_ever() -> None:
    """What stood before the row is done; it and all behind it are left: a person has the job."""

    def works(of: Pinned[Letter], word: str, told: Told) -> Worked:
        if word == ROWS[14]:
            raise Killed
        return words.work(of, word, told)

    walk, _ = gone_through(works, Forgetful())
    record = walk.goes().record
    assert record.job.status is Status.ESCALATED
    held = walk.world.lanes.run(walk.job_id)
    assert held
    assert (held.seen.left, CUT_OFF in held.seen.causes) == (6, False)
