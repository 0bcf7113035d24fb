"""T51: 7,200 rows that come due at once: the oldest jobs are woken first, no faster than what they
wait for has time, and `tick` works through 5,000 rows a minute where nothing is waited for.

Store, rows of keys and starts are in memory and time is virtual: each call to AWS takes as long as
it usually does, divided by how many are under way at once. Whoever is woken books what it needs, as
the visits of its execution do.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from countersign.domain.jobs.change import Due, JobRecord
from countersign.domain.jobs.job import Job, Status
from countersign.domain.limits.pace import RateLimit, Wish, moment
from countersign.entrypoints.tick import THREADS, tick
from countersign.jobs.resume import unpark
from countersign.runtime.deps import Deps
from countersign.runtime.pace import Paced
from countersign.runtime.visits import FURTHEST
from tests.builders import job
from tests.fakes.store import FakeStore
from tests.fakes.world import START, FakeClock, World

Figure = Callable[[str, int], None]
pytestmark = [pytest.mark.guarantee("T51"), pytest.mark.timeout(300)]

CALL = timedelta(milliseconds=20)
MINUTE = timedelta(minutes=1)
WAY = timedelta(seconds=5)
"""From its start to its first request."""
DUE: Mapping[str, int] = {"": 5_500, "crm": 1_200, "payments": 500}
NEEDS: Mapping[str, Mapping[str, int]] = {
    "": {},
    "crm": {"crm-read": 1, "crm-write": 7},
    "payments": {"payments": 4},
}
"""What one job needs in truth, at each key; nobody has told `tick`."""
LIMITS = {
    "crm-read": (RateLimit(requests=100, seconds=10),),
    "crm-write": (RateLimit(requests=100, seconds=10),),
    "payments": (RateLimit(requests=20, seconds=1),),
}
LONGEST_QUEUE = timedelta(minutes=3)


class SlowStore(FakeStore):
    """Each call takes its time, as many as there are threads at once."""

    def __init__(self, clock: FakeClock) -> None:
        super().__init__()
        self._clock = clock

    def load(self, job_id: str) -> JobRecord:
        self.takes_a_call()
        return super().load(job_id)

    def write(self, before: Job, *rest: Any) -> None:
        self.takes_a_call()
        super().write(before, *rest)

    def takes_a_call(self) -> None:
        self._clock.pauses(CALL.total_seconds() / THREADS)


@dataclass
class Moment:
    """ports.Clock of a visit."""

    at: datetime

    def now(self) -> datetime:
        return self.at


class Machine:
    """The state machine: an execution books the turns of its visits, and ends."""

    def __init__(self, herd: Herd) -> None:
        self._herd = herd

    def start(self, name: str, job_id: str) -> None:
        herd = self._herd
        herd.store.takes_a_call()
        record = herd.held(job_id)
        assert name == record.job.execution
        herd.woken[record.job.workflow].append(record.job)
        visits = Deps(herd.world.settings, limits=herd.store.limits)
        visits.__dict__["wall"] = Moment(herd.world.clock.now() + WAY)
        visits.memory = herd.memory
        for key, requests in NEEDS[record.job.workflow].items():
            Paced(visits, key).takes(Wish(requests, record.job.workflow))
        herd.store.put(replace(record, due={}))


@dataclass
class Herd:
    """Jobs that were parked, and are due at once. Their workflow is what they wait for."""

    due: Mapping[str, int] = field(default_factory=lambda: DUE)
    woken: dict[str, list[Job]] = field(default_factory=lambda: defaultdict(list))
    queues: list[timedelta] = field(default_factory=list)
    """How far ahead the CRM was booked, after each run."""

    def __post_init__(self) -> None:
        self.world = World(lambda _: {})
        self.store = self.world.store = SlowStore(self.world.clock)
        self.world.limits = self.store.limits
        self.world.settings = self.world.settings.model_copy(update={"connector_limits": LIMITS})
        self.world.executions = Machine(self)  # type: ignore[assignment] # starts are all it is asked
        self.deps = self.world.deps_again()
        self.memory = self.deps.memory
        dealt = random.Random(51)  # noqa: S311 - replayable, not secret
        for system, many in self.due.items():
            for number in range(many):
                self._parks(system, number, timedelta(seconds=dealt.uniform(0, 3_600)))

    def _parks(self, system: str, number: int, age: timedelta) -> None:
        """What waits for nothing is due in the order of age; when the others are due says nothing
        of who came first."""
        began = START - timedelta(days=1) - age
        parked = job(
            Status.PARKED, job_id=f"j-{system}-{number}", workflow=system, created_at=began
        )
        late = age if not system else timedelta(seconds=number % 60)
        row = Due(kind="parked", at=START - late, waits_for=system)
        self.store.put(JobRecord(job=parked, due={"parked": row}))

    def held(self, job_id: str) -> JobRecord:
        """As it is stored, at no cost."""
        return FakeStore.load(self.store, job_id)

    def runs(self, minute: Callable[[Deps], int] = tick) -> list[int]:
        """Minute by minute until nobody waits; how many were woken in each."""
        done: list[int] = []
        while sum(map(len, self.woken.values())) < sum(self.due.values()):
            began = self.world.clock.now()
            done.append(minute(self.deps))
            self.queues.append(self._ahead())
            rest = MINUTE - (self.world.clock.now() - began)
            self.world.clock.pauses(rest.total_seconds())
        return done

    def _ahead(self) -> timedelta:
        booked = self.store.limits.seen("crm-write").row.queue - moment(self.world.clock.now())
        return timedelta(microseconds=booked)

    def out_of_order(self, system: str) -> int:
        """How many were woken before somebody who had come earlier."""
        began = [one.created_at for one in self.woken[system]]
        return sum(later < earlier for earlier, later in pairwise(began))

    def check(self) -> None:
        """Each once, the oldest first, and nobody waits behind more than a short queue."""
        for system, many in self.due.items():
            assert len({one.job_id for one in self.woken[system]}) == many
            assert len(self.woken[system]) == many
            assert self.out_of_order(system) == 0
        assert max(self.queues) <= LONGEST_QUEUE


def test_thousands_are_woken_oldest_first_at_the_pace_of_what_they_wait_for(
    figure: Figure,
) -> None:
    """The CRM, which takes 1.3 jobs a second, is kept busy and its queue short; what waits for
    nothing does not wait for it."""
    herd = Herd()
    done = herd.runs()
    herd.check()
    assert done[0] >= 5_000
    ideal = timedelta(seconds=DUE["crm"] * NEEDS["crm"]["crm-write"] / 10)
    assert len(done) * MINUTE <= 1.3 * ideal
    longest = max(herd.queues).total_seconds()
    figure(
        f"{sum(DUE.values()):,} rows due at once: {done[0]:,} in the first minute, the CRM's jobs "
        f"in {len(done)} minutes (ideal {ideal / MINUTE:.0f}), its queue at most {longest:.0f} s",
        sum(done),
    )


def all_together(deps: Deps) -> int:
    """What was there before: whatever is due is woken, as it was due."""
    rows = list(deps.store.due(deps.clock.now()))
    for row in rows:
        unpark(deps, deps.store.load(row.job_id))
    return len(rows)


@pytest.mark.control
def test_control_all_together_is_a_herd() -> None:
    """The CRM is booked for longer than an execution waits, and its oldest job is one of many."""
    herd = Herd(due={"crm": DUE["crm"]})
    herd.runs(all_together)
    assert max(herd.queues) > FURTHEST
    assert herd.out_of_order("crm") > DUE["crm"] / 3
    with pytest.raises(AssertionError):
        herd.check()
