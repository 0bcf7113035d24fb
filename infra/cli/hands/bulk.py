"""`countersign bulk`: one order over many jobs, counted first and worked through by `tick`."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import timedelta
from typing import Annotated, Any

import typer
from rich.table import Table

from countersign.domain.jobs.bulk import MOST, Bulk, Kind, State
from countersign.domain.jobs.job import JobSummary, Status
from countersign.jobs import bulk
from countersign.jobs.finding import latest
from countersign.runtime.deps import Deps
from infra.cli.known import check_workflow
from infra.cli.options import FAILED, AsJson, Place, Stage, Where, say, show
from infra.cli.show import lines, safe, table

app = typer.Typer(help=__doc__, no_args_is_help=True)
By = Annotated[str, typer.Option(help="your id in the directory of people")]
Reason = Annotated[str, typer.Option(help="why; each job's audit trail keeps it")]
Id = Annotated[str, typer.Argument(metavar="BULK", help="the id of an operation")]


@app.command("start")
def start(  # noqa: PLR0917 - Typer turns each parameter into an option
    context: typer.Context,
    kind: Annotated[Kind, typer.Argument(help="what is done with each job")],
    status: Annotated[Status, typer.Option(help="jobs of this status")],
    by: By,
    reason: Reason,
    workflow: Annotated[
        str, typer.Option(help="only jobs of this workflow", callback=check_workflow)
    ] = "",
    since: Annotated[int, typer.Option(min=1, help="that changed in so many hours")] = 24,
    search: Annotated[str, typer.Option(help="whose reason has these words")] = "",
    yes: Annotated[bool, typer.Option("--yes", help="do not ask")] = False,
    target: Where = Place.LOCAL,
    stage: Stage = "dev",
    as_json: AsJson = False,
) -> None:
    """Count the jobs that fit, freeze the list, and have `tick` work through it, the oldest first,
    as fast as what they wait for has time. Redrive, cancel, or resume their cases.

    Example: countersign bulk start redrive --status FAILED --by kim --reason 'the CRM is back'
    """
    deps = context.obj(target, stage).deps()
    found = sorted(_fitting(deps, status, workflow, since, search), key=lambda one: one.created_at)
    say(f"To {kind}: {len(found)} jobs.")
    if found and not (yes or as_json) and not typer.confirm("Go on?"):
        say("Nothing was ordered.")
        raise typer.Exit(FAILED)
    words = f"{status}, {workflow or 'all workflows'}, {since} h"
    made = Bulk(
        bulk_id=f"b-{secrets.token_hex(4)}",
        kind=kind,
        by=by,
        reason=reason,
        chosen_by=f"{words}, “{search}”" if search else words,
        at=deps.clock.now(),
        jobs=tuple(one.job_id for one in found),
    )
    _shown(bulk.order(deps, made, workflow), as_json=as_json)


@app.command("list")
def list_all(
    context: typer.Context,
    target: Where = Place.LOCAL,
    stage: Stage = "dev",
    as_json: AsJson = False,
) -> None:
    """List all operations: by whom, and how far they are.

    Example: countersign bulk list
    """
    found = context.obj(target, stage).deps().bulks.all()
    show(_table(found), {"bulk": [_as_data(one) for one in found]}, as_json=as_json)


@app.command("show")
def show_one(
    context: typer.Context,
    operation: Id,
    target: Where = Place.LOCAL,
    stage: Stage = "dev",
    as_json: AsJson = False,
) -> None:
    """Say how far one is, and of each job that was refused why.

    Example: countersign bulk show b-1a2b3c4d
    """
    _shown(context.obj(target, stage).deps().bulks.bulk(operation), as_json=as_json)


@app.command("suspend")
def suspend(  # noqa: PLR0917 - as start
    context: typer.Context,
    operation: Id,
    by: By,
    reason: Reason,
    target: Where = Place.LOCAL,
    stage: Stage = "dev",
    as_json: AsJson = False,
) -> None:
    """Stop before the next job, until somebody resumes it.

    Example: countersign bulk suspend b-1a2b3c4d --by kim --reason 'too fast for the desk'
    """
    deps = context.obj(target, stage).deps()
    _shown(bulk.turn(deps, operation, State.SUSPENDED, by, reason), as_json=as_json)


@app.command("resume")
def resume(  # noqa: PLR0917 - as start
    context: typer.Context,
    operation: Id,
    by: By,
    reason: Reason,
    target: Where = Place.LOCAL,
    stage: Stage = "dev",
    as_json: AsJson = False,
) -> None:
    """Go on where a suspended one stopped.

    Example: countersign bulk resume b-1a2b3c4d --by kim --reason 'the desk is through'
    """
    deps = context.obj(target, stage).deps()
    _shown(bulk.turn(deps, operation, State.RUNNING, by, reason), as_json=as_json)


@app.command("cancel")
def cancel(  # noqa: PLR0917 - as start
    context: typer.Context,
    operation: Id,
    by: By,
    reason: Reason,
    target: Where = Place.LOCAL,
    stage: Stage = "dev",
    as_json: AsJson = False,
) -> None:
    """End one: what is pending is left as it is, and what was done stays.

    Example: countersign bulk cancel b-1a2b3c4d --by kim --reason 'the wrong jobs'
    """
    deps = context.obj(target, stage).deps()
    _shown(bulk.turn(deps, operation, State.CANCELLED, by, reason), as_json=as_json)


def _fitting(
    deps: Deps, status: Status, workflow: str, hours: int, search: str
) -> Iterable[JobSummary]:
    """One more than an operation may have, so that too many are seen."""
    now = deps.clock.now()
    since = now - timedelta(hours=hours)
    for one in latest(deps.store, {status}, since, now, MOST + 1):
        fits = workflow in {"", one.workflow} and search.casefold() in one.reason.casefold()
        if fits and one.updated_at >= since:
            yield one


def _shown(held: Bulk, *, as_json: bool) -> None:
    counts = f"{held.ok} ok, {len(held.failed)} failed, {held.pending} pending"
    ordered = f"  {held.kind} of {held.chosen_by}, ordered by {held.by}: {held.reason}"
    turned = [f"  {held.state} by {held.changed_by}"] if held.changed_by else []
    why = [f"  {job_id}: {said}" for job_id, said in held.failed.items()]
    said = "\n".join((f"{held.bulk_id} is {held.state}: {counts}", ordered, *turned, *why))
    show(lines(said), _as_data(held), as_json=as_json)


def _as_data(held: Bulk) -> dict[str, Any]:
    return {
        "bulk_id": held.bulk_id,
        "kind": held.kind.value,
        "state": held.state.value,
        "by": held.by,
        "reason": held.reason,
        "chosen_by": held.chosen_by,
        "at": held.at.isoformat(),
        "changed_by": held.changed_by,
        "ok": held.ok,
        "failed": dict(held.failed),
        "pending": held.pending,
    }


def _table(found: Iterable[Bulk]) -> Table:
    made = table("operation", "of", "state", "ok", "failed", "pending", "by whom, and why")
    for one in found:
        counts = (str(one.ok), str(len(one.failed)), str(one.pending))
        told = safe(f"{one.by}: {one.reason}")
        made.add_row(one.bulk_id, one.kind.value, one.state.value, *counts, told)
    return made
