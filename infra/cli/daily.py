"""`countersign daily`: what ended with nothing of its own done, as its owners are mailed it."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any

import typer
from rich.console import Group, RenderableType
from rich.text import Text

from countersign.domain.jobs.job import Status
from countersign.jobs.handover import about
from countersign.reporting.daily import is_listed
from countersign.runtime.deps import Deps
from infra.cli.jobs import recent
from infra.cli.options import AsJson, Place, Stage, Where, show
from infra.cli.show import safe

MOST = 500
"""Jobs that are read of each status, the latest."""


def daily(
    context: typer.Context,
    days: Annotated[int, typer.Option(min=1, max=400, help="jobs ended in so many days")] = 1,
    target: Where = Place.LOCAL,
    stage: Stage = "dev",
    as_json: AsJson = False,
) -> None:
    """List what was dismissed, rejected, joined or in shadow; what was not to be can be taken up.
    A form that broke its contract is listed while its case is open.

    Example: countersign daily --days 7
    """
    jobs = gather(context.obj(target, stage).deps(), days)
    show(_shown(jobs), {"set_aside": jobs}, as_json=as_json)


def gather(deps: Deps, days: int) -> list[dict[str, Any]]:
    """Of at most 500 jobs of each status, those that did nothing, latest first."""
    ended = (Status.REJECTED, Status.SHADOWED, Status.COMPLETED, Status.ESCALATED)
    found, _ = recent(deps, timedelta(days=days), MOST, ended)
    latest = sorted(filter(is_listed, found), key=lambda one: one.job.updated_at, reverse=True)
    return [
        {
            "job_id": one.job.job_id,
            "workflow": one.job.workflow,
            "status": one.job.status.value,
            "ended": one.job.updated_at.isoformat(),
            "reason": one.job.reason,
            "about": dict(about(one, deps.workflows.get(one.job.workflow))),
        }
        for one in latest
    ]


def _shown(jobs: list[dict[str, Any]]) -> RenderableType:
    if not jobs:
        return Text("Nothing was set aside.")
    lines = [
        safe(
            f"{one['job_id']}  {one['workflow']}  {one['reason']}  "
            + ", ".join(one["about"].values())
        )
        for one in jobs
    ]
    last = "Take one up: countersign case JOB resume --by PERSON --words REASON"
    if all(one["status"] == Status.SHADOWED for one in jobs):
        last = "Mark what was in shadow: countersign review next"
    return Group(*lines, Text(f"{len(jobs)} set aside. {last}", style="dim"))
