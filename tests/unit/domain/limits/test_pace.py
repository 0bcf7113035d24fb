"""The pace of a key: no sliding window over any limit, a lane for others, turns that stay fair."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from countersign.domain.limits.pace import (
    LATE,
    Pace,
    RateLimit,
    Row,
    Told,
    Turn,
    Wish,
    book,
    booked,
    full_until,
    given_back,
    granted,
    moment,
    pace_of,
    pause_for,
    slowed,
    usual,
    when,
)

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
HUBSPOT = (RateLimit(requests=100, seconds=10),)
SECOND = 1_000_000


def after(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


@dataclass
class Key:
    """One key with its row. `asked` are the moments at which requests are made."""

    limits: Sequence[RateLimit] = HUBSPOT
    row: Row = field(default_factory=Row)
    asked: list[int] = field(default_factory=list)

    def takes(self, requests: int, holder: str, now: datetime, late: int = 0) -> float:
        """A visit books and makes all of its requests; in how many seconds it starts."""
        pace = pace_of(self.limits)
        booking = book(self.row, pace, Wish(requests, holder), now)
        foretold = booking.start(self.row)
        left = booked(self.row, booking)
        assert left is not None
        self.row, start = left, granted(booking, left).start
        assert foretold == start
        self.asked += [pace.due(start, number) + late for number in range(requests)]
        return (start - moment(now)) / SECOND

    def most_within(self, seconds: float) -> int:
        """The most requests in any window of that length."""
        times, most, first = sorted(self.asked), 0, 0
        for last, at in enumerate(times):
            while times[first] <= at - seconds * SECOND:
                first += 1
            most = max(most, last - first + 1)
        return most


def naive(limit: RateLimit, gaps: Sequence[float]) -> Key:
    """The bucket that everybody writes first: refilled at the limit's rate, full at the start."""
    key, tokens, now = Key((limit,)), float(limit.requests), 0.0
    for gap in gaps:
        now += gap
        tokens = min(limit.requests, tokens + gap * limit.requests / limit.seconds)
        while tokens >= 1:
            tokens -= 1
            key.asked.append(int(now * SECOND))
    return key


visits = st.lists(
    st.tuples(
        st.floats(0, 6),
        st.integers(1, 20),
        st.sampled_from(["", "leads", "refunds", "posts"]),
        st.integers(0, LATE),
    ),
    min_size=1,
    max_size=60,
)
rates = st.lists(
    st.builds(RateLimit, requests=st.integers(1, 200), seconds=st.integers(1, 60)),
    min_size=1,
    max_size=3,
)


CROWD = [(0.0, 1, f"workflow {number}", 0) for number in range(60)]


@settings(max_examples=300, deadline=None)
@given(limits=rates, coming=visits)
@example(limits=[RateLimit(requests=10, seconds=60)], coming=CROWD)
@example(limits=[RateLimit(requests=30, seconds=60)], coming=CROWD)
@example(limits=[RateLimit(requests=4, seconds=10)], coming=CROWD)
@example(limits=[RateLimit(requests=40, seconds=60)], coming=CROWD)
def test_no_window_ever_holds_too_many(
    limits: list[RateLimit], coming: list[tuple[float, int, str, int]]
) -> None:
    """Whoever comes when, with how many requests, a little late each, of whatever holder."""
    key, now = Key(limits), NOW
    for gap, requests, holder, late in coming:
        now += timedelta(seconds=gap)
        key.takes(requests, holder, now, late)
    for limit in limits:
        assert key.most_within(limit.seconds) <= limit.requests


@pytest.mark.control
def test_control_a_full_bucket_breaks_the_window() -> None:
    """A bucket that fills at the limit's rate lets twice as many through."""
    assert naive(HUBSPOT[0], [0.0, *[0.1] * 99]).most_within(10) > 190


TPM = RateLimit(requests=500, seconds=60, tokens=200_000)


def tokens_within(
    pace: Pace, coming: Sequence[tuple[float, int]], seconds: int = TPM.seconds
) -> int:
    """The most tokens of calls that begin in any window, each half a second late or not."""
    row, now, began = Row(), NOW, list[tuple[int, int]]()
    for number, (gap, tokens) in enumerate(coming):
        now += timedelta(seconds=gap)
        booking = book(row, pace, Wish(1, "calls", tokens=tokens), now)
        start = booking.start(row)
        row = booked(row, booking) or row
        began.append((start + LATE * (number % 2), tokens))
    ends = sorted(began)
    return max(
        sum(tokens for at, tokens in ends if first <= at < first + seconds * SECOND)
        for first, _ in ends
    )


calls = st.lists(st.tuples(st.floats(0, 20), st.integers(1, 50_000)), min_size=1, max_size=60)


@settings(max_examples=100, deadline=None)
@given(coming=calls)
@example(coming=[(0.0, 50_000)] * 30)
@example(coming=[(0.0, 50_000), *[(0.0, 1)] * 40, *[(0.0, 50_000)] * 9])
def test_no_minute_ever_holds_too_many_tokens(coming: list[tuple[float, int]]) -> None:
    """Calls of up to a quarter of the limit each, whoever comes when; and no lane beside them."""
    assert tokens_within(pace_of([TPM]), coming) <= TPM.tokens
    assert pace_of([TPM]).lane == 0


