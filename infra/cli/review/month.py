"""`countersign review month`: what a workflow's owner looks at once a month."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any

import typer
from rich.console import Group, RenderableType
from rich.text import Text

from countersign.domain.jobs.change import JobRecord
from countersign.domain.jobs.job import Status
from countersign.domain.reporting import metrics
from countersign.domain.reporting.inputs import Arrived, counted
from countersign.domain.reporting.month import (
    Measured,
    firsts,
    hours_to_outcome,
    measured,
    minutes_on_pages,
    reasons,
)
from countersign.domain.workflow import Workflow
from countersign.extraction.input_kinds import kind
from countersign.runtime.deps import Deps
from infra.cli.job_view import cost_of
from infra.cli.jobs import latest
from infra.cli.known import check_workflow
from infra.cli.options import AsJson, Place, Stage, Where, show
from infra.cli.questions.overrides import reader_of
from infra.cli.show import safe, shortened, table

MOST = 500
"""Jobs that are read of each status, the latest."""
FEW = 5
"""Lines of each list."""
_SHORT = 12
_USUAL = frozenset({"plain", "form"})


@dataclass(frozen=True)
class Month:
    """The jobs of one workflow that began in one month, and in the one before."""

    begins: datetime
    jobs: tuple[JobRecord, ...]
    before: tuple[JobRecord, ...]
    again: int
    """Jobs that ran another one again: none of them is counted."""
    cut: tuple[str, ...]


def month(  # noqa: PLR0917 - Typer turns each parameter into an option
    context: typer.Context,
    workflow: Annotated[str, typer.Argument(help="whose month", callback=check_workflow)],
    month: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m"], help="as 2026-10; the one before this one if not said"),
    ] = None,
    target: Where = Place.LOCAL,
    stage: Stage = "dev",
    as_json: AsJson = False,
) -> None:
    """What a workflow's owner expects of it against the month's jobs: criteria, outcomes, cost, why
    people said no, the rules that ask most, inputs that nobody foresaw, and what changed.

    Example: countersign review month refund_request --month 2026-10
    """
    deps = context.obj(target, stage).deps()
    begins = month.replace(tzinfo=UTC) if month else _last(deps.clock.now())
    found, flow = gather(deps, workflow, begins), deps.workflows[workflow]
    data = as_data(found, flow, deps.company.languages if deps.company else ())
    show(_shown(data, found.cut), data, as_json=as_json)


def gather(deps: Deps, workflow: str, begins: datetime) -> Month:
    """Read at most 500 jobs of each status, changed since the month before began."""
    earlier, now = _last(begins), deps.clock.now()
    records, cut = [], []
    for status in Status:
        found = latest(deps.store, status, earlier, now, MOST)
        cut += [status.value] if len(found) == MOST else []
        records += [deps.store.load(one.job_id) for one in found if one.workflow == workflow]
    every = firsts(records)
    inside = _between(records, begins, _next(begins))
    jobs = _between(every, begins, _next(begins))
    before, again = _between(every, earlier, begins), len(inside) - len(jobs)
    return Month(begins, jobs, before, again, tuple(cut))


def as_data(found: Month, flow: Workflow[Any], languages: Sequence[str]) -> dict[str, Any]:
    """The whole page; shares from 0 to 1, None where nothing that is stored tells."""
    jobs = found.jobs
    usd = sum((Decimal(cost_of(one)["usd"]) for one in jobs), Decimal(0))
    hours = hours_to_outcome(jobs)
    return {
        "workflow": flow.id,
        "owner": flow.owner,
        "month": f"{found.begins:%Y-%m}",
        "success": [_criterion(one) for one in measured(flow, flow.success, jobs)],
        "thresholds": [_criterion(one) for one in measured(flow, flow.thresholds, jobs)],
        "jobs": len(jobs),
        "jobs_before": len(found.before),
        "reruns": found.again,
        "outcomes": dict(Counter(one.job.status.value for one in jobs).most_common()),
        "usd": str(usd),
        "usd_per_job": str((usd / len(jobs)).quantize(Decimal("0.000001"))) if jobs else None,
        "reasons": reasons(jobs).most_common(FEW),
        "rules": [
            {"rule": one.rule, "asked": one.asked, "as_proposed": one.overruled}
            for one in metrics.rules(jobs)[:FEW]
        ],
        "readers": [
            {"reader": one.name, "overridden": one.seen.hits, "decided": one.seen.n}
            for one in metrics.by(reader_of, jobs)[:FEW]
        ],
        "unforeseen": list(_unforeseen(jobs, languages)),
        "releases": _releases(jobs),
        "new_releases": sorted(set(_releases(jobs)) - set(_releases(found.before))),
        "minutes_on_pages": round(minutes_on_pages(jobs), 1),
        "hours_to_outcome": {
            "median": round(metrics.quantile(hours, 0.5), 2) if hours else None,
            "p90": round(metrics.quantile(hours, 0.9), 2) if hours else None,
        },
    }


def _unforeseen(jobs: Iterable[JobRecord], languages: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Kinds of input that are no plain message and no form, with their share of all."""
    arrived = (
        Arrived(one.job.job_id, one.job.workflow, one.job.status.value, "", kind(one, languages))
        for one in jobs
    )
    lines = [one for one in counted(arrived, 1) if one.kind not in _USUAL]
    for one in lines[:FEW]:
        yield {
            "kind": one.kind,
            "outcome": one.outcome,
            "count": one.count,
            "share": one.share,
            "sample": one.samples[0],
        }


