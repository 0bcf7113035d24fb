"""`countersign release`: which states and releases a stage has, and what may follow."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import typer
from rich.console import Group, RenderableType
from rich.text import Text

from countersign.domain.releases.gate import percent
from countersign.domain.reporting.sampling import Rate
from infra.cli.options import AsJson, Place, Stage, Where, show
from infra.cli.releases.standing import Standing, standings
from infra.cli.show import safe, table

app = typer.Typer(help=__doc__, no_args_is_help=True)


@app.command()
def status(
    context: typer.Context,
    target: Where = Place.LOCAL,
    stage: Stage = "dev",
    as_json: AsJson = False,
) -> None:
    """Show each workflow's state, what it has shown in shadow and on probation with the 95 %
    interval (Wilson), and whether the gate lets its stage file be deployed.

    Example: countersign release status
    """
    found = standings(context.obj(target, stage).deps())
    show(_shown(found), {"workflows": [_as_data(one) for one in found]}, as_json=as_json)


def _as_data(one: Standing) -> dict[str, Any]:
    """Shares from 0 to 1."""
    return {
        "workflow": one.workflow,
        "runs": one.runs,
        "file": one.file,
        "state_reason": one.reason,
        "marks": _rate(one.shown.marks),
        "decisions": _rate(one.shown.decisions),
        "refused": one.refused,
    }


def _rate(seen: Rate) -> dict[str, Any]:
    return {"wrong": seen.hits, "of": seen.n, "low": seen.low, "high": seen.high}


def _shown(found: Sequence[Standing]) -> RenderableType:
    made = table("workflow", "runs", "file", "wrong in shadow", "wrong on probation")
    for one in found:
        cells = (one.runs or "nothing yet", one.file)
        made.add_row(safe(one.workflow), *cells, _told(one.shown.marks), _told(one.shown.decisions))
    kept = (safe(f"{one.workflow}: {one.reason}") for one in found if one.reason)
    refused = (safe(f"{one.workflow} may not go on: {one.refused}") for one in found if one.refused)
    return Group(made, *kept, *(Text(str(one), style="yellow") for one in refused))


def _told(seen: Rate) -> str:
    return f"{seen.hits} of {seen.n} (≤ {percent(seen.high)})" if seen.n else "nothing decided"
