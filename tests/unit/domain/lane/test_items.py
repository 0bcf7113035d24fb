"""Items: every row in exactly one state, and who was cut off too often."""

from __future__ import annotations

from decimal import Decimal

from countersign.domain.lane.items import (
    CUT_OFF,
    MOST_TRIES,
    Ended,
    Item,
    ItemState,
    Tally,
    claimed,
    ended_as,
    evidence,
    given_up,
    is_claimed,
    is_left,
    outcomes,
    put_back,
    tally,
)

S = ItemState


def item(number: int, state: ItemState | None = None, cause: str = "", usd: str = "0") -> Item:
    """An item that was begun; ended, where a state is given."""
    ended = Ended(state=state, cause=cause, usd=Decimal(usd)) if state else None
    return Item(number=number, entry=1, tries=1, ended=ended)


def test_the_states_of_a_batch_are_its_size() -> None:
    """What nobody began and what somebody works on is left; causes are counted by their words."""
    begun = [
        *(item(1, S.DONE, usd="0.25"), item(2, S.SKIPPED, "a rule"), item(3)),
        *(item(4, S.FAILED, "a cause", "0.5"), item(5, S.FAILED, "a cause"), item(6, S.UNKNOWN)),
    ]
    seen = tally(10, begun)
    assert seen == Tally(
        done=1,
        skipped=1,
        failed=2,
        unknown=1,
        left=5,
        causes={"a cause": 2, "a rule": 1},
        usd=Decimal("0.75"),
    )
    both = seen.plus(Tally(quarantined=2, done=3, causes={"a rule": 1}))
    assert (seen.rows, both.rows) == (10, 15)
    assert both.causes == {"a cause": 2, "a rule": 2}
    assert evidence(both) == {
        "rows": "15",
        "quarantined": "2",
        "skipped": "1",
        "done": "4",
        "failed": "2",
        "unknown": "1",
        "left": "5",
        "usd": "0.75",
    }


def test_what_cuts_its_work_off_is_given_up() -> None:
    """An item that was claimed so often without an end; what was put back does not count, what has
    ended stays as it is."""
    held = claimed(None, 7, entry=1)
    assert given_up(None) is None
    for entry in range(2, MOST_TRIES + 1):
        assert given_up(held) is None
        held = claimed(held, 7, entry)
    assert given_up(held) == Ended(state=S.FAILED, cause=CUT_OFF)
    assert given_up(put_back(held)) is None
    done = ended_as(held, Ended(state=S.DONE))
    assert given_up(done) is None
    assert [is_left(one) for one in (None, held, done)] == [True, True, False]


def test_a_row_is_claimed_from_its_claim_to_its_end() -> None:
    """Put back, it is as if nobody had begun it; of a batch those without an end are left."""
    held = claimed(None, 1, 1)
    done = ended_as(held, Ended(state=S.DONE))
    assert [is_claimed(one) for one in (None, held, put_back(held), done)] == [
        *(False, True, False, False)
    ]
    found = [one.ended.state for one in outcomes([1, 2, 3], {1: done, 2: held})]
    assert found == [S.DONE, S.LEFT, S.LEFT]
