"""`countersign overrides`: how often people change or reject what was proposed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Annotated, Any

import typer
from rich.console import Group, RenderableType
from rich.text import Text

from countersign.domain.reporting import metrics
from countersign.domain.reporting.metrics import Override
from countersign.runtime.deps import Deps
from infra.cli.jobs import recent
from infra.cli.options import AsJson, Most, Place, Stage, Where, show
from infra.cli.show import safe, shortened, table
from infra.cli.stats import ASKED, MOST


def overrides(  # noqa: PLR0917 - Typer turns each parameter into an option
    context: typer.Context,
    days: Annotated[int, typer.Option(min=1, max=400, help="jobs changed in so many days")] = 30,
    most: Most = MOST,
    target: Where = Place.LOCAL,
    stage: Stage = "dev",
    as_json: AsJson = False,
) -> None:
    """How often people override the AI, by workflow, by reader (the model, or the plain heuristics,
    that read the message) and by rule: edited or rejected, of all that was decided, with the 95 %
    interval (Wilson). Workflows and readers count signatures, rules their decided questions.

    Example: countersign overrides --days 7 --json
    """
    found, cut = gather(context.obj(target, stage).deps(), days, most)
    data = {by: [_as_data(one) for one in lines] for by, lines in found.items()}
    show(_shown(found, cut, days, most), {**data, "cut": list(cut)}, as_json=as_json)


def gather(
    deps: Deps, days: int, most: int
) -> tuple[dict[str, tuple[Override, ...]], tuple[str, ...]]:
    """What `stats` reads, counted by workflow, reader and rule; and the statuses of which there are
    more jobs than were read."""
    records, cut = recent(deps, timedelta(days=days), most, ASKED)
    return {
        "workflow": metrics.by(lambda record: record.job.workflow, records),
        "reader": metrics.by(metrics.reader_of, records),
        "rule": metrics.by_rule(metrics.rules(records)),
    }, cut


def _as_data(one: Override) -> dict[str, Any]:
    """Shares from 0 to 1."""
    seen = one.seen
    counts = {"overridden": seen.hits, "decided": seen.n}
    return {"name": one.name, **counts, "rate": seen.rate, "low": seen.low, "high": seen.high}


def _shown(
    found: dict[str, tuple[Override, ...]], cut: tuple[str, ...], days: int, most: int
) -> RenderableType:
    if not any(found.values()):
        return Text(f"Nobody decided anything in the last {days} days.")
    return Group(*(_table(by, lines) for by, lines in found.items()), *shortened(most, cut))


def _table(by: str, lines: Iterable[Override]) -> RenderableType:
    made = table(by, "overridden", "of", "rate", "95 % interval")
    for one in lines:
        seen = one.seen
        rate, interval = f"{seen.rate:.0%}", f"{seen.low:.0%} to {seen.high:.0%}"
        made.add_row(safe(one.name), str(seen.hits), str(seen.n), rate, interval)
    return Group(made, Text())
