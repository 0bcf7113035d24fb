"""`update`: read, change, commit, and again from what is stored then when somebody was first."""

from __future__ import annotations

import pytest

from countersign.domain.errors import ContractBroken, NotFound, StoreConflict
from countersign.domain.jobs.change import Change, JobRecord
from countersign.runtime.deps import UPDATE_TRIES
from tests.fakes.world import World
from tests.unit.web.waiting import JOB, waiting


@pytest.fixture
def world() -> World:
    """A job is stored."""
    return waiting()


def noted(record: JobRecord) -> Change:
    """A change that says of which version it was made."""
    return Change(event="noted", actor="test", fields={"of": str(record.job.version)})


def events(world: World) -> list[str]:
    """What the trail says, the latest last."""
    return [entry.event for entry in world.store.load(JOB).audit]


def test_somebody_elses_write_is_read_before_the_next_try(world: World) -> None:
    """The change is made anew of what the other one left, never sent again as it was."""
    seen = []

    def change_of(record: JobRecord) -> Change:
        seen.append(record.job.version)
        if len(seen) == 1:
            world.deps.commit(record, Change(event="other", actor="somebody"))
        return noted(record)

    before = world.store.load(JOB).job.version
    record, change = world.deps.update(JOB, change_of)
    assert seen == [before, before + 1]
    assert change
    assert change.fields == {"of": str(before + 1)}
    assert (record.job.version, events(world)[-2:]) == (before + 2, ["other", "noted"])


def test_nothing_to_change_writes_nothing(world: World) -> None:
    """None ends it, with the job as it is."""
    record, change = world.deps.update(JOB, lambda _: None)
    assert (record, change, world.store.writes) == (world.store.load(JOB), None, 0)


def test_our_own_write_is_no_conflict(world: World) -> None:
    """A write whose answer was lost meets itself: it is found in the trail, and not made twice."""
    world.store.loses_the_answer_to("noted")
    record, change = world.deps.update(JOB, noted)
    assert change
    assert (record, events(world).count("noted")) == (world.store.load(JOB), 1)


@pytest.mark.control
def test_control_a_loop_that_trusts_every_conflict_writes_twice(world: World) -> None:
    """The naive loop tries again although it has written."""
    world.store.loses_the_answer_to("noted")
    for _ in range(UPDATE_TRIES):
        record = world.store.load(JOB)
        try:
            world.deps.commit(record, noted(record))
            break
        except StoreConflict:
            continue
    assert events(world).count("noted") == 2


def test_it_gives_up(world: World) -> None:
    """Others who never let go are somebody else's turn: the caller says so, nothing is written."""
    world.store.fails_with(StoreConflict("somebody else was first"), times=UPDATE_TRIES)
    with pytest.raises(StoreConflict, match="nothing was written"):
        world.deps.update(JOB, noted)
    assert "noted" not in events(world)
    world.store.fails_with(StoreConflict("somebody else was first"), times=UPDATE_TRIES - 1)
    world.deps.update(JOB, noted)
    assert events(world)[-1] == "noted"


def test_a_refusal_of_the_change_passes(world: World) -> None:
    """What the change says of the job as it is now is the caller's to hear; so is a job that is
    gone."""

    def refused(_: JobRecord) -> Change:
        raise ContractBroken("not any more")

    with pytest.raises(ContractBroken):
        world.deps.update(JOB, refused)
    with pytest.raises(NotFound):
        world.deps.update("j-gone", noted)
    assert world.store.writes == 0
