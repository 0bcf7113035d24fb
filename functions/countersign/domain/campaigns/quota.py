"""How much of the account's sending campaigns take: one row for all limits at once.

The row holds the rolling day (the sum of what was taken, and its parts by 5 minutes), what SES said
last, how far the queue of the account's rate and those of groups of receivers reach, and the ramp
of each sending domain. A block is taken from all of them in one conditional update, or from none:
nothing has to be given back, and nothing of one limit is lost because another has no room.

No version is part of the condition. A block asks that the row is in the epoch that it guessed, and
that the sum leaves room: two of them never stand in each other's way while there is. With a version
one of two hundred senders would get through at a time.

Moments and spans are whole microseconds since 1970, as in `pace`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import accumulate

from countersign.domain.campaigns.ramp import FORGOTTEN, most_on
from countersign.domain.campaigns.sending import (
    COUNTS,
    DAY,
    HOUR,
    LIFE,
    Ask,
    Block,
    Booking,
    Ramp,
    Reading,
    Roll,
    Row,
    Wait,
    epoch_of,
    start_of,
)
from countersign.domain.limits.pace import moment, when

AHEAD = timedelta(seconds=30)
"""How far ahead a turn may lie: who would wait longer asks again."""
STALE = timedelta(minutes=5)
"""What SES said longer ago is no ground for a new block: others send on the account too."""
AGAIN = LIFE
"""Between two readings: what was taken before the one before is sent by then, or never."""
_LATER = timedelta(minutes=10)
"""Before another try where others send on the account: nobody knows when theirs count no longer."""
_WORTH = 20
"""A full day is waited for until a 20th of it is free: each try is a run over all that is left."""
_AT_ONCE = 200
"""Parts that one write drops: DynamoDB takes no longer expression. The next one drops the rest."""
_SECOND = 1_000_000
EACH, SLACK = _SECOND // 10, _SECOND * 3 // 20
"""A block's time: what one mail takes (its intent, its call), for each of them, and once more."""
LATE = _SECOND // 10
"""So much after its block's end a mail may still reach SES, and every window holds."""
_BLOCKS = 100
"""A block is a hundredth of a second's mails, one at least: the row is written a hundred times a
second at most, however fast the account is; and the shorter a block, the fuller every second."""


def step(row: Row, ask: Ask, now: datetime) -> Booking | Roll | Wait:
    """What to do next for a block: take it, roll the row first, or wait."""
    epoch = max(row.epoch, epoch_of(now))
    if epoch > row.epoch:
        return _roll(row, epoch, now)
    reading = row.reading
    if reading is None or now - reading.at > STALE:
        told = f"at {reading.at:%H:%M:%S} UTC" if reading else "never"
        return Wait(now + AGAIN, f"SES's own count was read {told}: nothing is taken on that")
    if not reading.allowed:
        return Wait(now + AGAIN, "SES does not send for this account: see `aws sesv2 get-account`")
    rate = ask.limits.rate(reading.rate)
    if rate < 1:
        return Wait(now + AGAIN, f"the account sends {reading.rate} a second: all are kept free")
    return _within_the_day(row, ask, reading, rate, now)


def _within_the_day(
    row: Row, ask: Ask, reading: Reading, rate: int, now: datetime
) -> Booking | Wait:
    fits = _fits(row, ask, reading, now)
    soon = now + timedelta(seconds=1)
    if row.total >= fits.day:
        free = _freed(row.counts, row.total - fits.day, fits.day, COUNTS)
        said = f"campaigns have their {fits.day} of the account's {reading.quota} in 24 hours"
        return Wait(max(free or now + _LATER, soon), said)
    if row.taken >= fits.most_taken:
        said = f"{reading.sent} of the account's {reading.quota} in 24 hours are sent, by everybody"
        return Wait(now + _LATER, f"{said}: the rest is kept free")
    if fits.step is not None and fits.ramp.total >= fits.step:
        counts, over = fits.ramp.counts, fits.ramp.total - fits.step
        free = _freed(counts, over, fits.step, HOUR + COUNTS - 1)
        said = f"{ask.domain} may send {fits.step} in 24 hours as yet: receivers do not know it"
        return Wait(max(free or soon, soon), said)
    return _within_the_rate(row, ask, fits, rate, now)


