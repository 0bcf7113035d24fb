"""`countersign failing`: which step fails, how, since when, and in which jobs."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import Annotated

import typer
from rich.console import Group, RenderableType
from rich.text import Text

from countersign.domain.canonical import plain
from countersign.domain.jobs.job import Status
from countersign.domain.reporting.failing import FailingStep, failing, of_ledger
from countersign.runtime.deps import Deps
from infra.cli.jobs import recent
from infra.cli.options import AsJson, Most, Place, Stage, Where, show
from infra.cli.questions.lines import Lines
from infra.cli.show import SHORT, shortened, table

MOST = 200
"""Jobs of each status whose ledgers are read, the latest, unless asked otherwise."""


def failing_steps(  # noqa: PLR0917 - Typer turns each parameter into an option
    context: typer.Context,
    hours: Annotated[int, typer.Option(min=1, max=9_600, help="of so many hours")] = 24,
    samples: Annotated[int, typer.Option(min=0, max=20, help="ids of so many jobs a line")] = 3,
    most: Most = MOST,
    target: Where = Place.LOCAL,
    stage: Stage = "dev",
    as_json: AsJson = False,
) -> None:
    """Which step fails, since when, with sample jobs: errors that steps raised, retried ones too,
    actions that failed, and executions that died.

    Example: countersign failing --hours 6 --target aws --stage prod
    """
    there = context.obj(target, stage)
    lines, cut = gather(there.deps(), there.lines(), timedelta(hours=hours), samples, most)
    data = {"failing": [plain(asdict(line)) for line in lines], "cut": list(cut)}
    show(_shown(lines, cut, hours, most), data, as_json=as_json)


def gather(
    deps: Deps, lines: Lines, within: timedelta, samples: int, most: int
) -> tuple[tuple[FailingStep, ...], tuple[str, ...]]:
    """From the functions' lines, and from the ledgers of at most so many jobs of each status; and
    the statuses of which there are more."""
    records, cut = recent(deps, within, most, tuple(Status))
    raised = lines.failures(deps.wall.now() - within)
    stored = (one for record in records for one in of_ledger(record))
    return failing([*raised, *stored], samples), cut


def _shown(
    lines: tuple[FailingStep, ...], cut: tuple[str, ...], hours: int, most: int
) -> RenderableType:
    if not lines:
        return Text(f"No step failed in the last {hours} h.")
    found = table("step", "what", "times", "jobs", "since (UTC)", "last jobs")
    for line in lines:
        since = f"{line.since:%d %b %H:%M}"
        ids = " ".join(one[:SHORT] for one in line.samples)
        found.add_row(line.step, line.what, str(line.count), str(line.jobs), since, ids)
    return Group(found, *shortened(most, cut))