def _releases(jobs: Iterable[JobRecord]) -> dict[str, int]:
    return dict(Counter(one.job.release[:_SHORT] for one in jobs).most_common())


def _criterion(one: Measured) -> dict[str, Any]:
    held = one.criterion
    return {
        "metric": held.metric,
        "wanted": f"{held.compare} {held.value}",
        "actual": None if one.actual is None else round(one.actual, 3),
        "holds": one.holds,
        "sentence": held.sentence,
    }


def _shown(data: dict[str, Any], cut: Sequence[str]) -> RenderableType:
    head = f"{data['workflow']}, {data['month']}, owner {data['owner']}: {data['jobs']} jobs"
    again = f", {data['reruns']} reruns of them" if data["reruns"] else ""
    return Group(
        Text(f"{head} ({data['jobs_before']} the month before{again})"),
        _criteria("success criterion", data["success"], ("met", "MISSED")),
        _criteria("failure threshold", data["thresholds"], ("REACHED", "not reached")),
        *(safe(line) for line in _lines(data)),
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


def _lines(data: dict[str, Any]) -> Iterator[str]:
    hours = data["hours_to_outcome"]
    yield _counts("Outcomes", data["outcomes"].items())
    yield f"Model: {data['usd']} US$, {data['usd_per_job'] or 'nothing'} per job"
    yield f"Hours to an outcome: median {hours['median']}, p90 {hours['p90']}"
    yield f"Minutes on pages before deciding: {data['minutes_on_pages']}; other work is not seen"
    yield _counts("Why people said no", data["reasons"])
    asked = [(one["rule"], f"{one['asked']} times ({_as_proposed(one)})") for one in data["rules"]]
    yield _counts("Rules that ask most", asked)
    read = [(one["reader"], f"{one['overridden']} of {one['decided']}") for one in data["readers"]]
    yield _counts("Overridden, by reader", read)
    kinds = [(one["kind"], f"{one['share']:.0%} {one['outcome']}") for one in data["unforeseen"]]
    yield _counts("Inputs that are no plain message", kinds)
    yield f"Releases new this month: {', '.join(data['new_releases']) or 'none'}"


def _as_proposed(one: dict[str, Any]) -> str:
    said = one["as_proposed"]
    return "nobody decided" if said is None else f"{said:.0%} as proposed"


def _counts(title: str, found: Iterable[tuple[str, object]]) -> str:
    return f"{title}: {', '.join(f'{name} {count}' for name, count in found) or 'none'}"


def _between(records: Iterable[JobRecord], since: datetime, to: datetime) -> tuple[JobRecord, ...]:
    return tuple(one for one in records if since <= one.job.created_at < to)


def _last(at: datetime) -> datetime:
    """The beginning of the month before."""
    first = at.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return (first - timedelta(days=1)).replace(day=1)


def _next(begins: datetime) -> datetime:
    return (begins + timedelta(days=32)).replace(day=1)
