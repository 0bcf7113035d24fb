"""A campaign through its whole children, in virtual time: Split, hundreds of children side by side,
a provider that writes down what it took, what comes back of it, people who opt out, pause and
cancel, functions that are killed at any write, and Collect. Nothing between the list and the
provider's journal is played but the clock and the stores.
"""

from __future__ import annotations

import heapq
import itertools
import random
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from countersign.campaigns.breaking import after_events
from countersign.campaigns.send import send
from countersign.campaigns.turns import read_account
from countersign.domain.campaigns.events import Heard, hashed
from countersign.domain.campaigns.sending import Said
from countersign.domain.campaigns.sent import UNWANTED, Event, Intent
from countersign.domain.errors import Ambiguous, CountersignError, StoreConflict, Throttled
from countersign.domain.jobs.job import Status
from countersign.domain.jobs.matters import contact_key
from countersign.domain.jobs.suppression import suppressed
from countersign.domain.lane.control import Word
from countersign.domain.lane.items import Item
from countersign.domain.limits.pace import moment
from countersign.domain.mail import Email
from countersign.entrypoints.campaign_events import note
from countersign.lane.functions import BatchCall, run
from countersign.lane.orders import order
from countersign.lane.watching import look_after
from tests.fakes.campaigns import FakeCampaigns
from tests.fakes.items_machine import TIME, TRIES, ItemsMachine, Killed
from tests.fakes.virtual_time import VirtualTime
from tests.fakes.world import World
from tests.guarantees.campaign_play import Randomness
from tests.mailing import Mailing, contact, outreach, zipped
from tests.seeds import dealt_by

OVER = (Status.COMPLETED, Status.ESCALATED, Status.FAILED)
DIES, LOST, SLOW_DOWN = 0.002, 0.002, 0.002
"""How likely a write is the last one of its function, and a mail's answer is lost or a refusal."""


@dataclass
class Chances:
    """How the world treats the campaign; `pauses` and `cancels` are seconds after its begin."""

    seed: int
    opt_outs: float = 0.05
    """The share of contacts who want no more mail, before or after they got theirs."""
    bounces: float = 0.01
    pauses: tuple[float, ...] = ()
    cancels: float | None = None
    dies: float = DIES


@dataclass
class Seen:
    """What nobody of the product wrote."""

    journal: list[tuple[datetime, str]] = field(default_factory=list)
    """When the provider took a mail, and to whom."""
    intended: dict[str, datetime] = field(default_factory=dict)
    """The last intent of each contact, by its key."""
    opted_out: dict[str, datetime] = field(default_factory=dict)
    """Since when an address wants no more mail."""
    killed: int = 0
    paused: int = 0
    children: int = 0
    """Most at once."""


class Stores(FakeCampaigns):
    """Each write takes a moment, in which others write, and some of them end their function."""

    def __init__(self, world: World, time: VirtualTime, chance: random.Random, seen: Seen) -> None:
        super().__init__(world.lanes, world.store.suppressed)
        self.time, self.seen = time, seen
        self._chance, self.dies = chance, DIES

    def intend(self, intent: Intent) -> str:
        self._takes_a_moment()
        with self._lock:
            rule = super().intend(intent)
            if not rule:
                self.seen.intended[intent.contact] = self.time.now()
        self._takes_a_moment()
        return rule

    def sent(self, job_id: str, batch: int, item: Item, message_id: str) -> None:
        self._takes_a_moment()
        super().sent(job_id, batch, item, message_id)
        self._takes_a_moment()

    def withdraw(self, intent: Intent, item: Item) -> None:
        self._takes_a_moment()
        super().withdraw(intent, item)

    def _takes_a_moment(self) -> None:
        self.time.pauses(self._chance.choice((0.002, 0.004, 0.01, 0.2)))
        if self._chance.random() < self.dies:
            self.seen.killed += 1
            raise Killed


class LooksFirst(Stores):
    """Control: the rules are looked at, and then the intent is written as it was meant."""

    def __init__(self, world: World, time: VirtualTime, chance: random.Random, seen: Seen) -> None:
        super().__init__(world, time, chance, seen)
        self._looked: dict[str, str] = {}

    def intend(self, intent: Intent) -> str:
        self._looked[intent.token] = super()._rule(intent)
        self.time.pauses(30.0)
        return super().intend(intent)

    def _rule(self, intent: Intent) -> str:
        return self._looked[intent.token]


