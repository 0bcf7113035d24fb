"""Turns for a campaign's mails, as one child takes them: a block at a time, within all limits; and
what SES says of the account, once a minute, in the row that all blocks are taken from."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict
from datetime import timedelta

from countersign.domain.campaigns.limits import CampaignLimits
from countersign.domain.campaigns.quota import granted, needs_reading, read, step
from countersign.domain.campaigns.sending import Ask, Block, Booking, Roll, Row, SendingLimits, Wait
from countersign.domain.errors import Throttled
from countersign.domain.ports import Clock, Ids, Pause
from countersign.runtime.deps import Deps

_TRIES = 24
"""Each write that is refused means that somebody else's was stored."""
_FIRST, _LONGEST = timedelta(milliseconds=250), timedelta(seconds=8)
"""How long after the moment that a wait names it is asked again, at random up to so much: many wait
for the same moment, and one of them gets what is free then."""
_THOUSAND = 1_000


class Turns:
    """The turns of one child. `take` comes before a mail's intent, `holds` right before its call: a
    block that is over by then has lost the mail's turn, and another one is taken."""

    def __init__(
        self,
        sending: SendingLimits,
        *,
        wall: Clock,
        pause: Pause,
        ids: Ids,
        domain: str,
        limits: CampaignLimits,
        rows: Collection[str],
    ) -> None:
        self._sending = sending
        self._wall = wall
        self._pause = pause
        self._ids = ids
        self._domain = domain
        self._limits = limits
        self._rows = rows
        """The groups that have turns of their own."""
        self._seen: Row | None = None
        """The row as this process saw it last: a guess at how it is."""
        self._block: Block | None = None
        self._left = 0

    def take(self, group: str, ahead: int, seconds: float) -> Wait | None:
        """Wait for the turn of the next mail, of `ahead` to this group, for at most so many
        seconds. A wait that would be longer is given back: the child ends. Raises Throttled."""
        group = group if group in self._rows else ""
        ends, patience = self._wall.now() + timedelta(seconds=seconds), _FIRST
        while not self._uses(group):
            ask = Ask(group=group, n=ahead, domain=self._domain, limits=self._limits)
            got, self._seen = reserve(self._sending, ask, self._wall, self._seen)
            if isinstance(got, Block):
                self._block, self._left = got, got.n
                until, why = got.start, "its turn comes later than the child lasts"
            else:
                until, why = got.until + self._random(patience), got.why
                patience = min(2 * patience, _LONGEST)
            if until > ends:
                return Wait(until, why)
            self._pause((until - self._wall.now()).total_seconds())
        return None

    def holds(self) -> bool:
        """Whether the mail may still go out."""
        return self._block is not None and self._wall.now() < self._block.until

    def _uses(self, group: str) -> bool:
        """Whether the block has a mail left for it, that is due."""
        now, block = self._wall.now(), self._block
        if block is None or block.group != group or not self._left:
            return False
        if not block.start <= now < block.until:
            return False
        self._left -= 1
        return True

    def _random(self, most: timedelta) -> timedelta:
        return most * int(self._ids.digits(3)) / _THOUSAND


def reserve(
    sending: SendingLimits, ask: Ask, wall: Clock, seen: Row | None = None
) -> tuple[Block | Wait, Row]:
    """A block, or how long to wait for one, and the row as it is then; `seen` is a guess at it.
    Raises Throttled where the row never is as it was guessed."""
    row, fresh = (seen, False) if seen else (sending.row(), True)
    for _ in range(_TRIES):
        now = step(row, ask, wall.now())
        if isinstance(now, Wait):
            if fresh:
                return now, row
            row, fresh = sending.row(), True
            continue
        done, row = sending.roll(now) if isinstance(now, Roll) else sending.book(now)
        fresh = True
        if done and isinstance(now, Booking):
            return granted(now, row), row
    raise Throttled("others keep writing the row of the account's sending")


def read_account(deps: Deps) -> None:
    """Ask SES where the stage sends campaigns and nobody asked in this minute; of several who ask
    at once one is heard. Raises Throttled, Unavailable, Misconfigured: after five minutes without
    an answer campaigns take nothing any more."""
    if not deps.settings.campaign_from:
        return
    row, now = deps.sending_limits.row(), deps.wall.now()
    if needs_reading(row, now):
        said = read(row, now, **asdict(deps.sending_account.said()))
        deps.sending_limits.keep(row.reading, said)
