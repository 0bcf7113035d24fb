"""`countersign cost`: what the model cost, by workflow and model, and per job."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import Annotated, Any

import typer
from rich.console import Group, RenderableType
from rich.text import Text

from countersign.domain.jobs.job import Status
from countersign.domain.reporting.costs import Cost, costs
from countersign.runtime.deps import Deps
from infra.cli.jobs import recent
from infra.cli.options import AsJson, Place, Stage, Where, show
from infra.cli.show import safe, shortened, table

MOST = 500
"""Jobs that are read of each status, the latest."""
NO_MODEL = "no model"


def cost(
    context: typer.Context,
    days: Annotated[int, typer.Option(min=1, max=400, help="jobs changed in so many days")] = 30,
    target: Where = Place.LOCAL,
    stage: Stage = "dev",
    as_json: AsJson = False,
) -> None:
    """What the model cost: calls, tokens and US$ by workflow and model, in all and per job. What
    AWS costs per job and when idle stands in the README's bill.

    Example: countersign cost --days 1 --target aws --stage prod
    """
    lines, cut = gather(context.obj(target, stage).deps(), days)
    show(
        _shown(lines, cut, days),
        {"cost": [_as_data(one) for one in lines], "cut": list(cut)},
        as_json=as_json,
    )


def gather(deps: Deps, days: int) -> tuple[list[Cost], tuple[str, ...]]:
    """One line for each workflow and model, the dearest first; and the statuses of which there are
    more jobs than were read."""
    records, cut = recent(deps, timedelta(days=days), MOST, tuple(Status))
    return costs(records), cut


def _as_data(line: Cost) -> dict[str, Any]:
    held = {**asdict(line), "model": line.model or NO_MODEL}
    return {**held, "usd": str(line.usd), "usd_per_job": str(line.usd_per_job)}


def _shown(lines: list[Cost], cut: tuple[str, ...], days: int) -> RenderableType:
    if not lines:
        return Text(f"No jobs in the last {days} days.")
    made = table("workflow", "model", "jobs", "calls", "tokens in / out", "US$", "per job")
    for one in lines:
        counts = (str(one.jobs), str(one.calls), f"{one.input_tokens} / {one.output_tokens}")
        names = (safe(one.workflow), safe(one.model or NO_MODEL))
        made.add_row(*names, *counts, str(one.usd), str(one.usd_per_job) if one.calls else "")
    return Group(made, *shortened(MOST, cut))
