"""T50: a burst of 200 visits in the provider's own journal: no window over the limit, nearly all of
it used, and somebody else's single job starts at once. Visits are killed, and come late.

The visits are the product's own, in virtual time: each has a clock of its own, and they come in the
order of it, as functions do that share nothing but the row.
"""

from __future__ import annotations

import heapq
import math
from bisect import bisect_right, insort
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count
from typing import Protocol

import pytest

from countersign.connectors.dynamodb.limits import DynamoLimits
from countersign.domain.errors import NotYourTurn, Throttled
from countersign.domain.jobs.change import JobRecord
from countersign.domain.limits.pace import RateLimit, Told
from countersign.domain.ports import KeyLimits
from countersign.runtime.deps import Deps
from countersign.runtime.pace import Memory, Paced
from countersign.runtime.settings import Settings
from countersign.runtime.step import Call
from countersign.runtime.visits import PacedVisit, kept_as, paced
from tests.builders import job
from tests.fakes.limits import FakeLimits
from tests.fakes.on_moto import jobs_table
from tests.fakes.world import START, FakeClock
from tests.guarantees.leases import Slot, SlotLimit, free, given_back, lease, next_free
from tests.seeds import dealt_by, drawn_seed

Figure = Callable[[str, int], None]
pytestmark = [pytest.mark.guarantee("T50"), pytest.mark.timeout(1200)]

KEY, LIMIT = "crm-write", RateLimit(requests=100, seconds=10)
VISITS, REQUESTS, PROCESSES = 200, 8, 10
KILLED, LATE = 4, 0.2
"""Visits that die on their way; seconds that a function begins after the wait for its turn."""
SINGLES = 6
"""Jobs of another workflow during the burst."""
LONG = 20


class Killed(BaseException):
    """SIGKILL, in virtual time."""


def _at(request: tuple[float, str]) -> float:
    return request[0]


@dataclass
class Journal:
    """The provider: what it was asked and when, by workflow. `most` is its limit at a second of the
    test, as its answers tell it; None: it lets everything through. `others` are what somebody else
    asks with the same key."""

    most: Callable[[float], int] | None = None
    others: list[float] = field(default_factory=list)
    asked: list[tuple[float, str]] = field(default_factory=list)
    """In the order of their times."""
    refused: int = 0

    def takes(self, at: datetime, workflow: str) -> Told | None:
        """One request. Raises Throttled, as HubSpot does."""
        now = (at - START).total_seconds()
        if self.most is None:
            insort(self.asked, (now, workflow))
            return None
        ours = bisect_right(self.asked, now - 10, key=_at), bisect_right(self.asked, now, key=_at)
        window = [one for one in self.others if 0 <= now - one < 10]
        window += (at for at, _ in self.asked[slice(*ours)])
        left = self.most(now) - len(window)
        if left <= 0:
            self.refused += 1
            raise Throttled("slow down", math.ceil(min(window) + 10 - now))
        insort(self.asked, (now, workflow))
        return Told(RateLimit(requests=self.most(now), seconds=LIMIT.seconds), left - 1)

    def most_within(self, seconds: float) -> int:
        """The most requests in any window."""
        times, most, first = [at for at, _ in self.asked], 0, 0
        for last, at in enumerate(times):
            while times[first] <= at - seconds:
                first += 1
            most = max(most, last - first + 1)
        return most

    def used(self) -> float:
        """How much of the limit the burst used, from its begin to its end."""
        times = [at for at, workflow in self.asked if workflow == "leads"]
        return len(times) / max(times) / (LIMIT.requests / LIMIT.seconds)


@dataclass(frozen=True)
class Coming:
    """A visit that begins: of which job, in which process, after how many tries."""

    record: JobRecord
    process: int
    dies_after: int = -1
    """Requests that it makes before it is killed."""
    retries: int = 0


Send = Callable[[], "Told | None"]


class Design(Protocol):
    """How a visit waits for the provider; what it raises or returns is when it comes again."""

    def visits(self, coming: Coming, clock: FakeClock, send: Send) -> Coming | None: ...


