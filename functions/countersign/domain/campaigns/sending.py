"""The row of the account's sending: what it holds, and what is asked of it.

Moments and spans are whole microseconds since 1970, as in `pace`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from countersign.domain.campaigns.limits import CampaignLimits
from countersign.domain.contract import Value
from countersign.domain.limits.pace import moment, when

BUCKET, DAY = timedelta(minutes=5), timedelta(hours=24)
LIFE = timedelta(minutes=1)
"""The longest that anything goes out on a block after it was taken: the wait for its turn, its
time, the call to SES, and how far two clocks are apart."""
COUNTS = -(-(DAY + LIFE) // BUCKET) + 1
"""A part of the day counts until so many epochs after it: 24 hours and a block's life after its
end."""
HOUR = timedelta(hours=1) // BUCKET
"""Epochs of one part of a ramp's day."""


class Reading(Value):
    """What SES said of the account."""

    at: datetime
    """Before it was asked."""
    sent: int
    """In the 24 hours before, by everybody."""
    quota: int
    """Of any 24 hours."""
    rate: int
    """Of any second."""
    allowed: bool = True
    """Whether it sends at all."""
    base: int = 0
    """What campaigns had taken up to the reading before: all of that is in `sent`, if it was sent.
    What they took since may have gone out later, and counts beside it."""
    mark: int = 0
    """What they had taken before this one."""


@dataclass(frozen=True)
class Ramp:
    """What one sending domain took, by hours."""

    since: datetime
    """Its first mail."""
    last: datetime
    total: int = 0
    counts: Mapping[int, int] = field(default_factory=dict)
    """By the first epoch of the hour."""


@dataclass(frozen=True)
class Row:
    """What is known of the account's sending."""

    epoch: int = 0
    """The 5 minutes that are counted now."""
    total: int = 0
    """Taken in all epochs that count."""
    counts: Mapping[int, int] = field(default_factory=dict)
    """By epoch."""
    taken: int = 0
    """Since the row exists."""
    queue: int = 0
    """Where the account's next block starts."""
    groups: Mapping[str, int] = field(default_factory=dict)
    """Where those of groups may start."""
    recent: Mapping[str, int] = field(default_factory=dict)
    """Taken by groups in this epoch."""
    ramps: Mapping[str, Ramp] = field(default_factory=dict)
    """By sending domain."""
    reading: Reading | None = None


@dataclass(frozen=True)
class Ask:
    """Who wants to send."""

    group: str
    """Of the receivers; empty: one without turns of its own."""
    n: int
    """Mails, at most; a block may be of fewer."""
    domain: str
    """Of the sender."""
    limits: CampaignLimits


@dataclass(frozen=True)
class Block:
    """So many mails to one group may go out from `start` until before `until`."""

    group: str
    n: int
    start: datetime
    until: datetime
    epoch: int


@dataclass(frozen=True)
class Wait:
    """There is nothing to take before `until`; `why` is for people."""

    until: datetime
    why: str


@dataclass(frozen=True)
class Roll:
    """The row goes on to another epoch: what counts no longer leaves the sum."""

    old: int
    new: int
    dropped: Mapping[int, int]
    ramps: Mapping[str, Mapping[int, int]]
    """What leaves the ramps, by domain."""
    idle: Mapping[str, int]
    """Groups' turns of long ago, as they were seen: they say nothing any more."""
    recent: frozenset[str]
    """The groups that were counted in the old epoch."""


@dataclass(frozen=True)
class Booking:
    """A block as it was guessed from one state of the row: one conditional write."""

    ask: Ask
    at: int
    n: int
    epoch: int
    read_at: datetime
    """The reading that the bounds are of."""
    most_total: int
    """The sum that still has room for it."""
    most_taken: int
    """What may be taken at most since the row exists, for SES's own count to have room."""
    behind: bool
    """Others are ahead in the account's queue, up to `furthest`."""
    furthest: int
    cost: int
    group_cost: int
    lasts: int
    began: datetime | None
    """When the domain's ramp began, as it was seen; None: it never sent."""
    begins: datetime
    """The same from now on."""
    most_ramp: int | None
    """The sum of the domain's day that still has room; None: no step bounds it."""

    @property
    def hour(self) -> int:
        """The part of the ramp's day in which it counts."""
        return hour_of(self.epoch)


@dataclass(frozen=True)
class Said:
    """What a provider says of its account."""

    sent: int
    """In the 24 hours before, by everybody."""
    quota: int
    rate: int
    allowed: bool


class SendingAccount(Protocol):
    """The provider's account, for all who send on it."""

    def said(self) -> Said:
        """Ask it. Raises Throttled, Unavailable, Misconfigured."""


class SendingLimits(Protocol):
    """The row. Each write is one conditional update; a write that is repeated because its answer
    was lost counts twice, which costs room and never the limit. All of it in the machine's own
    time: SES does not know of a moved clock."""

    def row(self) -> Row:
        """As it stands, read consistently; an empty one where nobody sent."""

    def book(self, booking: Booking) -> tuple[bool, Row]:
        """Take the block as `booked` says: whether it was, and the row after it or as it is."""

    def roll(self, roll: Roll) -> tuple[bool, Row]:
        """Go on to another epoch as `rolled` says: whether this one did, and the row."""

    def keep(self, before: Reading | None, after: Reading) -> bool:
        """Store what SES said over what it said before; False: somebody else did meanwhile."""


def epoch_of(at: datetime) -> int:
    """The 5 minutes of a moment, counted since 1970."""
    return moment(at) // (BUCKET // timedelta(microseconds=1))


def start_of(epoch: int) -> datetime:
    """When it begins."""
    return when(epoch * (BUCKET // timedelta(microseconds=1)))


def hour_of(epoch: int) -> int:
    """The first epoch of its hour."""
    return epoch - epoch % HOUR
