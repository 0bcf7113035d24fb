"""A campaign as far as its limits go: hundreds of children, a provider that writes down what it
took and when, others who send on the same account, and `tick` that reads the account each minute.
All in virtual time."""

from __future__ import annotations

import random
import threading
from bisect import bisect_right
from collections import Counter, deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from countersign.campaigns.turns import Turns
from countersign.domain.campaigns.limits import CampaignLimits
from countersign.domain.campaigns.quota import needs_reading, read
from countersign.domain.campaigns.sending import SendingLimits
from countersign.domain.errors import Throttled
from countersign.domain.limits.pace import moment
from tests.fakes.virtual_time import GreenTime, VirtualTime
from tests.seeds import dealt_by

SECOND = 1_000_000
DAY = 86_400
LIVES = 240.0
"""Seconds that one invocation of a child has for its mails."""
_SIZE = 6
OTHERS = "others"


class Provider:
    """Takes mails; `journal` says when each came and to which group it went."""

    def __init__(self, time: VirtualTime | GreenTime, quota: int, rate: int) -> None:
        self.quota, self.rate = quota, rate
        self._time = time
        self._lock = threading.Lock()
        self._at: list[int] = []
        self._of: list[str] = []

    def takes(self, group: str) -> None:
        with self._lock:
            self._at.append(moment(self._time.now()))
            self._of.append(group)

    def sent(self) -> int:
        """In the last 24 hours."""
        with self._lock:
            return len(self._at) - bisect_right(self._at, moment(self._time.now()) - DAY * SECOND)

    def journal(self, *groups: str) -> list[int]:
        """When mails came, to all or to these groups."""
        both = zip(self._at, self._of, strict=True)
        return [at for at, of in both if not groups or of in groups]

    def campaigns(self) -> list[int]:
        """When campaigns' own came."""
        return [at for at, of in zip(self._at, self._of, strict=True) if of != OTHERS]


def most_in(journal: list[int], seconds: float) -> int:
    """The most mails of any window of so many seconds, wherever it begins."""
    most = first = 0
    for last, at in enumerate(journal):
        while journal[first] <= at - seconds * SECOND:
            first += 1
        most = max(most, last - first + 1)
    return most


class Randomness:
    """ports.Ids of one child, by a seed."""

    def __init__(self, seed: str) -> None:
        self._random = dealt_by(seed)

    def token(self, bits: int) -> str:
        return f"{self._random.getrandbits(bits):x}"

    def salt(self) -> str:
        return self.token(128)

    def digits(self, count: int) -> str:
        return f"{self._random.randrange(10**count):0{count}d}"


@dataclass
class _Batch:
    group: str
    left: int


class Play:
    """One campaign. `sent` counts its mails by group; `waits` how often children ended early, by
    the first words of why."""

    def __init__(
        self,
        contacts: Mapping[str, int],
        sending: SendingLimits,
        *,
        quota: int,
        rate: int,
        limits: CampaignLimits,
        children: int,
        seed: int,
        at: datetime,
        others: float = 0.0,
        rows: frozenset[str] | None = None,
        hears: bool = True,
        threads: bool = True,
    ) -> None:
        self.time: VirtualTime | GreenTime = VirtualTime(at) if threads else GreenTime(at)
        self.provider = Provider(self.time, quota, rate)
        self.limits, self.sending = limits, sending
        self.waits: Counter[str] = Counter()
        self.began = at
        self.killed = 0
        self._hears = hears
        """Whether SES counts at all: without, the row's own count stands alone."""
        self._rows = frozenset(contacts) if rows is None else rows
        self._children, self._seed, self._others = children, seed, others
        self._left = sum(contacts.values())
        self._lock = threading.Lock()
        self._batches = deque(_by_turns(contacts))

    def goes(self) -> None:
        """Up to the last mail."""
        works = [lambda place=place: self._child(place) for place in range(self._children)]
        self.time.runs([*works, self._tick, *([self._sends_more] if self._others else [])])

    @property
    def lasted(self) -> timedelta:
        return self.time.now() - self.began

    def reads(self) -> None:
        """As `tick` does."""
        row, now = self.sending.row(), self.time.now()
        if needs_reading(row, now):
            of = self.provider
            sent = of.sent() if self._hears else -(10**9)
            said = read(row, now, sent=sent, quota=of.quota, rate=of.rate, allowed=True)
            self.sending.keep(row.reading, said)

    def _tick(self) -> None:
        while self._left:
            self.reads()
            self.time.pauses(60)

    def _sends_more(self) -> None:
        """Others on the account, in no rhythm: `others` a day."""
        chance = dealt_by(f"{self._seed} others")
        while self._left:
            self.time.pauses(chance.expovariate(self._others / DAY))
            self.provider.takes(OTHERS)

    def _child(self, place: int) -> None:
        """Invocation after invocation, until nothing is left; whoever would wait longer than it
        lasts ends, and its parent waits."""
        chance = dealt_by(f"{self._seed} {place}")
        self.time.pauses(chance.uniform(0, 2))
        while (batch := self._takes()) is not None:
            wait = self._works(batch, chance)
            self._gives_back(batch)
            self.time.pauses(wait)

    def _works(self, batch: _Batch, chance: random.Random) -> float:
        """One invocation; how many seconds its parent waits."""
        turns, ends = self._turns(chance), self.time.now() + timedelta(seconds=LIVES)
        while batch.left:
            seconds = (ends - self.time.now()).total_seconds()
            try:
                wait = turns.take(batch.group, batch.left, seconds) if seconds > 0 else None
            except Throttled:
                return 1.0
            if wait:
                self.waits[wait.why.partition(" ")[0]] += 1
                return (wait.until - self.time.now()).total_seconds()
            if seconds <= 0 or self._dies(chance):
                return 1.0
            self.time.pauses(chance.choice((0.006, 0.012, 0.03, 0.06, 0.4)))
            if turns.holds():
                self._sends(batch, chance)
        return 0.0

    def _sends(self, batch: _Batch, chance: random.Random) -> None:
        self.time.pauses(chance.uniform(0.001, 0.099))
        self.provider.takes(batch.group)
        batch.left -= 1
        with self._lock:
            self._left -= 1
        self.time.pauses(0.01)

    def _dies(self, chance: random.Random) -> bool:
        """One of two hundred turns is lost with its child."""
        dies = chance.random() < 0.005
        self.killed += dies
        return dies

    def _turns(self, chance: random.Random) -> Turns:
        return Turns(
            self.sending,
            wall=self.time,
            pause=self.time.pauses,
            ids=Randomness(str(chance.random())),
            domain="news.example.com",
            limits=self.limits,
            rows=self._rows,
        )

    def _takes(self) -> _Batch | None:
        with self._lock:
            return self._batches.popleft() if self._batches else None

    def _gives_back(self, batch: _Batch) -> None:
        if batch.left:
            with self._lock:
                self._batches.append(batch)


def _by_turns(contacts: Mapping[str, int]) -> Iterator[_Batch]:
    """Batches of one group each, the groups by turns, as Split orders them."""
    left = dict(contacts)
    while any(left.values()):
        for group, contacts_left in left.items():
            size = min(_SIZE, contacts_left)
            left[group] -= size
            if size:
                yield _Batch(group, size)
