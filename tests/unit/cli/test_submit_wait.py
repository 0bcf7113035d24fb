"""`countersign submit --wait`: how the job came to rest."""

from __future__ import annotations

import pytest

from countersign.domain.jobs.job import Status
from infra.cli.submit import SubmitError, outcome
from tests.fakes.world import World
from tests.unit.approvals.test_approval_edit import asked_job


def test_a_job_that_waits_for_a_signature_is_at_rest() -> None:
    """It is told at once, without a look too many."""
    world, journey = asked_job()
    record = outcome(world.store, journey.job_id, 5, sleep=_never)
    assert record.job.status is Status.WAITING_FOR_REVIEW


def test_a_job_that_never_comes_to_rest_is_told_with_what_to_do() -> None:
    """Nothing is there at all: after the seconds it says so."""
    world, times = World(lambda _: {}), iter((0.0, 1.0, 2.0, 6.0))
    with pytest.raises(SubmitError, match=r"not come to rest after 5 s: `countersign show`"):
        outcome(world.store, "j-nobody", 5, sleep=lambda _: None, clock=lambda: next(times))


def _never(_: float) -> None:
    raise AssertionError("it waited")
