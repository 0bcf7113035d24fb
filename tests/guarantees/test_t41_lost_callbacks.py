"""T41: whatever is killed around a decision, its job ends in its time, or an alarm says so."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from functools import cache

import pytest

from countersign.approvals.access import arrived
from countersign.approvals.decide import record_decision
from countersign.domain.approvals.approval import Choice, Decision
from countersign.domain.errors import Unavailable
from countersign.domain.jobs.change import Due, DueKind
from countersign.domain.jobs.inbox import open_case
from countersign.domain.jobs.job import FINISHED
from countersign.entrypoints.tick import tick
from countersign.jobs.redriving import redrive
from infra.alarms import LATE_SECONDS
from tests.fakes.journey import Journey, accept, form
from tests.fakes.store import Crash
from tests.fakes.world import World
from tests.seeds import dealt_by, drawn_seed
from workflows import WORKFLOWS

Figure = Callable[[str, int], None]
pytestmark = [pytest.mark.guarantee("T41"), pytest.mark.timeout(3600)]
WITHIN = 10
"""Minutes from a decision to its end."""
TRIES = 3
"""So often Lambda's crash is tried again by the machine."""


@cache
def waiting() -> Journey:
    """A lead whose reply waits for a signature: walked to once, since only what follows matters."""
    world = World(WORKFLOWS["lead_intake"].offline)
    journey = Journey(world, accept(world, form()))
    assert journey.goes() == "Ask"
    return journey


class Decided:
    """One job that waits for a signature, and the machine that carries it on."""

    def __init__(self, dice: random.Random) -> None:
        asked = waiting()
        self.dice = dice
        self.world = World(WORKFLOWS["lead_intake"].offline)
        self.world.store.put(asked.record)
        self.world.executions.waiting.update(asked.record.tokens.values())
        self.journey = Journey(self.world, asked.job_id)
        self._started = 0

    def signs(self) -> None:
        """Ana decides by the recorder of all pages."""
        deps, pending = self.world.deps, self.journey.record.pending
        if pending is None:
            return
        here = arrived(deps, self.journey.job_id, pending.approval_id, "ana")
        choice = self.dice.choice((Choice.APPROVE, Choice.REJECT))
        said = Decision(
            by="ana",
            at=self.world.clock.now(),
            choices=dict.fromkeys(pending.digests, choice),
            reason="not now",
        )
        record_decision(deps, here, said)

    def minute_passes(self) -> None:
        """`tick` comes, and whatever was started or told goes on."""
        self.world.clock.passes(minutes=1)
        tick(self.world.deps_again())
        self.goes_on()

    def goes_on(self) -> None:
        """The machine enters the next state, and enters it again when the function died in it."""
        executions = self.world.executions
        if executions.succeeded:
            executions.succeeded.clear()
            self._enters("Look")
        for _ in executions.started[self._started :]:
            self._started += 1
            self._enters("Prepare")

    def _enters(self, state: str) -> None:
        for _ in range(TRIES):
            with suppress(Crash):
                self.journey.goes(state)
                return
            state = self.journey.visited[-1]

    @property
    def is_over(self) -> bool:
        """Done, undone, or in a person's hands."""
        record = self.journey.record
        return record.job.status in FINISHED or open_case(record) is not None


@contextmanager
def killed(job: Decided, write: int) -> Iterator[None]:
    """The process dies just before this write from now."""
    job.world.store.crashes_before_write(write)
    with suppress(Crash):
        yield


def before_it_is_stored(job: Decided) -> None:
    """The page's function dies, and Ana presses the button again."""
    with killed(job, 1):
        job.signs()
    job.signs()


def before_it_is_told(job: Decided) -> None:
    """The decision stands; its execution hears nothing."""
    job.world.executions.broken = Unavailable("Step Functions does not answer")
    job.signs()
    job.world.executions.broken = None


def with_its_execution(job: Decided) -> None:
    """Nobody waits any more: the execution ended by itself."""
    job.world.executions.dead.add(job.journey.record.job.execution)
    job.world.executions.waiting.clear()
    job.signs()


def while_it_goes_on(job: Decided) -> None:
    """A step dies before one of its writes."""
    job.signs()
    with killed(job, job.dice.randint(1, 5)):
        job.goes_on()


def in_tick(job: Decided) -> None:
    """The callback is lost, and the minute's run that would repeat it dies."""
    before_it_is_told(job)
    job.world.clock.passes(minutes=3)
    with killed(job, 1):
        tick(job.world.deps_again())


KILLS: tuple[Callable[[Decided], None], ...] = (
    before_it_is_stored,
    before_it_is_told,
    with_its_execution,
    while_it_goes_on,
    in_tick,
)


def ends_in_time(job: Decided) -> bool:
    """Whether it is over before its time is."""
    job.goes_on()
    minutes = 0
    while not job.is_over and minutes < WITHIN:
        job.minute_passes()
        minutes += 1
    return job.is_over


@pytest.mark.parametrize(
    ("jobs", "kills"),
    [(100, 30), pytest.param(10_000, 3_000, marks=pytest.mark.soak)],
)
def test_every_decision_is_acted_on(jobs: int, kills: int, figure: Figure) -> None:
    """Done, undone or an open case within ten minutes; a mail that was cut off is a case, and no
    customer gets two."""
    dice = dealt_by(drawn_seed())
    stories = [KILLS[number % len(KILLS)] for number in range(kills)]
    for number in range(jobs):
        job = Decided(dice)
        (stories[number] if number < kills else Decided.signs)(job)
        assert ends_in_time(job), number
        customers = [m for m in job.world.mail.sent if m.to.endswith("hafenwerk.example")]
        assert len(customers) <= 1
    figure(f"{jobs:,} decisions with {kills:,} kills: each acted on within ten minutes", jobs)


def overlooked_by_a_bug(job: Decided) -> None:
    """The callback is lost, and so is the row by which it would be repeated."""
    before_it_is_told(job)
    record = job.journey.record
    rows: dict[DueKind, Due] = {k: row for k, row in record.due.items() if k != "callback"}
    job.world.store.put(replace(record, due=rows))


@pytest.mark.control
def test_one_dropped_callback_is_seen(capsys: pytest.CaptureFixture[str]) -> None:
    """Control: the job does not end. Its number moves above the alarm's limit, and an operator's
    redrive lets it go on."""
    job = Decided(dealt_by(drawn_seed()))
    overlooked_by_a_bug(job)
    assert not ends_in_time(job)
    job.world.clock.passes(minutes=4)
    capsys.readouterr()
    job.minute_passes()
    line = next(one for one in capsys.readouterr().out.splitlines() if "OldestDecided" in one)
    seconds = float(line.partition('"OldestDecidedSeconds":[')[2].partition("]")[0])
    assert seconds > timedelta(seconds=LATE_SECONDS).total_seconds()
    redrive(job.world.deps, job.journey.job_id, by="kim", reason="the callback was lost")
    job.goes_on()
    assert job.is_over