class Provider:
    """mail.Mailer. What it took is in the journal; what becomes of each comes back later."""

    def __init__(self, time: VirtualTime, chance: random.Random, chances: Chances) -> None:
        self.seen = Seen()
        self.events: list[tuple[datetime, int, Heard]] = []
        self.readers: list[tuple[datetime, int, str, str]] = []
        """When somebody asks for no more, with address and token."""
        self._time, self._chance, self._chances = time, chance, chances
        self._order = itertools.count()

    def send(self, email: Email) -> str:
        chance = self._chance
        self._time.pauses(chance.uniform(0.002, 0.09))
        if chance.random() < SLOW_DOWN:
            raise Throttled("Maximum sending rate exceeded.")
        if chance.random() < LOST:
            raise Ambiguous("the connection broke")
        self.seen.journal.append((self._time.now(), email.to))
        number = next(self._order)
        self._comes_back(email, f"m-{number}")
        if chance.random() < LOST:
            raise Ambiguous("no answer came")
        if chance.random() < self._chances.dies:
            self.seen.killed += 1
            raise Killed
        return f"m-{number}"

    def _comes_back(self, email: Email, message_id: str) -> None:
        came = Event.BOUNCED if self._chance.random() < self._chances.bounces else Event.DELIVERED
        for kind in (Event.SENT, came):
            heard = Heard(
                kind=kind,
                message_id=message_id,
                job_id=email.about["job"],
                batch=int(email.about["batch"]),
                item=int(email.about["item"]),
            )
            at = self._time.now() + timedelta(seconds=self._chance.uniform(0.2, 20))
            heapq.heappush(self.events, (at, next(self._order), heard))
        if self._chance.random() < self._chances.opt_outs / 2:
            at = self._time.now() + timedelta(seconds=self._chance.uniform(1, 30))
            token = urlsplit(email.unsubscribe).path.rpartition("/")[2]
            heapq.heappush(self.readers, (at, next(self._order), email.to, token))


class Machine(ItemsMachine):
    """Executions whose children are killed, and are tried again."""

    def works(self, child: BatchCall) -> None:
        for tries in range(TRIES):
            ends = self._world.clock.now() + TIME
            call = child.model_copy(update={"retries": tries, "ends_at": ends})
            try:
                run(self._world.deps_again(), send, call)
            except (Killed, CountersignError):
                continue
            return


