"""Undoing what a job did, from the command line."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from rich.console import Group, RenderableType
from rich.text import Text

from countersign.domain.errors import ContractBroken, NotPermitted
from countersign.jobs.rollback import allowed, roll_back
from countersign.portal.job import Preview, preview
from countersign.runtime.deps import Deps
from infra.cli.jobs import load
from infra.cli.options import FAILED, AsJson, Place, Stage, Where, say, show
from infra.cli.show import safe


def rollback(  # noqa: PLR0917 - Typer turns each parameter into an option
    context: typer.Context,
    job: Annotated[str, typer.Argument(help="the id of a job that has ended")],
    by: Annotated[str, typer.Option(help="your id in the directory of people")],
    reason: Annotated[str, typer.Option(help="why, for the audit trail and the job's end")],
    yes: Annotated[bool, typer.Option("--yes", help="do not ask")] = False,
    target: Where = Place.LOCAL,
    stage: Stage = "dev",
    as_json: AsJson = False,
) -> None:
    """Undo what a job did, last things first, each only if nobody has changed it since.

    Example: countersign rollback j-3xk7wq2p --by kim --reason 'the wrong customer'
    """
    deps = context.obj(target, stage).deps()
    planned, version = plan(deps, job, by, reason)
    if as_json and not yes:
        raise typer.BadParameter("--json asks nothing: add --yes to order it")
    if not as_json:
        show(told(planned), None, as_json=False)
    if not yes and not typer.confirm("Undo this?"):
        say("Nothing was ordered.")
        raise typer.Exit(FAILED)
    job = load(deps.store, job, deps.clock.now()).job.job_id
    record = roll_back(deps, job, by=by, reason=reason, version=version)
    after = f"{job} is {record.job.status}; `countersign show {job}` tells how it ends"
    show(after, {"job_id": job, "status": record.job.status, **as_data(planned)}, as_json=as_json)


def plan(deps: Deps, job_id: str, by: str, reason: str) -> tuple[Preview, int]:
    """What the order would do, and to which version of the job. Raises NotFound, NotPermitted or
    ContractBroken before anybody is asked to confirm what would be refused anyway."""
    record = load(deps.store, job_id, deps.clock.now())
    if not reason.strip():
        raise ContractBroken("a rollback needs a reason: give it with --reason")
    workflow = deps.workflows.get(record.job.workflow)
    judged = allowed(deps.people.directory().member(by), record, workflow)
    if workflow is None or not judged.allowed:
        raise NotPermitted(f"{job_id} is not rolled back: {judged.reason}")
    return preview(record, workflow), record.job.version


def told(planned: Preview) -> RenderableType:
    """The plan for a person."""
    lines = [Text("To be undone, each only if nobody has changed it since:")]
    lines += [safe(f"  {n}. {words}") for n, words in enumerate(planned.undone, 1)]
    if planned.stays:
        lines.append(Text("Stays, and opens a case:"))
        lines += [safe(f"  - {one.words} ({one.why})") for one in planned.stays]
    return Group(*lines)


def as_data(planned: Preview) -> dict[str, Any]:
    """The plan for a tool."""
    stays = [{"words": one.words, "why": one.why} for one in planned.stays]
    return {"undone": list(planned.undone), "stays": stays}
