"""Which fault is told by what: each is injected, and the table in docs/ says what told it.

`python -m tests.guarantees.test_told_faults` writes the table anew.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import redirect_stdout
from dataclasses import dataclass
from io import StringIO

import pytest

from countersign import observability
from countersign.domain.approvals.approval import Choice
from countersign.domain.errors import Misconfigured, Refused, Throttled, Unavailable
from countersign.domain.jobs.job import Status
from countersign.domain.reporting.failing import Failure, failing, of_ledger
from countersign.domain.reporting.stuck import stuck
from countersign.entrypoints.execution_events import record_end
from countersign.entrypoints.tick import tick
from countersign.jobs.resume import wake
from countersign.runtime.intake import queue
from infra.alarms import Alarm, alarms
from infra.cli.questions.lines import failures_in
from infra.settings import ROOT
from tests.fakes.journey import Journey, accept, form
from tests.fakes.world import World
from workflows import WORKFLOWS

TABLE = ROOT / "docs/howto/faults.md"
_HEAD = """# Which fault is told by what

Each fault is injected by a test, which writes this table: the alarms that ring, the metrics that
move, and what `countersign failing` and `countersign stuck` say. Alarms on AWS's own metrics ring
beside these: executions that fail or time out, dead letters, 5xx of the doors, throttled functions.
What an alarm asks for stands in the [runbook](runbook.md).

| fault | alarms | metrics | failing | stuck |
|---|---|---|---|---|
"""
MANY = 30
"""Longer than a step tries by itself."""


@dataclass(frozen=True)
class Told:
    """What told of a fault."""

    alarms: tuple[str, ...]
    metrics: tuple[str, ...]
    failing: tuple[str, ...]
    stuck: tuple[str, ...]

    @property
    def cells(self) -> str:
        parts = (self.alarms, self.metrics, self.failing, self.stuck)
        return " | ".join(", ".join(part).replace("`", "") or "–" for part in parts)


def lead(world: World, number: int = 1) -> Journey:
    """A lead that has been accepted."""
    body = form(email=f"ada{number}@firm{number}.example", country="Germany")
    return Journey(world, accept(world, body, event=f"lead-{number}"))


def is_not_queued(world: World) -> None:
    """SQS takes nothing, at the door and afterwards."""
    world.queue.broken = Unavailable("SQS does not answer")
    journey = lead(world)
    queue(world.deps, journey.job_id, "lead_intake")
    world.clock.passes(minutes=35)


def is_throttled(world: World) -> None:
    """For longer than a step waits."""
    world.crm.fails_with(Throttled("later"), times=10 * MANY)
    lead(world).goes()


def is_down(world: World) -> None:
    """So often that its breaker opens."""
    world.crm.fails_with(Unavailable("down"), times=10 * MANY)
    for number in range(6):
        lead(world, number).goes()


def takes_no_key(world: World) -> None:
    """401 or 403."""
    world.crm.fails_with(Misconfigured("the CRM does not take our key"), times=MANY)
    lead(world).goes()


def says_no(world: World) -> None:
    """A 4xx that is about the job."""
    world.crm.fails_with(Refused("it does not take that"), times=MANY)
    lead(world).goes()


def loses_the_callback(world: World) -> None:
    """The execution still waits when the clock looks."""
    journey = lead(world)
    journey.goes()
    journey.is_decided(Choice.APPROVE)
    world.clock.passes(minutes=3)
    wake(world.deps, journey.record)


def is_signed_by_nobody(world: World) -> None:
    """All tiers' time is over."""
    journey = lead(world)
    journey.goes()
    for _ in range(6):
        world.clock.passes(days=1)
        tick(world.deps)
    journey.answered()


def is_killed(world: World) -> None:
    """Whatever killed it."""
    journey = lead(world)
    journey.stops_before("Act")
    assert record_end(world.deps, journey.job_id, journey.job_id, "TIMED_OUT")


def meets_a_defect(world: World) -> None:
    """An error that no one foresaw."""
    world.model.answers(*[ValueError("a defect of ours")] * MANY)
    lead(world).goes()