class Whole:
    """One campaign, from its signed plan to its end."""

    def __init__(
        self,
        contacts: int,
        chances: Chances,
        *,
        children: int,
        batch: int = 6,
        quota: int = 50_000,
        rate: int = 100,
        stores: type[Stores] = Stores,
    ) -> None:
        self.chances, self.rows = chances, [contact(number) for number in range(1, contacts + 1)]
        self.addresses = [row.partition(";")[0] for row in self.rows]
        self.quota, self.rate, self._children = quota, rate, children
        world = _in_small_batches(batch)
        self.time = VirtualTime(world.clock.now())
        self.chance = dealt_by(chances.seed)
        self.provider = Provider(self.time, self.chance, chances)
        self.seen = self.provider.seen
        world.campaigns = self.stores = stores(world, self.time, self.chance, self.seen)
        self.stores.dies = chances.dies
        world.deps = world.deps_again()
        self.mailing = Mailing(zipped(self.rows), world)
        self.world, self.job_id, self.began = world, self.mailing.job_id, self.time.now()
        given: Any = world
        given.clock, given.campaign_mail = self.time, self.provider
        given.ids = Randomness(f"{chances.seed} ids")
        world.deps = world.deps_again()
        self._machine = Machine(world)
        self._busy = 0
        self._said = deque(self._words())
        self._opting = deque(self._before_their_mail())

    @property
    def status(self) -> Status:
        return self.mailing.status

    def goes(self, runs: int = 400) -> None:
        """To its end."""
        for _ in range(runs):
            if self.status in OVER:
                return
            self._once()
        raise AssertionError(f"still {self.status} after {runs} rounds")

    def _once(self) -> None:
        """Whatever runs, to its end; then what the job waits for."""
        started = self.world.item_runs.started
        under_way = [one for one in started if one[0] not in self.world.item_runs.over]
        if under_way:
            self._runs(*under_way[0])
        elif self.status is Status.PARKED:
            self._waits()
        else:
            self._alone(self._goes_on)

    def _goes_on(self) -> None:
        self.mailing.goes()

    def _runs(self, name: str, job_id: str) -> None:
        calls = deque[BatchCall]()
        self._alone(lambda: calls.extend(self._machine.children(name, job_id)))
        places = min(len(calls), self._children)
        self.seen.children = max(self.seen.children, places)
        self._busy = places

        def place() -> None:
            try:
                while call := self._next(calls):
                    self._machine.works(call)
            finally:
                self._busy -= 1

        self.time.runs([*[place] * places, self._ticks, self._hears, self._people])
        self._alone(lambda: self._machine.collects(name, job_id))

    def _next(self, calls: deque[BatchCall]) -> BatchCall | None:
        """None where another place took the last one."""
        try:
            return calls.popleft()
        except IndexError:
            return None

    def _alone(self, work: Callable[[], None]) -> None:
        """A function that nothing kills: what each write of these survives is another test's."""
        self.stores.dies, dies = 0.0, self.stores.dies
        self.time.runs([work])
        self.stores.dies = dies

    def _waits(self) -> None:
        """Whoever paused it lets it go on; else `tick` comes when what it waits for is due."""
        control = self.world.lanes.control(self.job_id)
        if control.word is Word.PAUSED:
            self.seen.paused += 1
            self._alone(lambda: self._says(Word.RUNNING))
            return
        due = self.world.store.load(self.job_id).due["items"].at
        self._busy = 1
        self.time.runs([lambda: self._sleeps(due), self._ticks, self._hears, self._people])
        record = self.world.store.load(self.job_id)
        if record.job.status is Status.PARKED:
            self._alone(lambda: look_after(self.world.deps, record))

    def _sleeps(self, until: datetime) -> None:
        self.time.pauses((until - self.time.now()).total_seconds())
        self._busy = 0

    def _each(self, seconds: float) -> Iterator[datetime]:
        """Every so often, as long as anybody works."""
        while self._busy:
            yield self.time.now()
            self.time.pauses(seconds)

    def _ticks(self) -> None:
        """The account is read once a minute, as it stands in the provider's journal."""
        for now in self._each(60):
            day = sum(at > now - timedelta(days=1) for at, _ in self.seen.journal)
            said = Said(sent=day, quota=self.quota, rate=self.rate, allowed=True)
            self.world.sending_account.says = said
            read_account(self.world.deps)

    def _hears(self) -> None:
        """What comes back, in batches, some of it twice."""
        deps = self.world.deps_again()
        for now in self._each(1):
            harmed = False
            while self.provider.events and self.provider.events[0][0] <= now:
                told = heapq.heappop(self.provider.events)[2]
                for _ in range(1 + (self.chance.random() < 0.05)):
                    note(deps, told)
                harmed = harmed or told.kind in UNWANTED
            if harmed:
                after_events(deps, self.job_id)

    def _people(self) -> None:
        """Whoever wants no more says so, and operators say their words."""
        for now in self._each(0.25):
            while self._opting and self._opting[0][0] <= now:
                self._opts_out(self._opting.popleft()[1])
            while self.provider.readers and self.provider.readers[0][0] <= now:
                *_, address, token = heapq.heappop(self.provider.readers)
                assert self.stores.opt_out(hashed(token), now)
                self.seen.opted_out.setdefault(address, now)
            while self._said and self._said[0][0] <= now:
                self._says(self._said.popleft()[1])

    def _opts_out(self, address: str) -> None:
        now = self.time.now()
        self.world.suppression.add(suppressed(address, "opt-out", now, "somebody"))
        self.seen.opted_out.setdefault(address, now)

    def _says(self, word: Word) -> None:
        """What somebody else said in the same moment stays."""
        for _ in range(5):
            try:
                order(self.world.deps, self.job_id, word, by="kim", reason="as the test says")
            except StoreConflict:
                self.time.pauses(0.1)
                continue
            except CountersignError:
                return
            return

    def _words(self) -> Iterator[tuple[datetime, Word]]:
        of = self.chances
        both = [(at, Word.PAUSED) for at in of.pauses]
        both += [(of.cancels, Word.CANCELLED)] if of.cancels is not None else []
        for seconds, word in sorted(both):
            yield self.began + timedelta(seconds=seconds), word

    def _before_their_mail(self) -> Iterator[tuple[datetime, str]]:
        """People on the list who say it while the campaign is sent."""
        some = int(len(self.addresses) * self.chances.opt_outs / 2)
        lasts = len(self.addresses) / self.rate * 2
        gone = self.chance.sample(self.addresses, some)
        moments = sorted(self.chance.uniform(0, lasts) for _ in gone)
        for seconds, address in zip(moments, gone, strict=True):
            yield self.began + timedelta(seconds=seconds), address

    def late(self) -> list[str]:
        """Addresses that a mail was meant for after they wanted none."""
        gone = self.seen.opted_out.items()
        key = contact_key
        return [one for one, at in gone if self.seen.intended.get(key(one), at) > at]

    def latest(self) -> timedelta:
        """How long after its opt-out the last mail went out that was begun before it."""
        gone = self.seen.opted_out
        after = [
            at - gone[to] for to, at in ((to, at) for at, to in self.seen.journal) if to in gone
        ]
        return max([one for one in after if one > timedelta()], default=timedelta())

    def journal(self, *domains: str) -> list[int]:
        """When mails came, to all or to these domains."""
        return [
            moment(at)
            for at, to in self.seen.journal
            if not domains or to.rpartition("@")[2] in domains
        ]

    def table(self) -> dict[str, str]:
        """How each row of the list ended, by its address."""
        lines = self.mailing.document("rows.csv").splitlines()[1:]
        states = [line.split(",")[1] for line in lines]
        return dict(zip(self.addresses, states, strict=True))


def _in_small_batches(size: int) -> World:
    world = outreach()
    flow = world.workflows["outreach"]
    assert flow.lane is not None
    small = replace(flow, lane=replace(flow.lane, batch=size))
    world.workflows = {**world.workflows, "outreach": small}
    world.deps = world.deps_again()
    return world
