"""The pace of a key: when its next request may start, so that no window ever holds too many.

One row per key says where its queue ends; whoever comes takes the end and moves it on by what the
visit is going to need (GCRA, the generic cell rate algorithm). Moments and spans are whole
microseconds, since 1970 where they are moments.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Literal

from pydantic import Field

from countersign.domain.contract import Value

_SECOND = 1_000_000
LATE = _SECOND // 2
"""So much later than its turn a request may start, and every window still holds."""
MOST_AT_ONCE = 4
"""A visit's first requests may come together, as far as that is a 25th of the limit."""
_AT_ONCE_OF = 25
LANE, MOST_IN_LANE = 2 * _SECOND, 8
"""The lane that is kept free for who holds no turn ahead: between two of its requests, and how many
a visit may have there, as far as that is a twelfth of the limit: one job's."""
_IN_LANE_OF = 12
FEWEST_WITH_A_LANE = 4
LARGEST_PART = 4
"""A visit may use a quarter of a limit on tokens; a larger one may meet the other side's own no."""
LONG = 60
"""Seconds: a limit over a longer time may be used up to its half in a hurry."""
_FURTHEST = 3_600 * _SECOND
"""How far ahead of its reservation a turn may lie for a long limit to hold."""
VALID = timedelta(seconds=60)
"""A turn that came so long ago is lost."""


class RateLimit(Value):
    """At most so many requests within any so many seconds."""

    requests: int = Field(ge=1)
    seconds: int = Field(ge=1, le=86_400)
    tokens: int = Field(default=0, ge=0)
    """Of a model: at most so many in and out by those requests together; 0: nobody counts them."""


