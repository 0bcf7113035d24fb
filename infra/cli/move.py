"""Moving a job to another process, from the command line."""

from __future__ import annotations

from typing import Annotated

import typer

from countersign.jobs.moving import move as move_job
from infra.cli.jobs import load
from infra.cli.options import AsJson, Place, Stage, Where, show


def move(  # noqa: PLR0917 - Typer turns each parameter into an option
    context: typer.Context,
    job: Annotated[str, typer.Argument(help="the id of a job that a desk handed over")],
    to: Annotated[str, typer.Option(help="a workflow, or team: and a team")],
    by: Annotated[str, typer.Option(help="your id in the directory of people")],
    reason: Annotated[str, typer.Option(help="why, for the audit trail and the job's end")],
    target: Where = Place.LOCAL,
    stage: Stage = "dev",
    as_json: AsJson = False,
) -> None:
    """End a job that went to the wrong process; the one that handed it over does so anew.

    Example: countersign move j-3xk7wq2p --to refund_request --by kim --reason 'a refund'
    """
    deps = context.obj(target, stage).deps()
    job = load(deps.store, job, deps.clock.now()).job.job_id
    parent = move_job(deps, job, to, by=by, reason=reason)
    told = f"{job} is ended as moved; `countersign show {parent.job.job_id}` tells where it goes"
    show(told, {"job_id": job, "parent": parent.job.job_id, "to": to}, as_json=as_json)
