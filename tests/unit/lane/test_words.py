"""A file of many items on its way: filed, signed for, worked through, counted; the job closes."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from countersign.domain.errors import StoreConflict
from countersign.domain.jobs.job import Pointer, Status
from countersign.domain.lane.control import Word
from countersign.entrypoints.tick import tick
from countersign.lane import orders
from countersign.lane.files import PLACE
from countersign.runtime.step import Call
from countersign.steps.park import park
from tests import words
from tests.fakes.items_machine import ItemsMachine, Killed
from tests.fakes.journey import Journey, accept
from tests.fakes.world import World

FILE = ["one", "?", "three", "skip", "five", "bad", "seven", "lost", "boom", "ten", *["x"] * 20]
ENDS = {
    **dict.fromkeys(range(1, 31), "done"),
    2: "quarantined",
    4: "skipped",
    6: "failed",
    8: "unknown",
    9: "failed",
}


class Walk:
    """One file on its way."""

    def __init__(
        self, lines: list[str], says: Callable[[str], Any] = json.loads, **lane: Any
    ) -> None:
        self.world = World(says, workflows={words.WORDS: words.workflow(**lane)})
        body = "".join(f"{line}\n" for line in lines).encode()
        self.job_id = accept(self.world, body, workflow=words.WORDS, door="upload")
        self.machine = ItemsMachine(self.world)

    def goes(self) -> Journey:
        """An execution of the job, to its end or its wait."""
        journey = Journey(self.world, self.job_id)
        journey.goes()
        return journey

    def ends(self) -> Journey:
        """The job, after as many runs as it takes."""
        journey = self.goes()
        while journey.record.job.status is Status.PARKED:
            self.machine.runs()
            journey = self.goes()
        return journey

    def goes_on(self) -> bool:
        """What comes next: the machine, then the job. Whether the job still waits. Where the job's
        own process was killed, its state is entered again."""
        self.machine.runs()
        try:
            return self.goes().record.job.status is Status.PARKED
        except Killed:
            return True

    @property
    def document(self) -> str:
        """What was made of the results."""
        return self.world.payloads.at(f"{PLACE}{self.job_id}/made/words.txt").decode()

    @property
    def evidence(self) -> dict[str, str]:
        """What came of the run, as the ledger says it."""
        receipt = Journey(self.world, self.job_id).record.ledger[0].receipt
        return dict(receipt.evidence) if receipt else {}


def test_every_row_of_a_file_ends_in_one_state() -> None:
    """Three batches and what cannot be read: the document names each row once, the ledger counts
    them, the job waits parked meanwhile and closes."""
    walk = Walk(FILE)
    parked = walk.goes()
    assert (parked.record.job.status, parked.visited[-1]) == (Status.PARKED, "Park")
    walk.machine.runs()
    done = walk.goes()
    assert done.record.job.status is Status.COMPLETED
    found = dict(line.split()[:2] for line in walk.document.splitlines())
    assert found == {str(number): state for number, state in ENDS.items()}
    counts = Counter(ENDS.values())
    assert {name: walk.evidence[name] for name in counts} == {
        name: str(count) for name, count in counts.items()
    }
    assert (walk.evidence["rows"], walk.evidence["left"]) == ("30", "0")


def test_what_came_of_it_begins_the_next_plan() -> None:
    """The workflow is asked again with the evidence, and the run is not wanted twice."""
    walk = Walk(FILE)
    done = walk.ends()
    on = done.visited[done.visited.index("Act") :]
    assert [one for one in on if one != "Route"] == ["Act", "Propose", "Look", "Decide", "Close"]
    assert [held.action for held in done.record.ledger] == ["bulk.run"]
    assert "document:words.txt" in walk.evidence


@pytest.mark.parametrize("word", [Word.PAUSED, Word.CANCELLED])
def test_people_stop_it_between_two_items(word: Word) -> None:
    """The children come back at once. What is paused waits and goes on with what is left; what is
    cancelled ends the job, which says so and how much is left."""
    walk = Walk(FILE)
    walk.goes()
    (name, job_id), *_ = walk.world.item_runs.started
    first, second, third = walk.machine.children(name, job_id)
    walk.machine.works(first)
    orders.order(walk.world.deps, job_id, word, by="kim", reason="too fast")
    walk.machine.works(second)
    walk.machine.works(third)
    walk.machine.collects(name, job_id)
    left = str(walk.world.lanes.run(job_id).seen.left)  # type: ignore[union-attr] # it has run
    assert left == "19"
    if word is Word.PAUSED:
        assert Journey(walk.world, job_id).record.job.status is Status.PARKED
        orders.order(walk.world.deps, job_id, Word.RUNNING, by="kim", reason="go on")
        assert walk.ends().record.job.status is Status.COMPLETED
        assert walk.evidence["left"] == "0"
    else:
        done = walk.goes().record.job
        assert (done.status, done.reason) == (Status.COMPLETED, "cancelled: too fast")
        assert walk.evidence["left"] == left


def between_two_runs(walk: Walk) -> Journey:
    """The first run was stopped with two batches left, and its job is on its way to the next."""
    walk.goes()
    (name, job_id), *_ = walk.world.item_runs.started
    first, *_ = walk.machine.children(name, job_id)
    walk.machine.works(first)
    walk.machine.collects(name, job_id)
    journey = Journey(walk.world, job_id)
    journey.stops_before("Act")
    assert journey.record.job.status is Status.PROCESSING
    return journey


@pytest.mark.parametrize("word", [Word.PAUSED, Word.CANCELLED])
def test_people_stop_it_between_two_runs(word: Word) -> None:
    """Nothing more is begun: what is paused parks and goes on when somebody says so, what is
    cancelled says how much is left."""
    walk = Walk(FILE)
    journey = between_two_runs(walk)
    orders.order(walk.world.deps, walk.job_id, word, by="kim", reason="too fast")
    done = walk.goes().record.job
    assert len(walk.world.item_runs.started) == 1
    if word is Word.PAUSED:
        assert done.status is Status.PARKED
        orders.order(walk.world.deps, walk.job_id, Word.RUNNING, by="kim", reason="go on")
        assert walk.ends().record.job.status is Status.COMPLETED
        assert walk.evidence["left"] == "0"
    else:
        assert (done.status, done.reason) == (Status.COMPLETED, "cancelled: too fast")
        assert walk.evidence["left"] == "19"
    assert journey.errors == []


def test_whoever_resumes_while_its_job_is_about_to_park_is_heard() -> None:
    """The step that had read that it is paused is entered again, and `tick` comes at once."""
    walk = Walk(FILE)
    journey = between_two_runs(walk)
    deps = walk.world.deps.for_job(walk.job_id)
    orders.order(deps, walk.job_id, Word.PAUSED, by="kim", reason="too fast")
    given = {"error": {"Error": "ItemsUnderWay", "Cause": '{"errorMessage": "paused by kim"}'}}
    call = Call(
        job_id=walk.job_id, execution=journey.record.job.execution, state="Park", input=given
    )
    record = journey.record
    parks = park(deps, record, call)
    orders.order(deps, walk.job_id, Word.RUNNING, by="kim", reason="go on")
    with pytest.raises(StoreConflict):
        deps.commit(record, parks)
    (due,) = park(deps, journey.record, call).due
    assert due.at == walk.world.clock.now()


def test_a_file_of_which_no_row_can_be_read_is_refused_with_the_most_frequent_reason() -> None:
    """Nobody is asked to sign for nothing."""
    walk = Walk(["?", "?"])
    record = walk.goes().record
    assert record.job.status is Status.ESCALATED
    assert record.job.reason.startswith("none of its 2 rows can be read; most often ")
    assert record.approvals == {}


LONG = [f"word {number}" for number in range(60)]
"""Six batches of ten."""


class SlowBucket:
    """Each batch takes twenty seconds to store, and `meanwhile` happens; `writes` are their keys,
    `bodies` what they hold."""

    def __init__(self, walk: Walk, meanwhile: Callable[[], object]) -> None:
        self.writes: list[str] = []
        self.bodies: dict[str, bytes] = {}
        self._walk, self._meanwhile = walk, meanwhile
        self._put = walk.world.payloads.put
        vars(walk.world.payloads)["put"] = self.put

    def put(self, key: str, body: bytes) -> Pointer:
        """As Payloads.put."""
        if "/batches/" not in key:
            return self._put(key, body)
        self.writes.append(key)
        self.bodies[key] = body
        self._walk.world.clock.passes(seconds=20)
        self._meanwhile()
        return self._put(key, body)


def signed(walk: Walk) -> str:
    """The digest over all batches that the run is of."""
    run = walk.world.lanes.run(walk.job_id)
    assert run
    return run.plan


def read_once() -> str:
    """That of one visit."""
    walk = Walk(LONG)
    walk.goes()
    return signed(walk)


def test_a_long_file_is_read_in_several_visits_into_the_same_batches() -> None:
    """Each visit ends with time to store how far it came, the next one keeps what is missing; the
    plan that people sign is that of one visit, and no batch is written twice. `tick`, which comes
    meanwhile, finds nothing to begin again."""
    walk = Walk(LONG)
    bucket = SlowBucket(walk, lambda: tick(walk.world.deps))
    journey = walk.goes()
    assert journey.visited.count("Prepare") > 1
    assert {error for state, error in journey.errors if state == "Prepare"} == {"MoreToRead"}
    assert bucket.writes == sorted(set(bucket.writes))
    assert walk.world.queue.sent.count(walk.job_id) == 0
    assert signed(walk) == read_once()


@pytest.mark.parametrize("last", range(1, 7))
def test_killed_between_two_batches_a_file_is_read_on(last: int) -> None:
    """Whichever batch was the last one that came: the state is entered again, and what is signed is
    the same; whatever was written twice had the same bytes."""
    walk, killed = Walk(LONG), list[str]()

    def dies() -> None:
        if len(bucket.writes) == last and not killed:
            killed.append(bucket.writes[-1])
            raise Killed

    bucket = SlowBucket(walk, dies)
    with pytest.raises(Killed):
        walk.goes()
    before = dict(bucket.bodies)
    walk.goes()
    assert signed(walk) == read_once()
    assert before.items() <= bucket.bodies.items()
