"""`countersign cost`: what the model cost, by workflow and model, and per job."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal
from typing import Annotated, Any

import typer
from rich.console import Group, RenderableType
from rich.text import Text

from countersign.domain.jobs.change import JobRecord
from countersign.domain.jobs.job import Status
from countersign.runtime.deps import Deps
from infra.cli.job_view import cost_of
from infra.cli.jobs import recent
from infra.cli.options import AsJson, Place, Stage, Where, show
from infra.cli.show import safe, shortened, table

MOST = 500
"""Jobs that are read of each status, the latest."""
_CENT = Decimal("0.000001")


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
    show(_shown(lines, cut, days), {"cost": lines, "cut": list(cut)}, as_json=as_json)


def gather(deps: Deps, days: int) -> tuple[list[dict[str, Any]], tuple[str, ...]]:
    """One line for each workflow and model, the dearest first; and the statuses of which there are
    more jobs than were read."""
    records, cut = recent(deps, timedelta(days=days), MOST, tuple(Status))
    among: dict[tuple[str, str], list[JobRecord]] = defaultdict(list)
    for record in records:
        among[record.job.workflow, cost_of(record)["model"] or "no model"].append(record)
    lines = [_line(*key, found) for key, found in among.items()]
    return sorted(lines, key=lambda line: (-Decimal(line["usd"]), line["workflow"])), cut


def _line(workflow: str, model: str, records: Iterable[JobRecord]) -> dict[str, Any]:
    held = [cost_of(record) for record in records]
    usd = sum((Decimal(one["usd"]) for one in held), Decimal(0))
    tokens = ("calls", "input_tokens", "output_tokens")
    return {
        "workflow": workflow,
        "model": model,
        "jobs": len(held),
        **{name: sum(one[name] for one in held) for name in tokens},
        "usd": str(usd),
        "usd_per_job": str((usd / len(held)).quantize(_CENT)),
    }


def _shown(lines: list[dict[str, Any]], cut: tuple[str, ...], days: int) -> RenderableType:
    if not lines:
        return Text(f"No jobs in the last {days} days.")
    made = table("workflow", "model", "jobs", "calls", "tokens in / out", "US$", "per job")
    for one in lines:
        tokens = f"{one['input_tokens']} / {one['output_tokens']}"
        counts = (str(one["jobs"]), str(one["calls"]), tokens)
        names = (safe(one["workflow"]), safe(one["model"]))
        made.add_row(*names, *counts, one["usd"], one["usd_per_job"])
    return Group(made, *shortened(MOST, cut))
