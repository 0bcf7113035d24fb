"""Working hours: only time at work counts, on the wall clock of whoever works."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from countersign.domain.approvals.working_hours import Hours, is_open, next_opening, worked
from tests.unit.domain.strategies import hours

FRIDAY_16 = datetime(2026, 3, 6, 16, 0, tzinfo=UTC)
WEEK = Hours()


def test_an_evening_and_a_weekend_do_not_count() -> None:
    """Two hours from Friday 16:00 end on Monday 10:00."""
    assert worked(FRIDAY_16, timedelta(hours=2), WEEK) == datetime(2026, 3, 9, 10, 0, tzinfo=UTC)


def test_a_start_outside_the_hours_counts_from_the_next_opening() -> None:
    """Saturday noon plus one hour is Monday 10:00."""
    saturday = datetime(2026, 3, 7, 12, 0, tzinfo=UTC)
    assert worked(saturday, timedelta(hours=1), WEEK) == datetime(2026, 3, 9, 10, 0, tzinfo=UTC)


def test_nobody_works_on_a_holiday() -> None:
    """A free Monday moves the end to Tuesday."""
    free = {date(2026, 3, 9)}
    due = worked(FRIDAY_16, timedelta(hours=2), WEEK, free)
    assert due == datetime(2026, 3, 10, 10, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "start", "hours", "free", "due"),
    [
        ("Europe/Berlin", "2026-12-23 16:00", 2, "2026-12-24 2026-12-25", "2026-12-28 10:00"),
        ("Europe/Berlin", "2026-12-24 10:00", 1, "2026-12-24 2026-12-25", "2026-12-28 10:00"),
        ("Europe/Berlin", "2026-10-02 16:30", 1, "2026-10-03", "2026-10-05 09:30"),
        ("Europe/Berlin", "2026-04-02 16:00", 8, "2026-04-03 2026-04-06", "2026-04-07 16:00"),
        ("Europe/Vienna", "2026-10-23 16:00", 2, "2026-10-26", "2026-10-27 10:00"),
        ("Europe/Zurich", "2026-07-31 16:00", 2, "2026-08-01", "2026-08-03 10:00"),
        ("Europe/Paris", "2026-07-13 16:00", 2, "2026-07-14", "2026-07-15 10:00"),
        ("Europe/Paris", "2026-05-07 16:00", 2, "2026-05-08", "2026-05-11 10:00"),
        ("Europe/Madrid", "2026-10-09 16:00", 2, "2026-10-12", "2026-10-13 10:00"),
        ("Europe/Rome", "2026-06-01 16:00", 2, "2026-06-02", "2026-06-03 10:00"),
        ("Europe/Amsterdam", "2026-04-24 16:00", 2, "2026-04-27", "2026-04-28 10:00"),
        ("Europe/Warsaw", "2026-11-10 16:00", 2, "2026-11-11", "2026-11-12 10:00"),
        ("Europe/Istanbul", "2026-10-28 16:00", 2, "2026-10-29", "2026-10-30 10:00"),
        ("Europe/Lisbon", "2026-04-24 16:00", 2, "2026-04-25", "2026-04-27 10:00"),
        ("Europe/London", "2026-08-28 16:00", 2, "2026-08-31", "2026-09-01 10:00"),
        ("America/New_York", "2026-11-25 16:00", 2, "2026-11-26", "2026-11-27 10:00"),
        ("America/New_York", "2026-07-02 16:00", 2, "2026-07-03", "2026-07-06 10:00"),
        ("Asia/Tokyo", "2026-05-01 16:00", 2, "2026-05-04 2026-05-05", "2026-05-06 10:00"),
        ("Asia/Singapore", "2026-02-16 16:00", 2, "2026-02-17 2026-02-18", "2026-02-19 10:00"),
        ("Australia/Sydney", "2026-01-23 16:00", 2, "2026-01-26", "2026-01-27 10:00"),
        ("Pacific/Auckland", "2026-12-31 16:00", 2, "2027-01-01 2027-01-04", "2027-01-05 10:00"),
    ],
)  # fmt: skip
def test_public_holidays_are_days_of_the_place_that_works(
    zone: str, start: str, hours: int, free: str, due: str
) -> None:
    """Days of many countries, across weekends and new year; without them it is earlier or the
    same day is no free one, which is the control of each."""

    def at(stated: str) -> datetime:
        return datetime.fromisoformat(stated).replace(tzinfo=ZoneInfo(zone))

    week, days = Hours(zone=zone), {date.fromisoformat(day) for day in free.split()}
    told = worked(at(start), timedelta(hours=hours), week, days)
    assert told == at(due)
    assert not any(
        is_open(told - timedelta(seconds=1), week) and day == told.date() for day in days
    )
    weekdays = [day for day in days if day.weekday() in week.days]
    assert (worked(at(start), timedelta(hours=hours), week) < told) == bool(weekdays)


def test_the_next_opening_is_a_working_day_later() -> None:
    """Of a Friday it is Monday morning, and Tuesday's where Monday is free."""
    monday = datetime(2026, 3, 9, 9, 0, tzinfo=UTC)
    assert next_opening(FRIDAY_16, WEEK) == monday
    assert next_opening(FRIDAY_16, WEEK, {monday.date()}) == monday + timedelta(days=1)


def test_the_wall_clock_counts_when_clocks_change() -> None:
    """In Berlin clocks go forward on 29 March 2026: Monday's opening is one UTC hour earlier."""
    berlin = Hours(zone="Europe/Berlin")
    friday = datetime(2026, 3, 27, 15, 30, tzinfo=UTC)  # 16:30 there
    assert worked(friday, timedelta(hours=1), berlin) == datetime(2026, 3, 30, 7, 30, tzinfo=UTC)


def test_a_working_day_is_as_long_as_its_hours() -> None:
    """A deadline exactly at closing time is that day's, not the next morning's."""
    monday = datetime(2026, 3, 9, 9, 0, tzinfo=UTC)
    assert worked(monday, timedelta(hours=8), WEEK) == datetime(2026, 3, 9, 17, 0, tzinfo=UTC)


@given(week=hours(), minutes=st.integers(1, 3_000), offset=st.integers(0, 14 * 24 * 60))
def test_a_deadline_is_never_before_its_time_and_lies_in_working_hours(
    week: Hours, minutes: int, offset: int
) -> None:
    """Working time is never shorter than time, and ends while somebody works (or at closing)."""
    start = FRIDAY_16 + timedelta(minutes=offset)
    end = worked(start, timedelta(minutes=minutes), week)
    assert end >= start + timedelta(minutes=minutes)
    assert is_open(end - timedelta(seconds=1), week)


@pytest.mark.parametrize(
    "broken",
    [{"zone": "Mars/Base"}, {"days": ()}, {"days": (7,)}, {"opens": 600, "closes": 600}],
)
def test_impossible_hours_are_refused(broken: dict[str, object]) -> None:
    """A zone that does not exist, no day, a day too many, no time between opening and closing."""
    with pytest.raises(ValidationError):
        Hours(**broken)  # type: ignore[arg-type] # that is the point


def test_somebody_is_at_work_from_opening_until_before_closing() -> None:
    """The closing minute is outside."""
    assert is_open(FRIDAY_16, WEEK)
    assert not is_open(FRIDAY_16 + timedelta(hours=1), WEEK)
    assert not is_open(FRIDAY_16 + timedelta(days=1), WEEK)
