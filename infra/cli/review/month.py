"""`countersign review month`: what a workflow's owner looks at once a month."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any

import typer
from rich.console import Group, RenderableType
from rich.text import Text

from countersign.portal.month import lines
from countersign.reporting.monthly import MOST, figures, gather, last_month
from infra.cli.known import check_workflow
from infra.cli.options import AsJson, Place, Stage, Where, show
from infra.cli.show import safe, shortened, table


def month(  # noqa: PLR0917 - Typer turns each parameter into an option
    context: typer.Context,
    workflow: Annotated[str, typer.Argument(help="whose month", callback=check_workflow)],
    month: Annotated[
        str,
        typer.Option(help="as 2026-10; the one before this one if not said"),
    ] = "",
    target: Where = Place.LOCAL,
    stage: Stage = "dev",
    as_json: AsJson = False,
) -> None:
    """What a workflow's owner expects of it against the month's jobs: criteria, outcomes, cost, why
    people said no, the rules that ask most, inputs that nobody foresaw, and what changed.

    Example: countersign review month refund_request --month 2026-10
    """
    deps = context.obj(target, stage).deps()
    begins = _begins(month) if month else last_month(deps.clock.now())
    found, flow = gather(deps, workflow, begins), deps.workflows[workflow]
    data = figures(found, flow, deps.company.languages if deps.company else ())
    show(_shown(data, found.cut), data, as_json=as_json)


def _begins(month: str) -> datetime:
    try:
        return datetime.strptime(month, "%Y-%m").replace(tzinfo=UTC)
    except ValueError:
        raise typer.BadParameter(f"{month} is no month: write it as 2026-10") from None


def _shown(data: dict[str, Any], cut: Sequence[str]) -> RenderableType:
    head = f"{data['workflow']}, {data['month']}, owner {data['owner']}: {data['jobs']} jobs"
    again = f", {data['reruns']} reruns of them" if data["reruns"] else ""
    return Group(
        Text(f"{head} ({data['jobs_before']} the month before{again})"),
        _criteria("success criterion", data["success"], ("met", "MISSED")),
        _criteria("failure threshold", data["thresholds"], ("REACHED", "not reached")),
        *(safe(f"{name}: {words}") for name, words in lines(data)),
        *shortened(MOST, tuple(cut)),
    )


def _criteria(
    title: str, found: Iterable[dict[str, Any]], words: tuple[str, str]
) -> RenderableType:
    made = table(title, "wanted", "actual", "")
    for one in found:
        holds = "not measured" if one["holds"] is None else words[0 if one["holds"] else 1]
        actual = "" if one["actual"] is None else str(one["actual"])
        made.add_row(safe(one["sentence"]), one["wanted"], actual, holds)
    return made