@pytest.mark.control
def test_control_counted_by_requests_alone_tokens_go_beyond() -> None:
    """500 requests a minute let forty large calls begin within five seconds."""
    alone = pace_of([RateLimit(requests=500, seconds=60)])
    assert tokens_within(alone, [(0.0, 50_000)] * 40) > 5 * TPM.tokens


def test_small_calls_use_three_quarters_of_the_tokens() -> None:
    """The rest is room for the one that begins a window."""
    assert 140_000 < tokens_within(pace_of([TPM]), [(0.0, 1_000)] * 400) <= 152_000


def test_a_burst_uses_most_of_the_limit() -> None:
    """300 visits of eight requests at once: 80 of 100 in each window, the rest is the lane's."""
    key = Key()
    for _ in range(300):
        key.takes(8, "leads", NOW)
    seconds = (max(key.asked) - moment(NOW)) / SECOND
    assert 2400 / seconds >= 7.99


def test_who_comes_alone_starts_at_once() -> None:
    """Nobody is ahead, now or a while later."""
    key = Key()
    assert key.takes(8, "leads", NOW) == 0
    assert key.takes(8, "leads", after(5)) == 0


def test_who_comes_first_starts_first() -> None:
    """The turns of a burst follow each other, as far apart as their requests."""
    key = Key()
    starts = [key.takes(4, "leads", NOW) for _ in range(10)]
    pace = pace_of(HUBSPOT)
    assert starts == pytest.approx([n * 4 * pace.interval / SECOND for n in range(10)])


def test_the_lane_is_for_who_holds_no_turn_ahead() -> None:
    """During a burst of leads a refund starts at once, and other posts after it; a lead, and the
    next refund so soon, go to the end of the queue."""
    key = Key()
    for _ in range(30):
        key.takes(8, "leads", NOW)
    assert key.takes(8, "leads", after(1)) > 20
    assert key.takes(8, "refunds", after(1)) == 0
    assert key.takes(4, "refunds", after(2)) > 20
    assert key.takes(4, "posts", after(18)) == 0


def test_a_visit_under_way_takes_what_is_earlier_and_holds_nothing() -> None:
    """It is not judged by what its workflow holds, and the next one of it is not either."""
    key = Key()
    for _ in range(30):
        key.takes(8, "leads", NOW)
    assert key.takes(1, "", after(1)) == 0
    assert key.takes(8, "refunds", after(1)) == pytest.approx(2)
    assert set(key.row.held) == {"leads", "refunds"}


def test_a_visit_larger_than_the_lane_queues() -> None:
    """The queue is where it fits. Its requests after the first four are an interval apart."""
    key = Key()
    for _ in range(30):
        key.takes(8, "leads", NOW)
    assert key.takes(9, "refunds", after(1)) > 20
    pace = pace_of(HUBSPOT)
    assert [pace.due(0, n) for n in (0, 3, 4, 5)] == [0, 0, pace.interval, 2 * pace.interval]


def test_a_scarce_key_has_no_lane() -> None:
    """One request a second: they follow each other."""
    key = Key((RateLimit(requests=1, seconds=1),))
    assert [key.takes(1, who, NOW) for who in "abc"] == pytest.approx([0, 1.5, 3])


def test_of_several_limits_the_scarcest_holds() -> None:
    """Ten a second and forty in ten seconds: three seconds for ten requests."""
    limits = (RateLimit(requests=10, seconds=1), RateLimit(requests=40, seconds=10))
    assert pace_of(limits).interval > 1.5 * pace_of(limits[:1]).interval


DAY = RateLimit(requests=200, seconds=86_400)


def test_a_days_limit_lets_half_through_at_once() -> None:
    """The other half over the day; whoever has no room learns when there is."""
    key, pace = Key((DAY,)), pace_of((DAY,))
    served = 0
    while full_until(key.row, pace, 1, NOW) is None:
        key.takes(1, "mails", NOW)
        served += 1
    assert 100 <= served <= 101
    ends = full_until(key.row, pace, 1, NOW)
    assert ends is not None
    assert NOW < ends < after(1000)
    assert full_until(key.row, pace, 1, ends) is None
    assert full_until(key.row, pace, 3, ends) is not None


@settings(max_examples=50, deadline=None)
@given(gaps=st.lists(st.floats(0, 20_000), min_size=1, max_size=60), each=st.integers(1, 30))
def test_a_days_limit_holds_in_every_day(gaps: list[float], each: int) -> None:
    """Also together with a limit of a second."""
    limits = (RateLimit(requests=14, seconds=1), DAY)
    key, pace, now = Key(limits), pace_of(limits), NOW
    for gap in gaps:
        now += timedelta(seconds=gap)
        while full_until(key.row, pace, each, now) is None and len(key.asked) < 2_000:
            key.takes(each, "mails", now)
    assert key.most_within(86_400) <= 200