@dataclass(frozen=True)
class Pace:
    """What keeps all limits of one key at once.

    `interval` lies between two requests. `at_once` requests of a visit come together, and each
    further one an interval later. The lane takes visits of up to `lane` requests; 0: there is none.
    `long_interval` and `credit` are those of the limit over a long time, 0 without one.
    `kilotoken` is what a request with a thousand tokens takes of the queue, if that is more.
    """

    at_once: int = MOST_AT_ONCE
    interval: int = 0
    lane: int = 0
    long_interval: int = 0
    credit: int = 0
    kilotoken: int = 0

    def each(self, tokens: int) -> int:
        """What a request with so many tokens takes of the queue."""
        return max(self.interval, -(-tokens * self.kilotoken // 1_000))

    def due(self, start: int, number: int) -> int:
        """When a visit that began at `start` may make its request `number`, counted from 0."""
        return start + max(0, number + 1 - self.at_once) * self.interval


class Turn(Value):
    """A turn that was promised, as the job keeps it that waits for it. It is used once."""

    at: datetime
    requests: int
    """0: there is no turn, only a time before which nobody need ask."""
    shift: int = 0
    """The row's own at that time: what was added since is added to the turn."""

    def start(self, row: Row) -> int:
        """When it comes, as the row stands now."""
        return moment(self.at) + row.shift - self.shift

    def lost(self, row: Row, now: datetime) -> bool:
        """Whether it is too long ago."""
        return moment(now - VALID) > self.start(row)


class Row(Value):
    """How far the queues of a key reach. What it says of turns are positions: with `shift`, which
    grows when the other side slows down, they are moments."""

    queue: int = 0
    lane: int = 0
    long: int = 0
    shift: int = 0
    hold: int = 0
    """Who comes now starts no sooner."""
    held: Mapping[str, int] = {}
    """By holder: where its last turn ends."""


@dataclass(frozen=True)
class Wish:
    """Turns for so many requests. `holder` is whose they are, for the lane; a visit that is under
    way asks for what it had not foreseen, and holds nothing."""

    requests: int
    holder: str = ""
    workflow: str = ""
    """Of the job: it gets no turn while that is paused."""
    tokens: int = 0
    """The most that each of the requests may use."""


Way = Literal["queue", "lane"]


@dataclass(frozen=True)
class Booking:
    """How a wish is met, guessed from one state of the row; it is one conditional write.

    `behind` others: it takes the end of the row's `way`, else `position`. The same of the limit
    over a long time: the end of `long`, else `long_position`. `shift` is the row's. `up_to` is how
    far the end may lie: behind it the other way is nearer. None: there is no other way, or nobody
    is ahead.
    """

    wish: Wish
    at: int
    shift: int
    way: Way
    behind: bool
    position: int
    up_to: int | None
    cost: int
    long_behind: bool
    long_position: int
    long_cost: int

    def start(self, row: Row) -> int:
        """The moment at which it starts, if the row is as it guessed."""
        return max(int(getattr(row, self.way)), self.position) + row.shift

    @property
    def long_most(self) -> int:
        """The end of `long` up to which all of the requests still have room now."""
        return self.at - self.long_cost + self.long_cost // self.wish.requests


@dataclass(frozen=True)
class Grant:
    """What was taken: when it starts, and up to where, at so much for each request."""

    start: int
    way: Way
    ends: int
    each: int


def moment(at: datetime) -> int:
    """Whole microseconds since 1970."""
    return (at - datetime.fromtimestamp(0, UTC)) // timedelta(microseconds=1)


def when(at: int) -> datetime:
    """The moment as a time."""
    return datetime.fromtimestamp(0, UTC) + timedelta(microseconds=at)


def pace_of(limits: Iterable[RateLimit]) -> Pace:
    """The pace that keeps all of `limits`, in every window, with the lane in use.

    A window holds at most what starts together, and one request more per interval. Several short
    limits are kept by the longest of their intervals, long ones by the scarcest. A lane would be a
    rate of its own, so that where tokens count there is none.
    """
    listed = tuple(limits)
    short = [limit for limit in listed if limit.seconds <= LONG]
    scarce = max((one for one in listed if one.seconds > LONG), key=_each, default=None)
    fewest = min((limit.requests for limit in short), default=0)
    at_once = max(1, min(MOST_AT_ONCE, fewest // _AT_ONCE_OF)) if short else MOST_AT_ONCE
    in_lane = max(1, min(MOST_IN_LANE, fewest // _IN_LANE_OF))
    leaves = fewest >= FEWEST_WITH_A_LANE and all(_leaves_half(o, at_once, in_lane) for o in short)
    counted = [limit for limit in short if limit.tokens]
    lane = in_lane if leaves and not counted else 0
    paced = Pace(
        at_once,
        max((_interval(one, at_once, lane) for one in short), default=0),
        lane,
        kilotoken=max(map(_kilotoken, counted), default=0),
    )
    if scarce is None:
        return paced
    half = scarce.requests // 2
    span = scarce.seconds * _SECOND + _FURTHEST
    each = math.ceil(span / (scarce.requests - half))
    return replace(paced, long_interval=each, credit=half * each)


def _each(limit: RateLimit) -> float:
    return limit.seconds / limit.requests


def _interval(limit: RateLimit, at_once: int, lane: int) -> int:
    return math.ceil(_span(limit) / _of_the_queue(limit, at_once, lane))


def _kilotoken(limit: RateLimit) -> int:
    """A window holds what is taken of it at this rate, and the visit that begins it, which is a
    quarter at most where the limit is to hold."""
    return math.ceil(_span(limit) * 1_000 / (limit.tokens - limit.tokens // LARGEST_PART))


def _leaves_half(limit: RateLimit, at_once: int, lane: int) -> bool:
    """A lane is a rate of its own: of a limit over a long time it would take all, and more."""
    return 2 * _of_the_queue(limit, at_once, lane) >= limit.requests


def _of_the_queue(limit: RateLimit, at_once: int, lane: int) -> int:
    """How many intervals a window may hold, beside the lane and what comes together."""
    of_the_lane = math.ceil(_span(limit) / LANE) - 1 + lane if lane else 0
    return limit.requests - of_the_lane - at_once + 1


def _span(limit: RateLimit) -> int:
    return limit.seconds * _SECOND + LATE


def full_until(row: Row, pace: Pace, requests: int, now: datetime) -> datetime | None:
    """When a limit over a long time, which is used up, has room for them again; None: it has."""
    free = row.long + (requests - 1) * pace.long_interval
    return when(free) if pace.long_interval and free > moment(now) else None


def book(row: Row, pace: Pace, wish: Wish, now: datetime) -> Booking:
    """The earliest way to meet the wish on this row: the end of its queue, or the lane.

    The lane is for who holds no turn ahead, as far as the visit is not larger than it.
    """
    at = moment(now)
    base, floor = max(at, row.hold) - row.shift, at - pace.credit
    free = row.held.get(wish.holder, 0) <= at - row.shift
    may = free and wish.requests <= pace.lane
    lane = max(base, row.lane)
    way: Way = "lane" if may and lane < row.queue else "queue"
    behind = getattr(row, way) >= base
    return Booking(
        wish=wish,
        at=at,
        shift=row.shift,
        way=way,
        behind=behind,
        position=base,
        up_to=(row.queue if way == "lane" else lane) if may and behind else None,
        cost=wish.requests * (LANE if way == "lane" else pace.each(wish.tokens)),
        long_behind=row.long >= floor,
        long_position=floor,
        long_cost=wish.requests * pace.long_interval,
    )


def booked(row: Row, booking: Booking) -> Row | None:
    """The row after the booking; None when it is not as the booking guessed, and nothing changes.
    The store's condition and update say the same in DynamoDB's words."""
    begins, holder = int(getattr(row, booking.way)), booking.wish.holder
    as_guessed = row.shift == booking.shift and (begins >= booking.position) is booking.behind
    nearer = booking.up_to is None or begins <= booking.up_to
    free = booking.way == "queue" or row.held.get(holder, 0) <= booking.at - row.shift
    if not (as_guessed and nearer and free and _has_room(row, booking)):
        return None
    ends = (begins if booking.behind else booking.position) + booking.cost
    long = (row.long if booking.long_behind else booking.long_position) + booking.long_cost
    return row.model_copy(
        update={
            booking.way: ends,
            "long": long if booking.long_cost else row.long,
            "held": {**row.held, holder: ends} if holder else row.held,
        }
    )


def _has_room(row: Row, booking: Booking) -> bool:
    """What the limit over a long time says."""
    if not booking.long_cost:
        return True
    if not booking.long_behind:
        return row.long < booking.long_position
    return booking.long_position <= row.long <= booking.long_most


def granted(booking: Booking, after: Row) -> Grant:
    """What the booking took, seen on the row after it."""
    ends = int(getattr(after, booking.way))
    start = ends - booking.cost + after.shift
    return Grant(start, booking.way, ends, booking.cost // booking.wish.requests)


def given_back(row: Row, grant: Grant, requests: int) -> Row | None:
    """The row without so many requests of the grant, which were not needed; None when somebody has
    booked after it: their turn stays where it is."""
    if getattr(row, grant.way) != grant.ends:
        return None
    return row.model_copy(update={grant.way: grant.ends - requests * grant.each})


def slowed(row: Row, seen: int, now: datetime, until: datetime) -> Row | None:
    """The row after the other side asked for a pause: no turn that is still to come starts before
    `until`, and their order and distances stay. `seen` is the shift that whoever was asked knew:
    several who are asked at the same time move the row once. None: it is moved so far already."""
    shift = seen + moment(until) - moment(now)
    if shift <= row.shift:
        return None
    return row.model_copy(update={"shift": shift, "hold": moment(until)})


@dataclass(frozen=True)
class Told:
    """What an answer said of the limit, and how many requests of it are left."""

    limit: RateLimit
    left: int


def pause_for(told: Told, pace: Pace) -> timedelta:
    """How long to wait when less is left than one job needs at once: somebody else uses the key, or
    the limit is lower than we thought. Nothing while enough is left."""
    return timedelta(seconds=max(0, max(pace.at_once, pace.lane) - told.left) * _each(told.limit))


def usual(before: int, used: int) -> int:
    """What the next visit of this kind is going to need: as much as the last one that needed more,
    forgotten one by one. Too much costs room, too little a second reservation under way."""
    return max(used, before - 1, 1)
