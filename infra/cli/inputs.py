"""`countersign inputs`: what comes in and what becomes of it, so that no kind goes unseen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import timedelta
from typing import Annotated

import typer
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from countersign.domain.jobs.job import Status
from countersign.domain.reporting.inputs import Around, Arrived, InputCount, around, counted
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
    release: Annotated[
        str, typer.Option(help="compare with what came before this release: how its digest begins")
    ] = "",
    target: Where = Place.LOCAL,
    stage: Stage = "dev",
    as_json: AsJson = False,
) -> None:
    """Count what came in by outcome, reason and kind, with samples.

    With --release: before it and since, what changed most first.

    Example: countersign inputs --days 30
    """
    found = gather(context.obj(target, stage).deps(), days)
    if not release:
        lines = counted(found, samples)
        show(_shown(lines), {"inputs": [asdict(line) for line in lines]}, as_json=as_json)
        return
    both = around(found, _whole(release, found), samples)
    show(_compared(both), {"inputs": [asdict(line) for line in both]}, as_json=as_json)


def _whole(begins: str, found: Sequence[Arrived]) -> str:
    """The digest of the one release among the jobs that begins so. Raises BadParameter."""
    known = sorted({one.release for one in found if one.release.startswith(begins)})
    if len(known) == 1:
        return known[0]
    told = "no job that was read ran under it" if not known else f"{len(known)} releases begin so"
    raise typer.BadParameter(f"{begins}: {told}; `countersign release status` says which are live")


def gather(deps: Deps, days: int) -> tuple[Arrived, ...]:
    """Read at most 500 jobs of each status."""
    now = deps.clock.now()
    since = now - timedelta(days=days)
    found = latest(deps.store, Status, since, now, MOST)
    languages = deps.company.languages if deps.company else ()
    records = (deps.store.load(one.job_id) for one in found if one.updated_at >= since)
    return tuple(
        Arrived(
            job_id=record.job.job_id,
            workflow=record.job.workflow,
            outcome=record.job.status.value,
            reason=record.job.reason,
            kind=kind(record, languages),
            release=record.job.release,
            at=record.job.created_at,
        )
        for record in records
    )


def _compared(lines: tuple[Around, ...]) -> RenderableType:
    if not lines:
        return Text("Nothing came in.")
    table = Table(show_edge=False, pad_edge=False)
    for name in ("before", "since", "outcome", "kind", "reason and samples"):
        table.add_column(name, justify="right" if name in {"before", "since"} else "left")
    for line in lines:
        told = safe(f"{line.reason or 'no reason'}")
        told.append(f"\n{' '.join(line.samples)}", style="dim")
        shares = (f"{line.share_before * 100:.0f} %", f"{line.share_after * 100:.0f} %")
        table.add_row(*shares, line.outcome, line.kind, told)
    totals = (sum(one.before for one in lines), sum(one.after for one in lines))
    last = f"{lines[0].workflow}: {totals[0]} inputs before, {totals[1]} since"
    return Group(table, Text(last, style="dim"))


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
