"""The rows of the bulk lane: the same rules hold for the fake and for DynamoDB."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest

from countersign.connectors.dynamodb.lanes import DynamoLanes
from countersign.domain.errors import BatchTaken, StoreConflict
from countersign.domain.lane.batches import Head, entered, left
from countersign.domain.lane.control import Control, Word, ordered
from countersign.domain.lane.items import Ended, Item, ItemState, Tally, claimed, ended_as
from countersign.domain.lane.run import Lanes, again, ended, first
from tests.fakes.lanes import FakeLanes
from tests.fakes.on_moto import jobs_table

JOB, NOW = "j-1", datetime(2026, 3, 2, 9, tzinfo=UTC)
DONE = Ended(state=ItemState.DONE, result='{"score":1}')


@pytest.fixture(params=["fake", "moto"])
def lanes(request: pytest.FixtureRequest) -> Iterator[Lanes]:
    """The adapter under the contract."""
    if request.param == "fake":
        yield FakeLanes()
        return
    with jobs_table() as db:
        yield DynamoLanes("jobs", db)


def enters(lanes: Lanes, attempt: int, batch: int = 1) -> Head:
    """A child of this run enters the batch."""
    held = lanes.head(JOB, batch)
    after = entered(held, attempt)
    lanes.keep_head(JOB, batch, held, after)
    return after


def works(lanes: Lanes, mine: Head, number: int) -> Item:
    """Who entered claims an item and ends it."""
    claim = claimed(lanes.items(JOB, 1).get(number), number, mine.entry)
    lanes.claim(JOB, 1, claim)
    done = ended_as(claim, DONE)
    lanes.record(JOB, 1, done)
    return done


def test_what_is_said_of_a_file_is_written_over_what_was_read(lanes: Lanes) -> None:
    """Its run and the word that people said last; who read an older one writes nothing."""
    assert (lanes.run(JOB), lanes.control(JOB)) == (None, Control())
    begun = first(JOB, "d" * 64, Tally(left=3), NOW)
    lanes.keep_run(None, begun)
    over = ended(begun, Tally(done=2, left=1), NOW)
    lanes.keep_run(begun, over)
    lanes.keep_run(over, again(over, NOW))
    assert lanes.run(JOB) == again(over, NOW)
    said = ordered(Control(), Word.PAUSED, by="kim", reason="too fast", at=NOW)
    lanes.keep_control(JOB, Control(), said)
    assert (lanes.control(JOB), lanes.control("j-2")) == (said, Control())
    late: tuple[Callable[[], None], ...] = (
        lambda: lanes.keep_run(begun, over),
        lambda: lanes.keep_run(None, begun),
        lambda: lanes.keep_control(JOB, Control(), said),
    )
    for one in late:
        with pytest.raises(StoreConflict):
            one()


def test_an_item_ends_once_by_who_entered_its_batch_last(lanes: Lanes) -> None:
    """A batch that is taken over refuses the claims of who entered it before, and what they say of
    items that were claimed since; what has ended stays as it ended."""
    old = enters(lanes, 1)
    done = works(lanes, old, 1)
    cut_off = claimed(None, 2, old.entry)
    lanes.claim(JOB, 1, cut_off)
    new = enters(lanes, 2)
    lanes.claim(JOB, 1, claimed(cut_off, 2, new.entry))
    refused: tuple[Callable[[], None], ...] = (
        lambda: lanes.claim(JOB, 1, claimed(None, 3, old.entry)),
        lambda: lanes.claim(JOB, 1, claimed(done, 1, new.entry)),
        lambda: lanes.record(JOB, 1, ended_as(cut_off, DONE)),
        lambda: lanes.record(JOB, 1, ended_as(claimed(None, 4, new.entry), DONE)),
    )
    for one in refused:
        with pytest.raises(BatchTaken):
            one()
    twice = ended_as(claimed(cut_off, 2, new.entry), DONE)
    lanes.record(JOB, 1, twice)
    lanes.record(JOB, 1, twice)
    assert lanes.items(JOB, 1) == {1: done, 2: twice}
    assert lanes.items(JOB, 2) == {}


def test_heads_are_found_by_the_number_of_their_batch(lanes: Lanes) -> None:
    """As they were left; who left late, after somebody else entered, leaves nothing."""
    heads = {number: enters(lanes, 1, number) for number in (1, 2, 101)}
    closed = left(heads[2], Tally(done=5))
    lanes.keep_head(JOB, 2, heads[2], closed)
    assert lanes.heads(JOB, range(1, 150)) == {**heads, 2: closed}
    enters(lanes, 1, 101)
    with pytest.raises(StoreConflict):
        lanes.keep_head(JOB, 101, heads[101], left(heads[101], Tally(done=5)))


@pytest.mark.control
def test_without_a_look_at_the_head_two_children_act_on_one_item() -> None:
    """Control: where a claim asks the item alone, a child that nobody could stop works on what has
    been taken over, and both say how it ended."""
    naive, acted = FakeLanes(looks_at_head=False), []
    old, new = enters(naive, 1), enters(naive, 2)
    for mine in (new, old):
        naive.claim(JOB, 1, claimed(naive.items(JOB, 1).get(1), 1, mine.entry))
        acted.append(mine.attempt)
    assert acted == [2, 1]