class ByTurns:
    """The product."""

    def __init__(self, limits: KeyLimits) -> None:
        self._limits = limits
        self._settings = Settings(connector_limits={KEY: (LIMIT,)})
        self._memories = [Memory() for _ in range(PROCESSES)]

    def visits(self, coming: Coming, clock: FakeClock, send: Send) -> Coming | None:
        deps = Deps(
            self._settings, limits=self._limits, wall=clock, clock=clock, pause=clock.pauses
        )
        deps.memory = self._memories[coming.process]
        held, workflow = coming.record.job, coming.record.job.workflow
        call = Call(job_id=held.job_id, execution="e", state="Act", retries=coming.retries)
        visit = PacedVisit(Paced(deps, KEY), coming.record.job, call, (KEY, workflow))
        try:
            with paced(visit, REQUESTS):
                for _ in range(REQUESTS):
                    self._asks(deps, visit, send)
        except NotYourTurn as later:
            clock.pauses(later.seconds)
            kept = held.model_copy(update={"turns": {kept_as(later.key, call.state): later.turn}})
            return replace(coming, record=replace(coming.record, job=kept), retries=0)
        return None

    def _asks(self, deps: Deps, visit: PacedVisit, send: Send) -> None:
        """One request, again after each pause, as `retry.watched` does."""
        while True:
            deps.meter.before()
            try:
                told = send()
            except Throttled as later:
                visit.told_to_wait(later.retry_after)
            else:
                deps.meter.after(told)
                return


class ByEach(ByTurns):
    """Turns of a limit that is never corrected."""

    def _asks(self, deps: Deps, visit: PacedVisit, send: Send) -> None:  # noqa: ARG002 - as ByTurns
        while True:
            deps.meter.before()
            try:
                send()
            except Throttled as later:
                deps.pause(later.retry_after or 0)
            else:
                return


class BySlots:
    """Ten slots with leases, each taken for a second and an action: what was there before."""

    def __init__(self) -> None:
        self._limit = SlotLimit(slots=10, seconds=1)
        self._slots: dict[int, Slot] = {}

    def visits(self, coming: Coming, clock: FakeClock, send: Send) -> Coming | None:
        open_ = free(self._slots.values(), self._limit, clock.now())
        if not open_:
            until = next_free(self._slots.values(), self._limit, clock.now())
            clock.pauses((until - clock.now()).total_seconds() + 0.01)
            return coming
        held = lease(KEY, open_[0], coming.record.job.job_id, clock.now(), 60)
        self._slots[held.number] = held
        for _ in range(REQUESTS):
            send()
        back = given_back(held, clock.now(), self._limit, 1)
        assert back
        self._slots[held.number] = back
        return None


class Burst:
    """All visits at once, and single ones of other workflows while they last."""

    def __init__(self, design: Design, seed: int, journal: Journal | None = None) -> None:
        self.journal = journal or Journal()
        self._design = design
        self._dealt = dealt_by(seed)
        self._order = count()
        self._events: list[tuple[datetime, int, Coming]] = []
        self._arrived: dict[str, float] = {}
        dying = self._dealt.sample(range(VISITS), KILLED)
        for number in range(VISITS):
            dies = self._dealt.randrange(REQUESTS) if number in dying else -1
            self._comes(self._dealt.uniform(0, 2), f"lead-{number}", "leads", dies)
        for number in range(SINGLES):
            self._arrived[f"other-{number}"] = 5.0 + 20 * number
            self._comes(5.0 + 20 * number, f"single-{number}", f"other-{number}")

    def runs(self) -> list[float]:
        """Until all have ended; in how many seconds each of the single ones began."""
        while self._events:
            at, _, coming = heapq.heappop(self._events)
            clock = FakeClock(at)
            again = self._visits(coming, clock)
            if again:
                late = timedelta(seconds=self._dealt.uniform(0, LATE))
                self._push(clock.now() + late, again)
        begun: dict[str, float] = {}
        for when, workflow in self.journal.asked:
            begun.setdefault(workflow, when)
        return [begun[workflow] - came for workflow, came in self._arrived.items()]

    def _visits(self, coming: Coming, clock: FakeClock) -> Coming | None:
        left = coming.dies_after

        def send() -> Told | None:
            nonlocal left
            if left == 0:
                raise Killed
            left -= 1
            return self.journal.takes(clock.now(), coming.record.job.workflow)

        try:
            return self._design.visits(coming, clock, send)
        except Killed:
            clock.pauses(1.0)
            return replace(coming, dies_after=-1, retries=1)

    def _comes(self, after: float, job_id: str, workflow: str, dies: int = -1) -> None:
        record = JobRecord(job=job(job_id=job_id, workflow=workflow))
        coming = Coming(record, self._dealt.randrange(PROCESSES), dies)
        self._push(START + timedelta(seconds=after), coming)

    def _push(self, at: datetime, coming: Coming) -> None:
        heapq.heappush(self._events, (at, next(self._order), coming))


