"""`countersign compare`: two jobs side by side, and where they part."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

import typer
from rich.console import Group, RenderableType
from rich.text import Text

from countersign.domain.reporting.compare import Line, compared
from countersign.runtime.deps import Deps
from infra.cli.jobs import load
from infra.cli.options import AsJson, Place, Stage, Where, show
from infra.cli.show import safe, table


def compare(  # noqa: PLR0917 - Typer turns each parameter into an option
    context: typer.Context,
    one: Annotated[str, typer.Argument(metavar="JOB", help="a job's id, or the beginning of one")],
    other: Annotated[str, typer.Argument(metavar="JOB", help="the other one's")],
    every: Annotated[bool, typer.Option("--all", help="also what is the same of both")] = False,
    target: Where = Place.LOCAL,
    stage: Stage = "dev",
    as_json: AsJson = False,
) -> None:
    """Where two jobs part: outcome, versions, facts, findings, what policy said of each action, and
    what became of it. A job and its rerun, or two that should have gone the same way.

    Example: countersign compare j-3xk7wq2p j-m5c2dtea
    """
    deps: Deps = context.obj(target, stage).deps()
    sides = [load(deps.store, named, deps.clock.now()) for named in (one, other)]
    ids, lines = [side.job.job_id for side in sides], compared(*sides)
    wanted = [line for line in lines if every or line[1] != line[2]]
    data = [{"what": what, "one": left, "other": right} for what, left, right in wanted]
    same = sum(left == right for _, left, right in lines)
    show(_shown(ids, wanted, same), {"jobs": ids, "differs": data, "same": same}, as_json=as_json)


def _shown(ids: list[str], lines: Iterable[Line], same: int) -> RenderableType:
    made = table("what", *ids)
    for line in lines:
        made.add_row(*map(safe, line))
    return Group(made, Text(f"{same} other parts are the same.", style="dim"))