def test_a_guess_that_is_wrong_changes_nothing() -> None:
    """The queue grew, the queue ended, the shift moved, the day filled, somebody has the lane: the
    row is booked again as it is."""
    pace, empty = pace_of((*HUBSPOT, DAY)), Row()
    first = book(empty, pace, Wish(1, "leads"), NOW)
    busy = booked(empty, first)
    assert busy
    assert booked(busy, first) is None
    assert booked(empty, book(busy, pace, Wish(1, "leads"), NOW)) is None
    assert booked(busy.model_copy(update={"shift": 5}), book(busy, pace, Wish(1), NOW)) is None
    full = busy.model_copy(update={"long": moment(after(1))})
    assert booked(full, book(busy, pace, Wish(1, "leads"), NOW)) is None
    far = Row(queue=moment(after(60)))
    lane = book(far, pace, Wish(1, "refunds"), NOW)
    assert lane.way == "lane"
    held = far.model_copy(update={"held": {"refunds": moment(after(9))}})
    assert booked(held, lane) is None


def test_an_old_guess_misses_no_way_that_is_nearer() -> None:
    """Who saw a short queue does not join a long one beside an open lane, and who saw a free lane
    does not wait in it for longer than in the queue that it saw. A visit without a choice does."""
    pace = pace_of(HUBSPOT)
    short = Row(queue=moment(after(0.3)), lane=moment(after(1)))
    queue = book(short, pace, Wish(8, "leads"), NOW)
    assert (queue.way, queue.behind) == ("queue", True)
    assert booked(short.model_copy(update={"queue": moment(after(1))}), queue)
    assert booked(short.model_copy(update={"queue": moment(after(60))}), queue) is None
    lane = book(Row(queue=moment(after(9)), lane=moment(after(1))), pace, Wish(8, "leads"), NOW)
    assert lane.way == "lane"
    assert booked(Row(queue=moment(after(9)), lane=moment(after(20))), lane) is None
    large = book(short, pace, Wish(12, "leads"), NOW)
    assert booked(short.model_copy(update={"queue": moment(after(60))}), large)


def test_what_was_not_needed_is_given_back_while_nobody_came_after() -> None:
    """Three of eight; later it would take somebody's turn away."""
    pace, wish = pace_of(HUBSPOT), Wish(8, "leads")
    booking = book(Row(), pace, wish, NOW)
    row = booked(Row(), booking)
    assert row
    grant = granted(booking, row)
    back = given_back(row, grant, 3)
    assert back
    assert back.queue == grant.ends - 3 * pace.interval
    later = booked(row, book(row, pace, wish, NOW))
    assert later
    assert given_back(later, grant, 3) is None


def test_a_pause_moves_every_turn_that_is_to_come_once() -> None:
    """Five are told "in four seconds" at the same time: all turns come four seconds later, as far
    apart as they were, and who comes now starts no sooner."""
    key = Key()
    for _ in range(10):
        key.takes(8, "leads", NOW)
    promised = Turn(at=after(5), requests=8, shift=0)
    row = slowed(key.row, 0, after(1), after(5))
    assert row
    assert promised.start(row) == moment(after(9))
    assert slowed(row, 0, after(1.1), after(5)) is None
    further = slowed(row, 0, after(1.1), after(5.5))
    assert further
    assert further.shift == 4.4 * SECOND


def test_who_comes_during_a_pause_waits_for_its_end() -> None:
    """Also where nobody is ahead, in the queue and in the lane."""
    row = slowed(Row(), 0, NOW, after(4))
    assert row
    key = Key(row=row)
    assert key.takes(8, "leads", after(1)) == 3
    assert key.takes(8, "refunds", after(1)) == 3
    assert key.takes(1, "leads", after(1)) > 3


def test_a_turn_is_lost_a_minute_after_it_came() -> None:
    """Then it is booked anew; a pause moves that too."""
    turn, row = Turn(at=NOW, requests=8, shift=0), Row()
    assert not turn.lost(row, after(60))
    assert turn.lost(row, after(61))
    assert not turn.lost(Row(shift=2 * SECOND), after(61))


def test_few_requests_left_are_left_to_others() -> None:
    """Somebody else uses the key: a pause as long as the missing ones take; else none."""
    pace, limit = pace_of(HUBSPOT), HUBSPOT[0]
    assert pause_for(Told(limit, left=30), pace) == timedelta()
    assert pause_for(Told(limit, left=3), pace) == timedelta(seconds=0.5)


def test_a_limit_that_the_other_side_tells_counts_beside_the_stages() -> None:
    """Half of it, and the pace is half; more than the stage says changes nothing."""
    half, double = (RateLimit(requests=n, seconds=10) for n in (50, 200))
    assert pace_of((*HUBSPOT, half)).interval > 2 * pace_of(HUBSPOT).interval
    assert pace_of((*HUBSPOT, double)) == pace_of(HUBSPOT)


def test_the_usual_is_what_was_used_lately() -> None:
    """More at once, less bit by bit."""
    assert [usual(5, used) for used in (9, 5, 1)] == [9, 5, 4]
    assert usual(1, 0) == 1


def test_moments_are_times() -> None:
    """To the microsecond and back."""
    at = after(0.123456)
    assert when(moment(at)) == at