def proven(limits: KeyLimits, figure: Figure) -> None:
    """One burst within the bar."""
    seed = drawn_seed()
    made = Burst(ByTurns(limits), seed)
    journal, singles = made.journal, made.runs()
    leads = sum(workflow == "leads" for _, workflow in journal.asked)
    assert leads >= (VISITS - KILLED) * REQUESTS
    most, used = journal.most_within(LIMIT.seconds), journal.used()
    assert most <= LIMIT.requests
    assert used >= 0.77
    assert max(singles) <= 1.0
    figure(
        f"{VISITS} visits, {KILLED} killed: at most {most} of {LIMIT.requests} in any window, "
        f"{used:.0%} of the limit used, others begin within {max(singles):.1f} s",
        len(journal.asked),
    )


@pytest.fixture
def table() -> Iterator[KeyLimits]:
    """The row in a table."""
    with jobs_table() as db:
        yield DynamoLimits("jobs", db)


def test_no_window_goes_over_the_limit_and_a_lane_stays_free(figure: Figure) -> None:
    """A burst of 200 visits of eight requests, with kills, on a row in memory, which the contract
    of the table makes the same."""
    proven(FakeLimits(), figure)


@pytest.mark.soak
def test_the_same_on_a_table(table: KeyLimits, figure: Figure) -> None:
    """Not in memory."""
    proven(table, figure)


HALF_FROM, OTHERS_EACH = 30.0, 0.4
STRAY = 0.02
"""Of the requests, that are refused while a lower limit is learnt."""
TROUBLES = ["its limit halves", "somebody else asks too"]


def refused(trouble: str, design: Design) -> float:
    """Of the requests, in a burst whose provider gives less from half a minute on; all visits end
    with all of theirs."""
    seed = drawn_seed()
    halves = trouble == "its limit halves"
    others = [] if halves else [HALF_FROM + OTHERS_EACH * n for n in range(1_000)]
    journal = Journal(lambda at: 50 if halves and at >= HALF_FROM else 100, others)
    Burst(design, seed, journal).runs()
    leads = sum(workflow == "leads" for _, workflow in journal.asked)
    assert leads >= (VISITS - KILLED) * REQUESTS
    return journal.refused / len(journal.asked)


@pytest.mark.parametrize("trouble", TROUBLES)
def test_a_provider_that_gives_less_is_followed(trouble: str) -> None:
    """Few requests are refused."""
    assert refused(trouble, ByTurns(FakeLimits())) <= STRAY


@pytest.mark.control
@pytest.mark.parametrize("trouble", TROUBLES)
def test_control_who_waits_alone_follows_nobody(trouble: str) -> None:
    """Each visit obeys its own refusals, and tells nobody: the others run into theirs."""
    assert refused(trouble, ByEach(FakeLimits())) > 2 * STRAY


@pytest.mark.soak
def test_twenty_bursts(figure: Figure) -> None:
    """The same, twenty times."""
    for _ in range(LONG):
        proven(FakeLimits(), figure)


@pytest.mark.control
def test_control_slots_with_leases_break_the_window() -> None:
    """They bound visits, not requests."""
    made = Burst(BySlots(), seed=1)
    assert max(made.runs()) > 1.0
    assert made.journal.most_within(LIMIT.seconds) > 2 * LIMIT.requests
