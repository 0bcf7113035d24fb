"""Cases: three ways out, each with the words that it needs, taken once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from countersign.domain.errors import AlreadyDecided, ContractBroken
from countersign.domain.jobs.cases import Case, Resolution, next_look, resolve
from tests.builders import AT, case

DAY = timedelta(days=1)


def resolution(way: str, words: str) -> Resolution:
    """A way out, as it comes from outside."""
    return Resolution.model_validate_json(
        f'{{"way": "{way}", "by": "ana", "at": "2026-03-02T10:00:00Z", "words": "{words}"}}'
    )


@pytest.mark.parametrize(
    ("way", "words"), [("resume", ""), ("done", "mailed by hand, see ticket 7"), ("close", "spam")]
)
def test_a_case_has_three_ways_out(way: str, words: str) -> None:
    """Resume needs no words, done its evidence, close its reason."""
    ended = resolve(case(), resolution(way, words))
    assert ended.resolution
    assert (ended.resolution.way, ended.resolution.words) == (way, words)
    assert case().resolution is None


@pytest.mark.parametrize(("way", "needed"), [("done", "evidence"), ("close", "a reason")])
@pytest.mark.parametrize("words", ["", "   "])
def test_a_case_does_not_end_without_words(way: str, needed: str, words: str) -> None:
    """The message says which words are missing."""
    with pytest.raises(ContractBroken, match=needed):
        resolve(case(), resolution(way, words))


def test_a_case_ends_once() -> None:
    """The second person learns who ended it, and how."""
    ended: Case = resolve(case(), resolution("close", "spam"))
    with pytest.raises(AlreadyDecided, match="ana: close"):
        resolve(ended, resolution("resume", ""))


def test_an_open_case_is_looked_at_halfway_when_it_is_due_and_each_day_after() -> None:
    """Until it is over; whoever is asked later is told at once when it is due."""
    opened = case(opened_at=AT, due_at=AT + 2 * DAY)
    assert next_look(opened, AT) == AT + DAY
    assert next_look(opened, AT + DAY) == AT + 2 * DAY
    assert next_look(opened, AT + 2 * DAY) == AT + 3 * DAY
    late = AT + 2 * DAY + timedelta(hours=3)
    assert next_look(opened, late) == AT + 3 * DAY, "each late look made the next one later"