def is_nonsense(world: World) -> None:
    """The answer and its repair."""
    world.model.answers(*["{"] * MANY)
    lead(world).goes()


def is_left(world: World) -> None:
    """No event of its end came."""
    lead(world).stops_before("Act")
    world.clock.passes(minutes=35)


FAULTS: dict[str, Callable[[World], None]] = {
    "an accepted event is not queued": is_not_queued,
    "an outside system throttles": is_throttled,
    "an outside system is down": is_down,
    "an outside system does not take our key": takes_no_key,
    "an outside system refuses one job's data": says_no,
    "a decision's callback is lost": loses_the_callback,
    "nobody signs in time": is_signed_by_nobody,
    "an execution is killed or runs out of time": is_killed,
    "our own code fails": meets_a_defect,
    "the model answers nonsense, whatever it is told": is_nonsense,
    "an execution stops and nobody says so": is_left,
}


def told(inject: Callable[[World], None]) -> Told:
    """Everything that moved after the fault and one run of `tick`."""
    world = World(WORKFLOWS["lead_intake"].offline)
    with redirect_stdout(StringIO()) as out:
        inject(world)
        tick(world.deps)
    lines = out.getvalue().splitlines()
    moved = [one for line in lines for one in _moved(line)]
    last = {(name, tuple(sorted(where.items()))): value for name, value, where in moved}
    records = list(world.store._records.values())
    failed = [*(f for line in lines for f in failures_in(line)), *_of_ledgers(world)]
    return Told(
        alarms=tuple(sorted(one.name for one in alarms() if _rings(one, last))),
        metrics=tuple(sorted({n for n, much, _ in moved if much and not n.startswith("Oldest")})),
        failing=tuple(f"{one.step} {one.what}" for one in failing(failed, 0)),
        stuck=tuple(f"{g.status}: {g.cause.why}" for g in stuck(records, world.clock.now(), 0)),
    )


def _of_ledgers(world: World) -> Iterator[Failure]:
    return (one for record in world.store._records.values() for one in of_ledger(record))


def _moved(line: str) -> Iterator[tuple[str, float, dict[str, str]]]:
    """(metric, value, dimensions but the service) of one line."""
    if "_aws" in line:
        said = json.loads(line)
        for emf in said["_aws"]["CloudWatchMetrics"]:
            (names,) = emf["Dimensions"]
            where = {name: said[name] for name in names if name != "service"}
            yield from ((one["Name"], max(said[one["Name"]]), where) for one in emf["Metrics"])


def _rings(alarm: Alarm, last: Mapping[tuple[str, tuple[tuple[str, str], ...]], float]) -> bool:
    """By the last value of its metric under its dimensions."""
    return last.get((alarm.metric, tuple(sorted(alarm.dimensions))), 0) > alarm.above


def table(found: Mapping[str, Told]) -> str:
    """The document."""
    return _HEAD + "".join(f"| {fault} | {what.cells} |\n" for fault, what in found.items())


def everything() -> dict[str, Told]:
    """What tells of each fault, injected now."""
    return {fault: told(inject) for fault, inject in FAULTS.items()}


def test_the_table_says_what_told_of_each_fault_and_none_is_silent() -> None:
    """The document is what was told just now; each fault has an alarm, or stands in `failing` or
    `stuck`."""
    found = everything()
    assert TABLE.read_text() == table(found)
    silent = [f for f, one in found.items() if not (one.alarms or one.failing or one.stuck)]
    assert silent == []


@pytest.mark.control
def test_a_job_that_goes_well_is_told_by_nothing() -> None:
    """Control: without a fault no alarm rings and nothing fails or is stuck."""
    found = told(_ends_well)
    assert (found.alarms, found.failing, found.stuck) == ((), (), ())


def _ends_well(world: World) -> None:
    journey = lead(world)
    journey.goes()
    journey.is_decided(Choice.APPROVE)
    journey.answered()
    assert journey.record.job.status is Status.COMPLETED


if __name__ == "__main__":
    observability.logger()
    TABLE.write_text(table(everything()))
