"""What is usual of a workflow: a gap far longer than any of its hour, more bad ends than chance."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache

import pytest

from countersign.domain.canonical import canonical
from countersign.domain.reporting.usual import Usual, at_least, seen

MONDAY = datetime.fromisoformat("2026-11-02T00:00:00+00:00")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LOOK = timedelta(minutes=30)


def weeks(count: int, until: timedelta = timedelta()) -> Usual:
    """A job every half hour from nine to five on weekdays, one of twenty ends with a person."""
    usual, now, jobs = seen(None, MONDAY, (), 0, ()), MONDAY, 0
    while now < MONDAY + count * 7 * DAY + until:
        now += LOOK
        works = now.weekday() < 5 and 9 <= now.hour < 17
        jobs += works
        bad = (f"j-{jobs}",) if works and jobs % 20 == 0 else ()
        usual = seen(usual, now, (now - LOOK / 2,) if works else (), int(works), bad)
    return usual


@cache
def known() -> Usual:
    """Five weeks until a Monday's noon; made when it is asked for, and not in every worker."""
    return weeks(5, timedelta(hours=12))


def test_a_gap_is_compared_with_those_of_its_hour_of_the_week() -> None:
    """At night and on Sunday the long gap is as usual; at noon of a working day an hour and a half
    is three times what ever was; a night that goes on into the morning is seen in the morning."""
    last = known().last_job
    assert last
    assert known().too_long(last + timedelta(minutes=89)) is None
    assert known().too_long(last + timedelta(minutes=91)) == timedelta(minutes=91)
    friday = weeks(4, 4 * DAY + 18 * HOUR)
    assert friday.too_long(friday.seen + 2 * DAY) is None
    assert friday.too_long(friday.seen + 2 * DAY + 16 * HOUR + HOUR / 2)


@pytest.mark.control
def test_control_one_length_for_all_hours_rings_every_night() -> None:
    """Control: with noon's gaps for all hours, each evening would be an alarm."""
    noon = known().gaps[str(12)]
    last = known().last_job
    assert last
    flat = known().model_copy(update={"gaps": {str(hour): noon for hour in range(168)}})
    assert flat.too_long(last + 12 * HOUR)


def test_nothing_is_said_before_four_weeks_are_known() -> None:
    """Three weeks are no measure, nor is a workflow that never had a job; what is older than four
    weeks is forgotten, and a row stays small however long it runs."""
    young = weeks(3)
    assert young.too_long(young.seen + 5 * DAY) is None
    idle = seen(None, MONDAY, (), 0, ())
    assert idle.too_long(MONDAY + 60 * DAY) is None
    assert seen(known(), known().seen + 60 * DAY, (), 0, ()).gaps == {}
    assert max(len(weeks_) for weeks_ in known().gaps.values()) <= 5
    assert len(canonical(known())) < 12_000


def test_more_bad_ends_than_chance_brings_are_told() -> None:
    """Four of four are; four of seventeen are not, nor are two of two; who is reminded of a case
    does not count it again."""
    later = known().seen + 2 * HOUR
    four = seen(known(), later, (), 0, ("a", "b", "c", "d"))
    ends = four.unusual_ends()
    assert ends
    assert (ends.ended, ends.bad) == (4, 4)
    assert seen(known(), later, (), 0, ("a", "b")).unusual_ends() is None
    assert seen(known(), later, (), 13, ("a", "b", "c", "d")).unusual_ends() is None
    reminded = seen(four, later + 2 * HOUR, (), 3, ("a", "b", "c", "d"))
    assert reminded.unusual_ends() is None
    assert (
        reminded.days[later.date().isoformat()][1] == known().days[later.date().isoformat()][1] + 4
    )


def test_too_few_ends_are_no_measure() -> None:
    """A workflow of a week is not judged by its first bad hour; cases that were open before the
    first look are not its ends."""
    new = seen(None, MONDAY, (), 0, ("old-1", "old-2", "old-3"))
    assert new.hour[-1].bad == 0
    assert seen(new, MONDAY + LOOK, (), 0, ("a", "b", "c", "d")).unusual_ends() is None


def test_the_binomial_tail_is_exact() -> None:
    """All, none and one of ten."""
    assert at_least(0, 10, 0.3) == 1.0
    assert at_least(10, 10, 0.5) == pytest.approx(0.5**10)
    assert at_least(1, 10, 0.1) == pytest.approx(1 - 0.9**10)
