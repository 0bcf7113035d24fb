"""Split: which batches have something left, as the list that the Map goes through."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from countersign.domain.errors import StaleExecution
from countersign.domain.lane.batches import Batch, Head, Plan
from countersign.domain.lane.items import Tally, tally
from countersign.domain.lane.run import Run, counted
from countersign.lane.files import LaneFiles
from countersign.lane.functions import RunCall, handler_of
from countersign.runtime.deps import Deps


def split(deps: Deps, call: RunCall) -> dict[str, Any]:
    """Where the list lies. A run over which nothing is left goes through the first batch, whose
    child finds it closed: a Map over no batch at all is not the same everywhere."""
    run, files = current(deps, call), LaneFiles(deps.payloads, call.job_id)
    plan = files.plan(run.plan)
    heads = deps.lanes.heads(call.job_id, (one.number for one in plan.batches))
    deps.lanes.keep_run(run, counted(run, seen_of(deps, run, plan, heads)))
    some = [one for one in plan.batches if not _is_closed(heads.get(one.number))]
    key = files.keep_list(run.name, some or plan.batches[:1])
    return {
        "job_id": call.job_id,
        "execution": call.execution,
        "bucket": deps.settings.payloads_bucket,
        "key": key,
        "sends": files.about().sends,
    }


def current(deps: Deps, call: RunCall) -> Run:
    """The run of this execution. Raises StaleExecution when another one follows it already."""
    run = deps.lanes.run(call.job_id)
    if run is None or run.name != call.execution:
        raise StaleExecution("another run goes through the file now")
    return run


def seen_of(deps: Deps, run: Run, plan: Plan, heads: Mapping[int, Head]) -> Tally:
    """Where every row of the file stands, from the rows themselves."""
    found = Tally(quarantined=run.seen.quarantined)
    for batch in plan.batches:
        found = found.plus(_of_batch(deps, run.job_id, batch, heads.get(batch.number)))
    return found


def _of_batch(deps: Deps, job_id: str, batch: Batch, head: Head | None) -> Tally:
    if head is None:
        return Tally(left=batch.size)
    return head.closed or tally(batch.size, deps.lanes.items(job_id, batch.number).values())


def _is_closed(head: Head | None) -> bool:
    return head is not None and head.closed is not None


handler = handler_of(split, RunCall)
