"""The row of a key: the same rules hold for the fake and for moto's table."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from countersign.connectors.dynamodb.limits import DynamoLimits
from countersign.domain.limits.circuit_breaker import Breaker, failed
from countersign.domain.limits.pace import (
    Grant,
    RateLimit,
    Row,
    Wish,
    book,
    booked,
    full_until,
    given_back,
    granted,
    moment,
    pace_of,
    slowed,
)
from countersign.domain.ports import KeyLimits
from tests.fakes.limits import FakeLimits
from tests.fakes.on_moto import jobs_table
from tests.fakes.world import START

PACE = pace_of([RateLimit(requests=100, seconds=10)])
DAYS = pace_of([RateLimit(requests=100, seconds=10), RateLimit(requests=40, seconds=86_400)])
NEW = Breaker(key="crm-write")


@pytest.fixture(params=["fake", "moto"])
def limits(request: pytest.FixtureRequest) -> Iterator[KeyLimits]:
    """The adapters under the contract."""
    if request.param == "fake":
        yield FakeLimits()
        return
    with jobs_table() as db:
        yield DynamoLimits("jobs", db)


def after(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def takes(
    limits: KeyLimits, requests: int = 8, holder: str = "leads", at: datetime = START
) -> Grant:
    """A visit books, knowing the row as it is."""
    booking = book(limits.state("crm-write").row, PACE, Wish(requests, holder), at)
    stored, state = limits.book("crm-write", booking)
    assert stored
    return granted(booking, state.row)


visits = st.lists(
    st.tuples(
        st.floats(0, 20),
        st.integers(1, 12),
        st.sampled_from(["", "leads", "refunds"]),
        st.sampled_from(["books", "is slowed", "gives back"]),
        st.booleans(),
    ),
    max_size=12,
)


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(coming=visits)
def test_the_table_says_what_the_domain_says(
    limits: KeyLimits, coming: list[tuple[float, int, str, str, bool]]
) -> None:
    """Whatever is written, with a right guess or with one that is a visit old: stored and refused
    alike, and the row is the same."""
    key = f"key-{id(coming)}-{len(coming)}"
    row, guess, now = limits.state(key).row, Row(), START
    last: Grant | None = None
    for gap, requests, holder, what, old in coming:
        now += timedelta(seconds=gap)
        if what == "is slowed":
            limits.slow(key, guess.shift, now, now + timedelta(seconds=requests))
            row = slowed(row, guess.shift, now, now + timedelta(seconds=requests)) or row
        elif what == "gives back" and last:
            limits.give_back(key, last, requests)
            row = given_back(row, last, requests) or row
        elif full_until(row, DAYS, requests, now) is None:
            booking = book(guess if old else row, DAYS, Wish(requests, holder), now)
            wanted, guess = booked(row, booking), row
            stored, state = limits.book(key, booking)
            assert (stored, state.row) == (wanted is not None, wanted or row)
            last, row = granted(booking, state.row) if stored else last, state.row
        assert limits.state(key).row == row


def test_a_visit_starts_now_and_the_next_one_after_it(limits: KeyLimits) -> None:
    """The end of the queue is what was booked; a guess that nobody is there is refused, with the
    row as it is."""
    first = takes(limits)
    guess = book(Row(), PACE, Wish(8, "leads"), START)
    stored, state = limits.book("crm-write", guess)
    assert not stored
    assert state.row.queue == first.ends
    assert first.start == moment(START)
    assert takes(limits).start == first.ends


def test_an_open_breaker_refuses_the_booking(limits: KeyLimits) -> None:
    """Nothing is booked, and the refusal says until when it is open."""
    breaker = Breaker(key="crm-write", open_until=after(60), rest_seconds=30)
    assert limits.replace(NEW, breaker)
    booking = book(Row(), PACE, Wish(8, "leads"), START)
    stored, state = limits.book("crm-write", booking)
    assert (stored, state.breaker, state.row) == (False, breaker, Row())
    assert takes(limits, at=after(60)).start == moment(after(60))


def test_failures_of_two_are_both_counted(limits: KeyLimits) -> None:
    """Who wrote over what the other one saw is told so, and reads again; the pace stays."""
    first = takes(limits)
    before = limits.state("crm-write").breaker
    once = failed(before, START)
    assert limits.replace(before, once)
    assert not limits.replace(before, failed(before, START))
    assert limits.replace(once, failed(once, START))
    state = limits.state("crm-write")
    assert (len(state.breaker.failures), state.row.queue) == (2, first.ends)


def test_a_pause_refuses_bookings_until_it_is_resumed(limits: KeyLimits) -> None:
    """For all, or for jobs of one workflow; the refusal says who paused it. Breaker and pace stay
    as they are, and what resumes one pause leaves the other."""
    first = takes(limits)
    limits.pause("crm-write", "kim: no", "leads")
    row = limits.state("crm-write").row
    booking = book(row, PACE, Wish(1, "leads", "leads"), START)
    stored, state = limits.book("crm-write", booking)
    assert (stored, state.paused, state.row.queue) == (False, {"leads": "kim: no"}, first.ends)
    assert takes(limits, 1, "refunds").way == "lane"
    limits.pause("crm-write", "kim: nobody")
    anybody = book(limits.state("crm-write").row, PACE, Wish(1), START)
    assert not limits.book("crm-write", anybody)[0]
    limits.resume("crm-write", "leads")
    assert limits.state("crm-write").paused == {"": "kim: nobody"}
    limits.resume("crm-write")
    assert limits.book("crm-write", anybody)[0]
    assert limits.state("crm-write").breaker == NEW
