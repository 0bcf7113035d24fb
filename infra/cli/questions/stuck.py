"""`countersign stuck`: which jobs do not go on, grouped by cause, with what is to be done."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import Annotated, Any

import typer
from rich.console import Group, RenderableType
from rich.text import Text

from countersign.domain.canonical import plain
from countersign.domain.jobs.job import FINISHED, Status
from countersign.domain.reporting.stuck import StuckGroup, stuck
from countersign.runtime.deps import Deps
from infra.cli.job_view import span
from infra.cli.jobs import recent
from infra.cli.options import AsJson, Most, Place, Stage, Where, show
from infra.cli.show import SHORT, safe, shortened, table

MOST = 500
"""Jobs that are read of each status, the latest, unless asked otherwise."""
_OPEN = tuple(one for one in Status if one not in FINISHED)
_EVER = timedelta(days=400)


def stuck_jobs(  # noqa: PLR0917 - Typer turns each parameter into an option
    context: typer.Context,
    samples: Annotated[int, typer.Option(min=0, max=20, help="ids of so many jobs a line")] = 3,
    most: Most = MOST,
    target: Where = Place.LOCAL,
    stage: Stage = "dev",
    as_json: AsJson = False,
) -> None:
    """Which jobs do not go on, and why: those that wait for a person, an outside system or a
    sender, that died, or that nobody has worked on for a quarter of an hour.

    Example: countersign stuck --target aws --stage prod
    """
    groups, cut = gather(context.obj(target, stage).deps(), samples, most)
    data = {"stuck": [_as_data(one) for one in groups], "cut": list(cut)}
    show(_shown(groups, cut, most), data, as_json=as_json)


def gather(deps: Deps, samples: int, most: int) -> tuple[tuple[StuckGroup, ...], tuple[str, ...]]:
    """Read at most so many unfinished jobs of each status; the statuses of which there are more."""
    records, cut = recent(deps, _EVER, most, _OPEN)
    return stuck(records, deps.clock.now(), samples), cut


def _as_data(group: StuckGroup) -> dict[str, Any]:
    """`oldest` in seconds."""
    cause = {"cause": group.cause.why, "what_to_do": group.cause.what_to_do}
    return {**{k: v for k, v in asdict(group).items() if k != "cause"}, **cause} | {
        "workflows": list(group.workflows),
        "samples": list(group.samples),
        "oldest": plain(int(group.oldest)),
    }


def _shown(groups: tuple[StuckGroup, ...], cut: tuple[str, ...], most: int) -> RenderableType:
    if not groups:
        return Text("Nothing is stuck.")
    found = table("jobs", "oldest", "status", "why, what to do, and the oldest jobs")
    for group in groups:
        cell = safe(group.cause.why)
        cell.append(f"\n{group.cause.what_to_do}")
        cell.append(f"\n{' '.join(one[:SHORT] for one in group.samples)}", style="dim")
        found.add_row(str(group.count), span(group.oldest), group.status, cell)
    return Group(found, *shortened(most, cut))
