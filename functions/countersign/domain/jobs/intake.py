"""Intake: how an accepted event becomes a job, or a record of why it did not."""

from __future__ import annotations

from datetime import datetime, timedelta

from countersign.domain.jobs.change import Change, Due
from countersign.domain.jobs.job import Job, Source, Status, execution_name, job_id_of

START_WITHIN = timedelta(minutes=2)
"""An accepted job that has not begun by then is queued again."""


def new_job(workflow: str, release: str, source: Source, at: datetime) -> Job:
    """A job for the event in `source`; the same event always gives the same id."""
    job_id = job_id_of(source.door, workflow, source.sender, source.event_id)
    return begun(job_id, workflow, release, source, at)


def begun(job_id: str, workflow: str, release: str, source: Source, at: datetime) -> Job:
    """A job that has not begun, under an id of its own."""
    return Job(
        job_id=job_id,
        workflow=workflow,
        status=Status.PENDING,
        version=0,
        execution=execution_name(job_id, 1),
        attempt=1,
        release=release,
        source=source,
        created_at=at,
        updated_at=at,
    )


def accepted(job: Job) -> Change:
    """The event is ours from here on; if it does not begin in time, `tick` queues it again."""
    return Change(
        event="accepted",
        actor=f"door:{job.source.door}",
        fields={"body_digest": job.source.body_digest, "size": str(job.source.size)},
        due=(Due(kind="queue", at=job.created_at + START_WITHIN),),
    )


def turned_away(job: Job, reason: str) -> Change:
    """The event is recorded and ends here, with the reason."""
    return Change(
        event="turned away",
        actor=f"door:{job.source.door}",
        status=Status.REJECTED,
        reason=reason,
    )
