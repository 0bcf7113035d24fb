"""Waiting for a job of the stand, up to a bound."""

from __future__ import annotations

import time

from countersign.domain.jobs.change import JobRecord
from countersign.domain.jobs.job import Status
from infra.local.player.signer import Signer
from infra.local.stand import Stand

ENDS_WITHIN = 60.0


def reaches(stand: Stand, job_id: str, *statuses: Status, ticking: float = 0.0) -> JobRecord:
    """The job, once it has one of `statuses`. With `ticking`, the scheduled work is done every so
    many seconds meanwhile, as `make run` does each minute: what rests is taken up again."""
    begun = time.monotonic()
    ticks = 0
    while time.monotonic() < begun + ENDS_WITHIN:
        if ticking and time.monotonic() >= begun + ticks * ticking:
            stand.tick()
            ticks += 1
        record = stand.deps.store.load(job_id)
        if record.job.status in statuses:
            return record
        time.sleep(0.1)
    raise AssertionError(f"still {record.job.status}: {record.job.reason}")


def until_mailed(stand: Stand) -> None:
    """Until a mail with a link has left: a job says that it waits before its own has."""
    deadline = time.monotonic() + ENDS_WITHIN
    while not any(mail.links for mail in stand.mailbox.all()):
        assert time.monotonic() < deadline, "no mail with a link came"
        time.sleep(0.1)


def decide(url: str, job_id: str, choice: str, reason: str = "", by: str = "") -> None:
    """Answer the job's link as soon as its mail is there: the job says that it waits before it has
    left."""
    signer, deadline = Signer(url), time.monotonic() + ENDS_WITHIN
    while not signer.decide(job_id, choice, reason, by):
        assert time.monotonic() < deadline, "no mail with a link came"
        time.sleep(0.1)
