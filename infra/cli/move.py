"""Moving a job to another process, from the command line."""

from __future__ import annotations

from typing import Annotated

import typer

from countersign.domain.jobs.handing import parent_of, team_of
from countersign.jobs.moving import move as move_job
from countersign.jobs.rejected import hand_to
from infra.cli.jobs import load
from infra.cli.options import AsJson, Place, Stage, Where, show


def move(  # noqa: PLR0917 - Typer turns each parameter into an option
    context: typer.Context,
    job: Annotated[str, typer.Argument(help="a job that a desk handed over, or that is a case")],
    to: Annotated[str, typer.Option(help="a workflow, or team: and a team")],
    by: Annotated[str, typer.Option(help="your id in the directory of people")],
    reason: Annotated[str, typer.Option(help="why, for the audit trail and the job's end")],
    target: Where = Place.LOCAL,
    stage: Stage = "dev",
    as_json: AsJson = False,
) -> None:
    """End a job that went to the wrong process; the one that handed it over does so anew.

    A case, or what people rejected, goes to a team as it is: --to team:support.

    Example: countersign move j-3xk7wq2p --to refund_request --by kim --reason 'a refund'
    """
    deps = context.obj(target, stage).deps()
    record = load(deps.store, job, deps.clock.now())
    job, team = record.job.job_id, team_of(to)
    if team and not parent_of(record):
        hand_to(deps, job, team, by=by, words=reason)
        show(f"{job} is a case of {team}", {"job_id": job, "to": to}, as_json=as_json)
        return
    parent = move_job(deps, job, to, by=by, reason=reason)
    told = f"{job} is ended as moved; `countersign show {parent.job.job_id}` tells where it goes"
    show(told, {"job_id": job, "parent": parent.job.job_id, "to": to}, as_json=as_json)
