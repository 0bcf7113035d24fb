"""`countersign follow`: a job's story as it happens."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from countersign.portal.timeline import Moment, timeline
from countersign.runtime.deps import Deps
from infra.cli.job_view import ended, waits_for
from infra.cli.jobs import load
from infra.cli.options import FAILED, AsJson, Place, Stage, Where, say, show
from infra.cli.show import safe

EVERY = 1.0
"""Seconds between two looks."""


def follow(  # noqa: PLR0917 - Typer turns each parameter into an option
    context: typer.Context,
    job: Annotated[str, typer.Argument(help="a job's id, or the beginning of one")],
    seconds: Annotated[int, typer.Option(min=1, help="stop after so long")] = 600,
    target: Where = Place.LOCAL,
    stage: Stage = "dev",
    as_json: AsJson = False,
) -> None:
    """Tell what happens to a job until it has ended; exit code 1 if it has not after that time.
    With --json each moment is one line of JSON.

    Example: countersign follow j-3xk7wq2p
    """
    deps = context.obj(target, stage).deps()
    job_id = load(deps.store, job, deps.clock.now()).job.job_id
    if not _followed(deps, job_id, seconds, as_json=as_json):
        say(f"{job_id} has not ended: it waits for {waits_for(deps.store.load(job_id))}")
        raise typer.Exit(FAILED)


def _followed(deps: Deps, job_id: str, seconds: int, *, as_json: bool) -> bool:
    """Whether it has ended."""
    told = 0
    for _ in range(round(seconds / EVERY)):
        record = deps.store.load(job_id)
        for moment in timeline(record)[told:]:
            _say(moment, as_json=as_json)
        told = len(record.audit)
        if ended(record):
            return True
        deps.pause(EVERY)
    return False


def _say(moment: Moment, *, as_json: bool) -> None:
    details = "; ".join(f"{name}: {value}" for name, value in moment.details)
    if as_json:
        data = {"since": moment.since, "who": moment.who, "what": moment.what, "details": details}
        typer.echo(json.dumps(data, ensure_ascii=False))
        return
    tail = f" ({details})" if details else ""
    show(safe(f"{moment.since:9.1f} s  {moment.who:<12} {moment.what}{tail}"), None, as_json=False)
