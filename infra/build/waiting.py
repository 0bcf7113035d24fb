"""What still waits in a stage under a version of an action that the code is about to lose."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import timedelta

from countersign.domain.jobs.change import JobRecord
from countersign.domain.jobs.job import FINISHED, KEPT_DAYS, Status
from countersign.domain.ledger.entry import NOT_BEGUN
from countersign.domain.workflow import Workflows, known
from countersign.runtime.deps import Deps
from infra.cli.jobs import recent
from infra.cli.target import TargetError, chosen
from workflows import registered

MOST = 1_000
"""Jobs that are read of each status: where there are more, the count is a least one."""
UNFINISHED = tuple(status for status in Status if status not in FINISHED)


def in_stage(stage: str, *, retiring: bool = False) -> tuple[str, ...]:
    """`refusals` of what waits in a stage on AWS; none where nothing whole is there. Raises
    AccountError without credentials."""
    try:
        deps = chosen("aws", stage).deps()
    except TargetError:
        return ()
    return refusals(registered(stage), unfinished(deps), retiring=retiring)


def unfinished(deps: Deps) -> list[JobRecord]:
    """Jobs of the stage that may still act."""
    return recent(deps, timedelta(days=KEPT_DAYS), MOST, UNFINISHED)[0]


def refusals(
    workflows: Workflows, records: Iterable[JobRecord], *, retiring: bool
) -> tuple[str, ...]:
    """For each version that jobs wait under and this code would not run: how many do. When
    `retiring`, versions that run for one deploy more count as gone."""
    counts = Counter(one for record in records for one in _lost(workflows, record, retiring))
    return tuple(
        f"{count} job{'s' if count > 1 else ''} of {workflow} wait{'' if count > 1 else 's'} under"
        f" {action} v{version}: keep it in `earlier` until they are done"
        for (workflow, action, version), count in sorted(counts.items())
    )


def _lost(
    workflows: Workflows, record: JobRecord, retiring: bool
) -> Iterator[tuple[str, str, int]]:
    """Each version once for a job."""
    workflow = workflows.get(record.job.workflow)
    if workflow is None:
        return
    found = set()
    for held in record.ledger:
        if held.status not in NOT_BEGUN:
            continue
        there = known(workflow, held)
        old = there is not None and there is not workflow.actions.get(held.action)
        if there is None or (retiring and old):
            found.add((workflow.id, held.action, held.action_version))
    yield from found
