"""`countersign rerun`: run a job again from a step, after a look at what that will do."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import redirect_stdout
from io import StringIO
from typing import Annotated, Any

import typer
from rich.console import Group, RenderableType
from rich.text import Text

from countersign.domain.ledger.entry import LedgerEntry
from countersign.domain.planning.rerun import Order, Preview, Step
from countersign.domain.workflow import Workflow
from countersign.jobs.rerunning import plan
from countersign.jobs.rerunning import rerun as rerun_job
from infra.cli.job_view import words
from infra.cli.jobs import load
from infra.cli.options import FAILED, AsJson, Place, Stage, Where, say, show
from infra.cli.show import safe

_NOT_KNOWN = (
    "What the new job will want is not known before it: nothing was proposed, or no records read."
)


def rerun(  # noqa: PLR0917 - Typer turns each parameter into an option
    context: typer.Context,
    job: Annotated[str, typer.Argument(help="the id of a job that has ended")],
    step: Annotated[Step, typer.Option("--from", help="what is done anew, and all after it")],
    by: Annotated[str, typer.Option(help="your id in the directory of people")],
    reason: Annotated[str, typer.Option(help="why, for both jobs' audit trails")],
    again: Annotated[
        list[str] | None, typer.Option("--again", help="an action to do once more, if signed")
    ] = None,
    preview: Annotated[bool, typer.Option("--preview", help="order nothing")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="do not ask")] = False,
    target: Where = Place.LOCAL,
    stage: Stage = "dev",
    as_json: AsJson = False,
) -> None:
    """Run a job again as a new, linked job. What was done counts as done; to do it once more takes
    --again and a signature, and so does what people did not want. Records are always read anew and
    no signature carries over: for whatever comes after Look, say look.

    Example: countersign rerun j-3xk7wq2p --from look --by kim --reason 'the price list was wrong'
    """
    if as_json and not (yes or preview):
        raise typer.BadParameter("--json asks nothing: add --yes to order it, or --preview")
    deps = context.obj(target, stage).deps()
    job = load(deps.store, job, deps.clock.now()).job.job_id
    order = Order(step, by, reason, frozenset(again or ()))
    planned = plan(deps, job, order)
    workflow = deps.workflows[planned.base.job.workflow]
    data: dict[str, Any] = {"of": job, "from": step.value, **_as_data(planned.preview, workflow)}
    if not as_json:
        show(_told(planned.preview, workflow), None, as_json=False)
    if preview:
        show("Nothing was ordered.", {"job_id": "", **data}, as_json=as_json)
        return
    if not yes and not typer.confirm("Run it again?"):
        say("Nothing was ordered.")
        raise typer.Exit(FAILED)
    with redirect_stdout(StringIO()):  # a function's metrics are no command's output
        made = rerun_job(deps, planned)
    after = f"{made} runs it again. How it goes:\ncountersign follow {made}"
    show(after, {"job_id": made, **data}, as_json=as_json)


def _told(preview: Preview, workflow: Workflow[Any]) -> RenderableType:
    lines = [
        *_listed("Counts as done:", preview.skipped, workflow),
        *_listed("Will be done by itself:", preview.runs, workflow),
        *_listed("Takes a signature:", preview.asks, workflow),
    ]
    if preview.planned is None:
        lines.append(Text(_NOT_KNOWN))
    elif preview.runs or preview.asks:
        lines.append(Text("So by what is stored: records are read anew first, and they decide."))
    else:
        lines.append(Text("Nothing more is wanted, as far as what is stored tells."))
    return Group(*lines)


def _listed(
    title: str, entries: Iterable[LedgerEntry], workflow: Workflow[Any]
) -> Iterable[RenderableType]:
    said = [safe(f"  - {words(held, workflow)}") for held in entries]
    return [Text(title), *said] if said else []


def _as_data(preview: Preview, workflow: Workflow[Any]) -> dict[str, Any]:
    def each(entries: Iterable[LedgerEntry]) -> list[dict[str, str]]:
        return [{"action": held.action, "words": words(held, workflow)} for held in entries]

    return {
        "known": preview.planned is not None,
        "done": each(preview.skipped),
        "runs": each(preview.runs),
        "asks": each(preview.asks),
    }
