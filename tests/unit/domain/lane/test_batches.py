"""Batches: cut in the order of the file, owned by the last who entered."""

from __future__ import annotations

import pytest

from countersign.domain.canonical import digest
from countersign.domain.errors import BatchTaken
from countersign.domain.lane.batches import Head, Line, Plan, cut, entered, left, lines_of
from countersign.domain.lane.items import Tally


def lines(*numbers: int) -> list[Line]:
    """Rows of these numbers."""
    return [Line(number=number, text=f"row {number}\n") for number in numbers]


def test_a_file_is_cut_into_batches_that_hold_every_row_once() -> None:
    """The last one is shorter; the plan's digest is that of its bytes, whatever the rows hold."""
    rows = lines(1, 2, 4, 5, 9)
    made = list(cut(iter(rows), 2))
    assert [(one.number, one.first, one.size) for one, _ in made] == [
        (1, 1, 2),
        (2, 4, 2),
        (3, 9, 1),
    ]
    assert [line for _, body in made for line in lines_of(body)] == rows
    assert [digest(body) for _, body in made] == [one.digest for one, _ in made]
    assert [one.size for one, _ in cut(iter(lines(1, 2)), 2)] == [2]
    assert list(cut(iter(()), 2)) == []
    plans = [Plan(batches=tuple(one for one, _ in some)) for some in (made, made[:2])]
    assert plans[0].digest != plans[1].digest


def test_a_batch_is_taken_over_by_later_runs_only() -> None:
    """Each entry counts; who entered before is not the last one any more."""
    first = entered(None, 1)
    again = entered(first, 1)
    taken = entered(again, 3)
    assert [one.entry for one in (first, again, taken)] == [1, 2, 3]
    assert taken.attempt == 3
    with pytest.raises(BatchTaken, match="run 3"):
        entered(taken, 2)


def test_a_batch_of_which_nothing_is_left_is_closed() -> None:
    """Its counts are kept in its head; as long as anything is left, they stand in the rows."""
    mine = Head(attempt=1, entry=1)
    assert left(mine, Tally(done=1, left=1)) == mine
    assert left(mine, Tally(done=2)).closed == Tally(done=2)
