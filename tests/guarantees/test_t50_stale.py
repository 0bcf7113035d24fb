"""T50: 2,000 jobs whose records are too old after ten seconds all end: a turn outlives the reading.

The visits are the product's own, in virtual time, in the order of the states: Look, then Act, which
goes back to Look where its records have grown too old; what waits for long is parked, and comes
back a little before its turn, at a full minute.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count

import pytest

from countersign.domain.errors import NotYourTurn
from countersign.domain.jobs.change import JobRecord
from countersign.domain.limits.pace import RateLimit, Turn
from countersign.runtime.deps import Deps
from countersign.runtime.pace import Paced
from countersign.runtime.settings import Settings
from countersign.runtime.step import Call
from countersign.runtime.visits import FURTHEST, PacedVisit, kept_as, paced
from countersign.steps.park import EARLY
from tests.builders import job
from tests.fakes.limits import FakeLimits
from tests.fakes.world import START, FakeClock

Figure = Callable[[str, int], None]
pytestmark = [pytest.mark.guarantee("T50"), pytest.mark.timeout(300)]

JOBS = 600
STALE = timedelta(seconds=10)
MINUTE = timedelta(minutes=1)
KEYS = {"Look": "crm-read", "Act": "crm-write"}
REQUESTS = {"Look": 1, "Act": 8}
LIMITS = dict.fromkeys(KEYS.values(), (RateLimit(requests=100, seconds=10),))


@dataclass
class Held:
    """A job on its way."""

    number: int
    state: str = "Look"
    read_at: datetime = START
    turns: dict[str, Turn] = field(default_factory=dict)


class Crowd:
    """All jobs at once. `keeps`: a turn that was promised is kept, as the product does."""

    def __init__(self, jobs: int, *, keeps: bool = True) -> None:
        self._keeps = keeps
        self._limits = FakeLimits()
        self._settings = Settings(connector_limits=LIMITS)
        self._memory = Deps(self._settings).memory
        self._order = count()
        self._coming: list[tuple[datetime, int, Held]] = []
        self.visits: Counter[str] = Counter()
        self.ended: list[datetime] = []
        for number in range(jobs):
            self._comes(START + number * timedelta(milliseconds=1), Held(number))

    def runs(self, until: datetime) -> None:
        """As long as anybody is on the way."""
        while self._coming and self._coming[0][0] < until:
            at, _, held = heapq.heappop(self._coming)
            self._enters(held, FakeClock(at))

    def _enters(self, held: Held, clock: FakeClock) -> None:
        if held.state == "Act" and clock.now() - held.read_at > STALE:
            held.state = "Look"
        self.visits[held.state] += 1
        try:
            self._visits(held, clock)
        except NotYourTurn as later:
            self._waits(held, clock, later)
        else:
            self._goes_on(held, clock)

    def _visits(self, held: Held, clock: FakeClock) -> None:
        key = KEYS[held.state]
        given = {"limits": self._limits, "wall": clock, "clock": clock, "pause": clock.pauses}
        deps = Deps(self._settings, **given)
        deps.memory = self._memory
        turns = held.turns if self._keeps else {}
        record = JobRecord(job=job(job_id=f"j-{held.number}", workflow="leads", turns=turns))
        call = Call(job_id=record.job.job_id, execution="e", state=held.state)
        visit = PacedVisit(Paced(deps, key), record.job, call, (key, "leads"))
        with paced(visit, REQUESTS[held.state]):
            for _ in range(REQUESTS[held.state]):
                visit.before()

    def _waits(self, held: Held, clock: FakeClock, later: NotYourTurn) -> None:
        """In the machine; beyond a quarter of an hour in the table, and then from Look on."""
        held.turns[kept_as(later.key, held.state)] = later.turn
        if timedelta(seconds=later.seconds) <= FURTHEST:
            self._comes(clock.now() + timedelta(seconds=later.seconds), held)
            return
        parked = later.turn.at - EARLY - START
        held.state = "Look"
        self._comes(START + (parked // MINUTE + 1) * MINUTE, held)

    def _goes_on(self, held: Held, clock: FakeClock) -> None:
        held.turns.pop(kept_as(KEYS[held.state], held.state), None)
        if held.state == "Act":
            self.ended.append(clock.now())
            return
        held.read_at, held.state = clock.now(), "Act"
        self._comes(clock.now(), held)

    def _comes(self, at: datetime, held: Held) -> None:
        heapq.heappush(self._coming, (at, next(self._order), held))


def test_all_end_although_their_records_are_old_when_their_turn_comes(figure: Figure) -> None:
    """With half more time than the limit asks for, a quarter of which keeps the lane free."""
    crowd = Crowd(JOBS)
    ideal = timedelta(seconds=JOBS * REQUESTS["Act"] / 10)
    crowd.runs(START + 1.5 * ideal)
    assert len(crowd.ended) == JOBS
    looks = crowd.visits["Look"] / JOBS
    assert looks <= 6
    took = (max(crowd.ended) - START) / ideal
    figure(
        f"{JOBS:,} jobs, records old after 10 s: {took:.2f} × ideal, {looks:.1f} looks each", JOBS
    )


@pytest.mark.control
def test_control_turns_that_are_not_kept_are_a_livelock() -> None:
    """Whoever waited reads anew and goes to the end of the queue: most never end."""
    few = JOBS // 20
    crowd = Crowd(few, keeps=False)
    crowd.runs(START + 3 * timedelta(seconds=few * REQUESTS["Act"] / 10))
    assert len(crowd.ended) < few / 2
