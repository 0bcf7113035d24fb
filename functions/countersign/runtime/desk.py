"""The desk of one job: its children's rows and their place in the queue, and nothing else."""

from __future__ import annotations

from countersign.actions.desk import Child, HandOver
from countersign.domain.errors import NotFound, Refused
from countersign.domain.jobs.handing import (
    Handed,
    child,
    child_id,
    handed_of,
    handed_over,
    team_of,
)
from countersign.runtime.intake import drawn, queue, store
from countersign.runtime.releasing import StageReleases


class JobDesk(StageReleases):
    """actions.desk.Desk, and actions.release.Releases: the desk is where we act on ourselves."""

    def hand_over(self, order: HandOver, key: str) -> Child:
        """The release that the child is pinned to is the present one of its process. A team's child
        is a job of the desk's own: its first step makes it that team's case."""
        self._deps.meter.before()
        parent = self._deps.store.load(self._deps.job_id).job
        workflow = parent.workflow if team_of(order.destination) else order.destination
        if workflow not in self._deps.workflows:
            raise Refused(f"there is no process {workflow}")
        handed = Handed(
            parent=parent.job_id,
            number=order.number,
            key=key,
            to=order.destination,
            about=order.about,
            quotes=order.quotes,
        )
        job = child(parent, order.number, workflow, "", self._deps.clock.now())
        known = store(self._deps, *drawn(self._deps, job, handed_over(job, handed)))
        queue(self._deps, job.job_id, workflow, known=known is not None)
        held = self.child(order.number)
        if held is None:
            raise Refused("the child of this number was there once and is gone")
        return held

    def child(self, number: int) -> Child | None:
        """Read consistently."""
        job_id = child_id(self._deps.job_id, number)
        try:
            handed = handed_of(self._deps.store.load(job_id))
        except NotFound:
            return None
        return Child(job_id, handed.to, handed.key) if handed else None
