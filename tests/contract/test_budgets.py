"""The budgets of a day: the same rules hold for the fake and for DynamoDB."""

from __future__ import annotations

from collections.abc import Iterator

import boto3
import pytest
from moto import mock_aws

from countersign.connectors.dynamodb.budgets import DynamoBudgets
from countersign.domain.errors import Throttled
from countersign.domain.limits.budgets import (
    ACCOUNT,
    HOLDS_FOR,
    Amount,
    Counter,
    Counters,
    Hold,
    Most,
    Raise,
    Reserving,
)
from tests.fakes.budgets import FakeBudgets
from tests.fakes.tables import create_jobs_table
from tests.fakes.world import START

DAY, CALLS = "2026-03-02", "transcript_summary"
EMPTY = Counter(day=DAY)


@pytest.fixture(params=["fake", "moto"])
def days(request: pytest.FixtureRequest) -> Iterator[Counters]:
    """The adapter under the contract."""
    if request.param == "fake":
        yield FakeBudgets()
        return
    request.getfixturevalue("made_up_credentials")
    with mock_aws():
        create_jobs_table(boto3.client("dynamodb"), "jobs")
        yield DynamoBudgets("jobs", boto3.client("dynamodb"))


def amount(tokens: int) -> Amount:
    return Amount(nano_usd=tokens * 1_000, tokens=tokens)


def wanted(attempt: str, tokens: int, seen: Counter = EMPTY, **most: int) -> Reserving:
    named = {"account": ACCOUNT, "calls": CALLS}
    hold = Hold(workflow=CALLS, amount=amount(tokens), until=START + HOLDS_FOR)
    within = {named[name]: Most(tokens=bound) for name, bound in most.items()}
    return Reserving(attempt, hold, within, seen)


def test_both_counters_or_none(days: Counters) -> None:
    """The first fits; the second does not fit into one of the two, and changes neither."""
    stored, row = days.reserve(wanted("a", 60, account=100, calls=80))
    assert stored
    assert row.taken(ACCOUNT) == row.taken(CALLS) == amount(60)
    assert days.reserve(wanted("b", 30, row, account=100, calls=80)) == (False, row)
    assert days.reserve(wanted("b", 41, row, account=100)) == (False, row)
    assert days.counter(DAY) == row
    assert days.reserve(wanted("b", 20, row, account=100, calls=80))[0]


def test_more_than_the_whole_budget_never_fits(days: Counters) -> None:
    """Also on a day that has no row yet."""
    assert days.reserve(wanted("a", 101, account=100)) == (False, EMPTY)


def test_repeats_change_nothing(days: Counters) -> None:
    """Of reserving and of settling, each after its answer was lost."""
    held = wanted("a", 60, account=100)
    stored, row = days.reserve(held)
    assert stored
    assert days.reserve(held) == (False, row)
    after = days.settle(DAY, "a", held.hold, amount(25))
    assert after is not None
    assert after.spent(CALLS) == amount(25)
    assert after.calls == {ACCOUNT: 1, CALLS: 1}
    assert days.settle(DAY, "a", held.hold, amount(25)) is None
    assert days.counter(DAY) == after


def test_what_was_turned_away_is_freed(days: Counters) -> None:
    """The whole budget is there again, and no call is counted."""
    held = wanted("a", 60, account=100)
    days.reserve(held)
    row = days.settle(DAY, "a", held.hold, None)
    assert row is not None
    assert row.calls == {ACCOUNT: 0, CALLS: 0}
    assert days.reserve(wanted("b", 100, row, account=100))[0]


def test_what_is_added_counts_and_stays_known(days: Counters) -> None:
    """By whom and why; who had not seen it is shown the row, and adding again changes nothing."""
    more = Raise(scope=CALLS, by="kim", reason="a campaign", at=START, amount=amount(20))
    row = days.add(DAY, more)
    assert days.add(DAY, more) == row
    assert row.raises == (more,)
    assert days.reserve(wanted("a", 90, calls=80)) == (False, row)
    assert days.reserve(wanted("a", 90, row, calls=80))[0]
    twice = days.add(DAY, more.model_copy(update={"reason": "another"}))
    assert twice.added(CALLS) == amount(40)


def test_days_are_apart(days: Counters) -> None:
    """Each has a row of its own."""
    days.reserve(wanted("a", 60, account=100))
    assert days.counter("2026-03-03") == Counter(day="2026-03-03")


@pytest.mark.usefixtures("made_up_credentials")
def test_who_never_gets_through_is_told() -> None:
    """Others raise the same budget between each read and its write: no endless loop."""
    with mock_aws():
        create_jobs_table(boto3.client("dynamodb"), "jobs")
        crowded = _Crowded("jobs", boto3.client("dynamodb"))
        more = Raise(scope=CALLS, by="kim", reason="more", at=START, amount=amount(1))
        with pytest.raises(Throttled):
            crowded.add(DAY, more)


class _Crowded(DynamoBudgets):
    """Somebody else adds whenever the row was read."""

    def counter(self, day: str) -> Counter:
        row = super().counter(day)
        other = Raise(
            scope=CALLS, by="ana", reason=str(len(row.raises)), at=START, amount=amount(1)
        )
        if self is not _Crowded._inner:
            _Crowded._inner = self
            super().add(day, other)
            _Crowded._inner = None
        return row

    _inner: DynamoBudgets | None = None
