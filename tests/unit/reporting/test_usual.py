"""`tick` compares each workflow with itself: what changed since the last look is counted once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from countersign.domain.jobs.job import Status
from countersign.reporting.usual import look
from tests.builders import AT, job, record, unusual
from tests.fakes.world import World
from workflows import WORKFLOWS

MINUTES = timedelta(minutes=5)


def test_what_changed_is_counted_once() -> None:
    """Jobs that came and ended between two looks are one arrival and one end each; a case that is
    open for days is one bad end, and another workflow's jobs are not this one's."""
    world = World(lambda _: {}, {"lead_intake": WORKFLOWS["lead_intake"]})
    look(world.deps)
    began = world.clock.now()
    world.clock.passes(minutes=5)
    came = {"workflow": "lead_intake", "created_at": began + MINUTES / 5}
    at = {"updated_at": began + MINUTES / 2}
    world.store.put(record((), job=job(Status.COMPLETED, job_id="j-1", **came, **at)))
    world.store.put(record((), job=job(Status.ESCALATED, job_id="j-2", **came, **at)))
    world.store.put(record((), job=job(Status.COMPLETED, job_id="j-3", **at)))
    look(world.deps)
    found = world.usual.all()["lead_intake"]
    assert found.last_job == came["created_at"]
    assert [(one.ended, one.bad) for one in found.hour] == [(0, 0), (2, 1)]
    world.clock.passes(minutes=5)
    look(world.deps)
    again = world.usual.all()["lead_intake"]
    assert [(one.ended, one.bad) for one in again.hour] == [(0, 0), (2, 1), (0, 0)]


def test_what_is_unusual_is_a_metric_and_names_its_workflow_in_the_log(
    capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    """A silent workflow and one whose jobs end badly; a usual one says nothing."""
    world = World(lambda _: {}, {"lead_intake": WORKFLOWS["lead_intake"]})
    world.usual.put("lead_intake", unusual(world.clock.now()))
    world.clock.passes(minutes=5)
    for number in range(4):
        old = {"workflow": "lead_intake", "created_at": AT - timedelta(days=9)}
        world.store.put(record((), job=job(Status.FAILED, job_id=f"j-{number}", **old)))
    look(world.deps)
    said = capsys.readouterr().out
    assert '"JobsMissing"' in said
    assert '"EndsUnusual"' in said
    assert [vars(one)["workflow"] for one in caplog.records] == ["lead_intake"] * 2
