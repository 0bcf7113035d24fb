"""How many are woken: what a key has time for until the next minute, a little whatever is booked,
one after a rest, nobody during it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countersign.domain.limits.circuit_breaker import Breaker
from countersign.domain.limits.pace import (
    Pace,
    RateLimit,
    Row,
    Wish,
    book,
    booked,
    moment,
    pace_of,
    when,
)
from countersign.domain.limits.waking import AHEAD, LEAST, room
from tests.builders import AT

HUBSPOT = pace_of((RateLimit(requests=100, seconds=10),))
WELL = Breaker(key="crm-write")
EACH = 3


def rooms(row: Row, pace: Pace = HUBSPOT, breaker: Breaker = WELL) -> int:
    """Of jobs that need three requests."""
    return room(row, breaker, pace, EACH, AT)


def ahead(time: timedelta) -> Row:
    """Others have booked for so long."""
    return Row(queue=moment(AT + time))


def test_a_quiet_key_has_time_for_a_minute_and_the_way_to_it() -> None:
    """As many as it takes to be busy until the next are woken."""
    assert rooms(Row()) * EACH == pytest.approx(AHEAD / timedelta(microseconds=HUBSPOT.interval), 3)


def test_what_others_have_booked_is_theirs() -> None:
    """A minute of the 75 seconds is taken; a pause that the other side asked for counts as well."""
    left = rooms(ahead(timedelta(seconds=50)))
    assert left == pytest.approx(rooms(Row()) / 3, abs=1)
    assert rooms(Row(hold=moment(AT + timedelta(seconds=50)))) == left
    assert rooms(Row(queue=moment(AT), shift=50_000_000)) == left


def test_who_comes_new_keeps_nobody_asleep() -> None:
    """However long the queue is, some of those who wait are woken."""
    assert rooms(ahead(timedelta(hours=3))) == pytest.approx(rooms(Row()) * (LEAST / AHEAD), abs=1)


def test_a_slow_key_has_time_for_one() -> None:
    """One request in ten minutes."""
    slow = pace_of((RateLimit(requests=1, seconds=60),))
    assert rooms(ahead(timedelta(hours=3)), slow) == 1


def test_a_key_without_limits_has_time_for_all() -> None:
    """Nobody has to wait for a turn there."""
    assert rooms(Row(), pace_of(())) > 100_000


def test_nobody_is_woken_for_a_resting_key() -> None:
    """It would be parked again."""
    rests = Breaker(key="crm-write", open_until=AT + timedelta(seconds=1), rest_seconds=30)
    assert rooms(Row(), breaker=rests) == 0


def test_one_finds_out_whether_a_key_is_well_again() -> None:
    """For a minute after its rest one more failure opens it for longer; then, or once a success was
    told, all is as before."""
    closed = Breaker(key="crm-write", open_until=AT, rest_seconds=30)
    assert rooms(Row(), breaker=closed) == 1
    told = closed.model_copy(update={"rest_seconds": 0})
    before = closed.model_copy(update={"open_until": AT - timedelta(minutes=1)})
    assert rooms(Row(), breaker=told) == rooms(Row(), breaker=before) == rooms(Row())


def test_a_days_limit_that_is_used_up_wakes_nobody() -> None:
    """Those who come at its first moment have what it may be used in a hurry, and no more."""
    daily = pace_of((RateLimit(requests=200, seconds=86_400),))
    row, served = Row(), 0
    while (after := booked(row, book(row, daily, Wish(1), AT))) is not None:
        row, served = after, served + 1
    assert rooms(Row(), daily) == (served // EACH)
    assert rooms(row, daily) == 0


rates = st.builds(
    RateLimit, requests=st.integers(4, 500), seconds=st.sampled_from((1, 5, 10, 60))
).map(lambda limit: pace_of((limit,)))


@given(pace=rates, requests=st.integers(1, 20), seconds=st.floats(0, 59))
def test_all_who_are_woken_have_their_turn_until_the_next_minute(
    pace: Pace, requests: int, seconds: float
) -> None:
    """If they need what was thought: the last one's begins before those who are woken then."""
    row = ahead(timedelta(seconds=seconds))
    woken = room(row, WELL, pace, requests, AT)
    start = AT
    for _ in range(min(woken, 500)):
        made = book(row, pace, Wish(requests), AT)
        start = when(made.start(row))
        row = booked(row, made) or row
    assert start < AT + AHEAD + LEAST