@dataclass(frozen=True)
class _Fits:
    """What the days say."""

    read_at: datetime
    day: int
    most_taken: int
    ramp: Ramp
    """Of the domain; one that begins now where it never sent, or is forgotten."""
    step: int | None

    def room(self, row: Row) -> int:
        """Of all of them."""
        left = min(self.day - row.total, self.most_taken - row.taken)
        return left if self.step is None else min(left, self.step - self.ramp.total)


def _fits(row: Row, ask: Ask, reading: Reading, now: datetime) -> _Fits:
    held = row.ramps.get(ask.domain)
    ramp = held if held and now - held.last < FORGOTTEN else Ramp(since=now, last=now)
    day = ask.limits.day(reading.quota)
    return _Fits(
        read_at=reading.at,
        day=day,
        most_taken=day - reading.sent + reading.base,
        ramp=ramp,
        step=most_on(ask.limits.ramp, ramp.since, now),
    )


def _within_the_rate(row: Row, ask: Ask, fits: _Fits, rate: int, now: datetime) -> Booking | Wait:
    at = moment(now)
    of_group = min(ask.limits.group_rate(ask.group), rate) if ask.group else rate
    furthest = at + AHEAD // timedelta(microseconds=1)
    start, turn = max(row.queue, at), row.groups.get(ask.group, 0)
    if start > furthest:
        return Wait(when(start) - AHEAD / 2, f"others have the account's {rate} mails a second")
    if turn > start:
        return Wait(when(turn), f"others have the {of_group} mails a second to {ask.group}")
    n = min(ask.n, fits.room(row), block_of(rate), block_of(of_group))
    held = row.ramps.get(ask.domain)
    return Booking(
        ask=ask,
        at=at,
        n=n,
        epoch=row.epoch,
        read_at=fits.read_at,
        most_total=fits.day - n,
        most_taken=fits.most_taken - n,
        behind=row.queue >= at,
        furthest=furthest,
        cost=n * interval(rate),
        group_cost=n * interval(of_group),
        lasts=lasts_for(n),
        began=held.since if held else None,
        begins=fits.ramp.since,
        most_ramp=None if fits.step is None else fits.step - n,
    )


