"""`countersign stats`: what people decide, how long they take, and which rules ask for what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Annotated, Any

import typer
from rich.console import Group, RenderableType
from rich.text import Text

from countersign.approvals.metrics import MOST as MOST_OPEN
from countersign.approvals.metrics import tier_name
from countersign.domain.jobs.job import Status
from countersign.domain.reporting import metrics
from countersign.domain.reporting.metrics import Outcome, RuleCount, Waiting, quantile
from countersign.runtime.deps import Deps
from infra.cli.job_view import span
from infra.cli.jobs import recent
from infra.cli.options import AsJson, Most, Place, Stage, Where, show
from infra.cli.show import shortened, table

MOST = 200
"""Jobs that are read of each status, the latest, unless asked otherwise."""
ASKED = tuple(one for one in Status if one is not Status.PENDING)
"""Statuses in which somebody may have been asked."""
_COLUMNS: tuple[Outcome, ...] = ("approve", "edit", "reject", "expired", "open")


@dataclass(frozen=True)
class Stats:
    """What the recent jobs say. `cut` are the statuses of which there are more jobs than read."""

    jobs: int
    cut: tuple[str, ...]
    rules: tuple[RuleCount, ...]
    choices: Counter[str]
    seconds: tuple[float, ...]
    quick: int
    waiting: tuple[Waiting, ...]


def stats(  # noqa: PLR0917 - Typer turns each parameter into an option
    context: typer.Context,
    days: Annotated[int, typer.Option(min=1, max=400, help="jobs changed in so many days")] = 30,
    most: Most = MOST,
    target: Where = Place.LOCAL,
    stage: Stage = "dev",
    as_json: AsJson = False,
) -> None:
    """Show how approvals go: by rule, by choice, by tier and age, with median and p90 times.

    Example: countersign stats --days 30
    """
    found = gather(context.obj(target, stage).deps(), days, most)
    show(_shown(found, days, most), as_data(found), as_json=as_json)


def gather(deps: Deps, days: int, most: int) -> Stats:
    """Read at most so many jobs of each status, and the open requests."""
    now = deps.clock.now()
    records, cut = recent(deps, timedelta(days=days), most, ASKED)
    said = [
        (record, approval, one)
        for record in records
        for approval in record.approvals.values()
        for one in metrics.decisions(approval)
    ]
    choices: Counter[str] = Counter()
    for record, _, one in said:
        choices.update(metrics.choices(record.ledger, one))
    return Stats(
        jobs=len(records),
        cut=cut,
        rules=metrics.rules(records),
        choices=choices,
        seconds=tuple(metrics.seconds_to_decide(approval, one) for _, approval, one in said),
        quick=sum(metrics.quick(one) for _, _, one in said),
        waiting=metrics.waiting(
            deps.reviews.open_requests(now, MOST_OPEN), partial(tier_name, deps.workflows), now
        ),
    )


def as_data(found: Stats) -> dict[str, Any]:
    """For `--json`; times in seconds, shares from 0 to 1, None where nothing was decided."""
    total = sum(found.choices.values())
    least = metrics.least_overruled(found.rules)
    return {
        "jobs": found.jobs,
        "cut": list(found.cut),
        "decisions": len(found.seconds),
        "seconds_to_decide": {"median": _at(found, 0.5), "p90": _at(found, 0.9)},
        "choices": dict(found.choices),
        "override_rate": 1 - found.choices["approve"] / total if total else None,
        "quick": found.quick,
        "rules": [_rule(one) for one in found.rules],
        "asks_most": found.rules[0].rule if found.rules else None,
        "least_overruled": least.rule if least else None,
        "waiting": [
            {
                "workflow": one.workflow,
                "tier": one.tier,
                "count": len(one.ages),
                "oldest": one.oldest,
                "median": one.median,
            }
            for one in found.waiting
        ],
    }


def _rule(one: RuleCount) -> dict[str, Any]:
    counts: dict[str, int] = {name: one.outcomes.get(name, 0) for name in _COLUMNS}
    return {"rule": one.rule, "asked": one.asked, **counts, "overruled": one.overruled}


def _at(found: Stats, share: float) -> float | None:
    return quantile(found.seconds, share) if found.seconds else None


def _shown(found: Stats, days: int, most: int) -> RenderableType:
    return Group(*_lines(found, as_data(found), days, most), _rules(found), Text(), _waiting(found))


def _lines(found: Stats, data: dict[str, Any], days: int, most: int) -> Iterator[Text]:
    yield Text(f"{found.jobs} jobs that changed in the last {days} days")
    yield from shortened(most, found.cut)
    if not found.seconds:
        yield Text("Nobody has decided anything.")
        return
    times = data["seconds_to_decide"]
    yield Text(
        f"{data['decisions']} decisions, after {span(times['median'])} (median) and "
        f"{span(times['p90'])} (p90); {data['quick']} within 3 s of opening the page"
    )
    said = ", ".join(f"{name} {found.choices[name]}" for name in ("approve", "edit", "reject"))
    yield Text(f"Actions: {said}; {data['override_rate']:.0%} changed or rejected")
    yield Text(
        f"Asks most: {data['asks_most']}; approved anyway least: {data['least_overruled']}\n"
    )


def _rules(found: Stats) -> RenderableType:
    if not found.rules:
        return Text("No rule asked for a signature.")
    made = table("rule", "asked", *_COLUMNS, "approved anyway")
    for one in found.rules:
        counts = [str(one.outcomes.get(name, 0)) for name in _COLUMNS]
        share = "" if one.overruled is None else f"{one.overruled:.0%}"
        made.add_row(Text(one.rule), str(one.asked), *counts, share)
    return made


def _waiting(found: Stats) -> RenderableType:
    if not found.waiting:
        return Text("Nothing waits for a signature.")
    made = table("waits in", "tier", "requests", "oldest", "median")
    for one in found.waiting:
        ages = (span(one.oldest), span(one.median))
        made.add_row(Text(one.workflow), Text(one.tier), str(len(one.ages)), *ages)
    return made
