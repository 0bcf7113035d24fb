"""`countersign calibration`: whether confidence means what it says."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Annotated, Any

import typer
from rich.console import Group, RenderableType
from rich.text import Text

from countersign.domain.jobs.change import JobRecord
from countersign.domain.reporting.calibration import Bin, curve
from infra.cli.jobs import recent
from infra.cli.options import AsJson, Place, Stage, Where, show
from infra.cli.show import shortened, table
from infra.cli.stats import ASKED, MOST

_WIDTH = 20
"""Characters of the whole bar."""


def calibration(  # noqa: PLR0917 - Typer turns each parameter into an option
    context: typer.Context,
    workflow: Annotated[str, typer.Option(metavar="WORKFLOW", help="only its jobs")] = "",
    days: Annotated[int, typer.Option(min=1, max=400, help="jobs changed in so many days")] = 90,
    target: Where = Place.LOCAL,
    stage: Stage = "dev",
    as_json: AsJson = False,
) -> None:
    """Our confidence against what people decided: for each tenth how many decisions left the action
    as proposed, with the 95 % interval (Wilson). Where the confidence lies outside of it, we were
    too sure, or too modest. What ran by itself is not here: `countersign review` looks at it.

    Example: countersign calibration --workflow lead_intake --json
    """
    deps = context.obj(target, stage).deps()
    records, cut = recent(deps, timedelta(days=days), MOST, ASKED)
    found = curve(_of(workflow, records))
    data = {"bins": [_as_data(one) for one in found], "cut": list(cut)}
    show(_shown(found, cut, days), data, as_json=as_json)


def _of(workflow: str, records: Iterable[JobRecord]) -> Iterable[JobRecord]:
    return (one for one in records if not workflow or one.job.workflow == workflow)


def _as_data(one: Bin) -> dict[str, Any]:
    """Shares from 0 to 1."""
    seen = one.right
    counts = {"approved": seen.hits, "decided": seen.n}
    shares = {"rate": seen.rate, "low": seen.low, "high": seen.high}
    return {"from": str(one.low), "confidence": f"{one.mean:.2f}", **counts, **shares} | {
        "judged": one.judged
    }


def _shown(found: Sequence[Bin], cut: tuple[str, ...], days: int) -> RenderableType:
    if not found:
        return Text(f"Nobody decided anything in the last {days} days.")
    made = table("confidence", "as proposed", "of", "rate", "95 % interval", "", "")
    for one in found:
        seen = one.right
        bar = "#" * round(seen.hits / seen.n * _WIDTH)
        interval = f"{seen.low:.0%} to {seen.high:.0%}"
        counts = (str(seen.hits), str(seen.n), f"{seen.rate:.0%}", interval)
        made.add_row(f"{one.mean:.0%}", *counts, bar, one.judged)
    return Group(made, *shortened(MOST, cut))
