"""`countersign inputs`: what comes in and what becomes of it, so that no kind goes unseen."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import Annotated

import typer
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from countersign.domain.jobs.job import Status
from countersign.domain.reporting.inputs import Arrived, InputCount, counted
from countersign.extraction.input_kinds import kind
from countersign.jobs.finding import latest
from countersign.runtime.deps import Deps
from infra.cli.options import AsJson, Place, Stage, Where, show
from infra.cli.show import safe

MOST = 500
"""Jobs that are read of each status, the latest."""


def inputs(  # noqa: PLR0917 - Typer turns each parameter into an option
    context: typer.Context,
    days: Annotated[int, typer.Option(min=1, max=400, help="jobs changed in so many days")] = 30,
    samples: Annotated[int, typer.Option(min=0, max=20, help="ids of so many jobs a line")] = 3,
    target: Where = Place.LOCAL,
    stage: Stage = "dev",
    as_json: AsJson = False,
) -> None:
    """Count what came in by outcome, reason and kind, with samples: before and after a release.

    Example: countersign inputs --days 30
    """
    lines = gather(context.obj(target, stage).deps(), days, samples)
    show(_shown(lines), {"inputs": [asdict(line) for line in lines]}, as_json=as_json)


def gather(deps: Deps, days: int, samples: int) -> tuple[InputCount, ...]:
    """Read at most 500 jobs of each status."""
    now = deps.clock.now()
    since = now - timedelta(days=days)
    found = [one for status in Status for one in latest(deps.store, status, since, now, MOST)]
    languages = deps.company.languages if deps.company else ()
    records = (deps.store.load(one.job_id) for one in found if one.updated_at >= since)
    return counted(
        (
            Arrived(
                job_id=record.job.job_id,
                workflow=record.job.workflow,
                outcome=record.job.status.value,
                reason=record.job.reason,
                kind=kind(record, languages),
            )
            for record in records
        ),
        samples,
    )


def _shown(lines: tuple[InputCount, ...]) -> RenderableType:
    if not lines:
        return Text("Nothing came in.")
    table = Table(show_edge=False, pad_edge=False)
    for name in ("inputs", "share", "workflow", "outcome", "kind", "reason and samples"):
        table.add_column(name, justify="right" if name in {"inputs", "share"} else "left")
    for line in lines:
        told = safe(f"{line.reason or 'no reason'}")
        told.append(f"\n{' '.join(line.samples)}", style="dim")
        share = f"{line.share * 100:.0f} %"
        table.add_row(str(line.count), share, line.workflow, line.outcome, line.kind, told)
    total = sum(line.count for line in lines)
    return Group(table, Text(f"{total} inputs in {len(lines)} lines", style="dim"))