def _freed(counts: Mapping[int, int], over: int, day: int, after: int) -> datetime | None:
    """When so much of what is counted counts no longer that a day is worth another try; None where
    nothing is counted."""
    if not counts:
        return None
    wanted, oldest = over + max(1, day // _WORTH), sorted(counts)
    freed = zip(oldest, accumulate(counts[epoch] for epoch in oldest), strict=True)
    return start_of(next((one for one, n in freed if n >= wanted), oldest[-1]) + after)


def _roll(row: Row, epoch: int, now: datetime) -> Roll:
    long_ago = moment(now - DAY)
    old = sorted(one for one in row.counts if one + COUNTS <= epoch)[:_AT_ONCE]
    return Roll(
        old=row.epoch,
        new=epoch,
        dropped={one: row.counts[one] for one in old},
        ramps={
            domain: gone
            for domain, ramp in row.ramps.items()
            if (gone := {h: n for h, n in ramp.counts.items() if h + HOUR + COUNTS - 1 <= epoch})
        },
        idle={group: turn for group, turn in row.groups.items() if turn < long_ago},
        recent=frozenset(row.recent),
    )


def rolled(row: Row, roll: Roll) -> Row | None:
    """The row in its new epoch; None where it is not in the old one any more, or is used again
    where it was thought idle. What is taken meanwhile stays in the sum: a roll takes away what
    leaves it, and sets nothing."""
    idle = all(row.groups.get(group) == turn for group, turn in roll.idle.items())
    ends = roll.old not in roll.dropped or row.counts.get(roll.old) == roll.dropped[roll.old]
    if row.epoch != roll.old or not idle or not ends:
        return None
    ramps = {d: _without(ramp, roll.ramps.get(d, {})) for d, ramp in row.ramps.items()}
    return replace(
        row,
        epoch=roll.new,
        total=row.total - sum(roll.dropped.values()),
        counts={e: n for e, n in row.counts.items() if e not in roll.dropped},
        groups={g: at for g, at in row.groups.items() if g not in roll.idle},
        recent={g: n for g, n in row.recent.items() if g not in roll.recent},
        ramps=ramps,
    )


def _without(ramp: Ramp, gone: Mapping[int, int]) -> Ramp:
    counts = {hour: n for hour, n in ramp.counts.items() if hour not in gone}
    return replace(ramp, total=ramp.total - sum(gone.values()), counts=counts)


def booked(row: Row, booking: Booking) -> Row | None:
    """The row with the block; None where it is not as the booking guessed, and nothing changes. The
    store's condition and update say the same in DynamoDB's words."""
    group, n = booking.ask.group, booking.n
    if not (_is_as_guessed(row, booking) and _has_room(row, booking)):
        return None
    start = row.queue if booking.behind else booking.at
    turns = {group: start + booking.group_cost} if group else {}
    recent = {group: row.recent.get(group, 0) + n} if group else {}
    ramp = _ramped(row.ramps.get(booking.ask.domain), booking)
    return replace(
        row,
        total=row.total + n,
        counts={**row.counts, row.epoch: row.counts.get(row.epoch, 0) + n},
        taken=row.taken + n,
        queue=start + booking.cost,
        groups={**row.groups, **turns},
        recent={**row.recent, **recent},
        ramps={**row.ramps, booking.ask.domain: ramp},
    )


def _is_as_guessed(row: Row, booking: Booking) -> bool:
    ramp = row.ramps.get(booking.ask.domain)
    return (
        row.epoch == booking.epoch
        and row.reading is not None
        and row.reading.at == booking.read_at
        and (row.queue >= booking.at) is booking.behind
        and (ramp.since if ramp else None) == booking.began
    )


def _has_room(row: Row, booking: Booking) -> bool:
    start = row.queue if booking.behind else booking.at
    ramp = row.ramps.get(booking.ask.domain)
    return (
        row.total <= booking.most_total
        and row.taken <= booking.most_taken
        and start <= booking.furthest
        and row.groups.get(booking.ask.group, 0) <= start
        and (booking.most_ramp is None or (ramp.total if ramp else 0) <= booking.most_ramp)
    )


def _ramped(held: Ramp | None, booking: Booking) -> Ramp:
    before = held or Ramp(since=booking.begins, last=booking.begins)
    n = booking.n
    return Ramp(
        since=booking.begins,
        last=when(booking.at),
        total=before.total + n,
        counts={**before.counts, booking.hour: before.counts.get(booking.hour, 0) + n},
    )


def granted(booking: Booking, after: Row) -> Block:
    """What the booking took, seen on the row after it."""
    start = after.queue - booking.cost
    until = when(start + booking.lasts)
    return Block(booking.ask.group, booking.n, when(start), until, booking.epoch)


def needs_reading(row: Row, now: datetime) -> bool:
    """Whether SES is to be asked again."""
    return row.reading is None or now - row.reading.at >= AGAIN


def read(row: Row, at: datetime, *, sent: int, quota: int, rate: int, allowed: bool) -> Reading:
    """What SES said when it was asked at `at`; `row` is as it was just before."""
    base = row.reading.mark if row.reading else 0
    return Reading(
        at=at, sent=sent, quota=quota, rate=rate, allowed=allowed, base=base, mark=row.taken
    )


def block_of(rate: int) -> int:
    """The mails of the largest block, of so many in a second."""
    return max(1, rate // _BLOCKS)


def lasts_for(n: int) -> int:
    """How long a block of so many lasts."""
    return SLACK + n * EACH


def interval(rate: int) -> int:
    """What one mail takes of a queue of which any second holds so many at most.

    The blocks that reach a second start within it, or up to their own length before it, so that
    their mails are at most what the queue gives in that span, and the last one's.
    """
    n = block_of(rate)
    return -(-(_SECOND + lasts_for(n) + LATE) // (rate - n + 1))
