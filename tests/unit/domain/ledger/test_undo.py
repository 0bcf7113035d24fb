"""What an action changed, who changed it since, and what is written back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countersign.domain.ledger.action import Difference
from countersign.domain.ledger.undo import changed, conflict, earlier, is_undone, written
from tests.builders import held

STATES = st.dictionaries(st.sampled_from("abcd"), st.sampled_from(["", "1", "2", "3"]))
WAS, LEFT = {"name": "Ada", "phone": ""}, {"name": "Ada", "phone": "+1", "company": "Quill"}


def test_only_what_the_action_changed_counts_on_a_record_that_was_there() -> None:
    """Absent and empty are the same; what somebody changed beside it is theirs."""
    assert changed(WAS, LEFT) == ("company", "phone")
    assert conflict(WAS, LEFT, {**LEFT, "name": "Bob", "city": "Rome"}) == ()
    assert earlier(WAS, LEFT) == {"company": "", "phone": ""}


def test_a_changed_value_that_somebody_changed_again_is_a_conflict() -> None:
    """Named, with what the action left and what is there now; also when the record is gone."""
    expected = Difference(name="phone", before="+1", after="+2")
    assert conflict(WAS, LEFT, {**LEFT, "phone": "+2"}) == (expected,)
    assert [one.name for one in conflict(WAS, LEFT, {})] == ["company", "phone"]


def test_an_object_that_the_action_made_is_whole() -> None:
    """Any difference counts, a property that is new since too; it goes as a whole."""
    assert changed({}, LEFT) == ("company", "name", "phone")
    assert conflict({}, LEFT, {**LEFT, "city": "Rome"}) == (
        Difference(name="city", before="", after="Rome"),
    )
    assert earlier({}, LEFT) == {}


@pytest.mark.parametrize(
    ("before", "now", "undone"),
    [
        (WAS, WAS, True),
        (WAS, {**WAS, "city": "Rome"}, True),
        (WAS, LEFT, False),
        ({}, {}, True),
        ({}, LEFT, False),
    ],
)
def test_undone_is_as_it_was(before: dict[str, str], now: dict[str, str], undone: bool) -> None:
    """As far as the action changed it; an object that it made has to be gone."""
    assert is_undone(before, LEFT, now) is undone


@given(before=STATES.filter(bool), left=STATES, now=STATES)
def test_writing_the_earlier_values_back_undoes_it(
    before: dict[str, str], left: dict[str, str], now: dict[str, str]
) -> None:
    """And touches nothing else, whatever else is there."""
    after = {**now, **earlier(before, left)}
    assert is_undone(before, left, after)
    touched = changed(before, left)
    assert {n: v for n, v in after.items() if n not in touched} == {
        n: v for n, v in now.items() if n not in touched
    }


@given(before=STATES, left=STATES)
def test_without_anybody_else_there_is_no_conflict(
    before: dict[str, str], left: dict[str, str]
) -> None:
    """What was left is what is found."""
    assert conflict(before, left, left) == ()


def test_what_was_written_is_told_as_far_as_it_was_read() -> None:
    """Before → after; nothing when either was not read."""
    both = held(before=WAS, left=LEFT)
    assert [one.name for one in written(both)] == ["company", "phone"]
    for unread in (held(), held(before=WAS), held(before=WAS, left={})):
        assert written(unread) == ()
