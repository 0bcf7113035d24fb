"""Waiting for what a stop of the tour set off."""

from __future__ import annotations

import time
from collections.abc import Callable

from countersign.domain.jobs.job import Status
from infra.local.stand import Stand

WITHIN = 60.0


def until(true: Callable[[], bool], within: float = WITHIN) -> None:
    """Until it is."""
    deadline = time.monotonic() + within
    while not true():
        assert time.monotonic() < deadline, "this stop of the tour did not come to its end"
        time.sleep(0.3)


def status(stand: Stand, job: str) -> Status:
    """The job's status."""
    return stand.deps.store.load(job).job.status
