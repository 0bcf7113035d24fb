"""How far a file is: counted from the rows at this moment, for who asks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from countersign.domain.errors import NotFound
from countersign.domain.lane.control import Control
from countersign.domain.lane.items import Tally
from countersign.domain.lane.run import Run
from countersign.lane.files import LaneFiles
from countersign.lane.split import seen_of
from countersign.runtime.deps import Deps


@dataclass(frozen=True)
class Progress:
    """Where every row stands, and how fast the run that is under way goes on."""

    run: Run
    control: Control
    seen: Tally
    a_second: float
    """Rows that ended since the run began, over its seconds; 0 where none is under way."""

    @property
    def time_left(self) -> timedelta | None:
        """Until nothing is left at this pace; None where nothing goes on."""
        return timedelta(seconds=round(self.seen.left / self.a_second)) if self.a_second else None


def progress(deps: Deps, job_id: str) -> Progress:
    """That of a job's file. Raises NotFound for a job without one, or whose file is not begun."""
    run = deps.lanes.run(job_id)
    if run is None:
        raise NotFound(f"no items of {job_id} are worked on")
    if run.ended_at and not run.seen.left:
        return Progress(run, deps.lanes.control(job_id), run.seen, 0.0)
    plan = LaneFiles(deps.payloads, job_id).plan(run.plan)
    heads = deps.lanes.heads(job_id, (one.number for one in plan.batches))
    seen = seen_of(deps, run, plan, heads)
    seconds = (deps.clock.now() - run.begun_at).total_seconds()
    under_way = run.ended_at is None and seconds > 0
    pace = (run.seen.left - seen.left) / seconds if under_way else 0.0
    return Progress(run, deps.lanes.control(job_id), seen, pace)
