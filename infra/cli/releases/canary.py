"""`countersign canary`: how long a canary of a workflow will take to find harm, before it starts.

Read from what people decided of late, and played with the test that will judge.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any

import typer
from rich.console import Group, RenderableType
from rich.text import Text

from countersign.domain.jobs.change import JobRecord
from countersign.domain.releases.power import FEWEST, Found, power, proposed
from countersign.domain.reporting import metrics
from countersign.domain.reporting.sampling import Rate, wilson
from countersign.runtime.deps import Deps
from infra.cli.jobs import recent
from infra.cli.known import check_workflow
from infra.cli.options import AsJson, Place, Stage, Where, show
from infra.cli.show import table
from infra.cli.stats import ASKED, MOST

_SEED = 1
"""The plays are the same at every call, so that two answers differ by their jobs alone."""
_PERCENT = 100


@dataclass(frozen=True)
class Volume:
    """What people decided of one workflow: jobs with a decision since then, and those of them that
    were changed or rejected."""

    jobs: Rate
    days: float

    @property
    def a_day(self) -> float:
        """Decided jobs a day."""
        return self.jobs.n / self.days

    @property
    def rate(self) -> float:
        """The share that is overridden, 0 to 1; a little where nothing was yet."""
        return (self.jobs.hits + 0.5) / (self.jobs.n + 1)


def canary(  # noqa: PLR0917 - Typer turns each parameter into an option
    context: typer.Context,
    workflow: Annotated[str, typer.Argument(help="its id", callback=check_workflow)],
    share: Annotated[
        int, typer.Option(min=0, max=50, help="percent of new jobs; 0: the proposed share")
    ] = 0,
    days: Annotated[int, typer.Option(min=1, max=400, help="decisions of so many days")] = 30,
    target: Where = Place.LOCAL,
    stage: Stage = "dev",
    as_json: AsJson = False,
) -> None:
    """Say how long a canary of WORKFLOW would take to find harm of each size, at its volume.

    Example: countersign canary refund_request --share 10. Where too few people decide, it says so:
    then a new release is better watched in probation, where everything asks.
    """
    found = volume(context.obj(target, stage).deps(), workflow, days)
    fits = proposed(found.a_day)
    at = share / _PERCENT or fits or 0.5
    sizes = power(found.rate, at, random.Random(_SEED).random)  # noqa: S311 - replayable, not secret
    shown = Group(*_shown(workflow, found, at, sizes, fits))
    show(shown, _as_data(workflow, found, at, sizes, fits), as_json=as_json)


def volume(deps: Deps, workflow: str, days: int) -> Volume:
    """What the latest 200 jobs of each status say, over the time of which all were read."""
    records, cut = recent(deps, timedelta(days=days), MOST, ASKED)
    now = deps.clock.now()
    since = max([now - timedelta(days=days), *_oldest(records, cut)])
    mine = [r for r in records if r.job.workflow == workflow and r.job.updated_at >= since]
    said = [one for one in map(_overridden, mine) if one is not None]
    begun = min((record.job.created_at for record in records), default=now)
    span = (now - max(since, begun)) / timedelta(days=1)
    return Volume(Rate(sum(said), len(said), *wilson(sum(said), len(said))), max(span, 1.0))


def _oldest(records: Sequence[JobRecord], cut: Iterable[str]) -> Iterator[datetime]:
    """When the oldest job changed that was read of a status of which there are more."""
    for status in cut:
        yield min(one.job.updated_at for one in records if one.job.status == status)


def _overridden(record: JobRecord) -> bool | None:
    """Whether people changed or rejected something of a job; None where nobody decided."""
    said = [one for approval in record.approvals.values() for one in metrics.decisions(approval)]
    if not said:
        return None
    return any(set(metrics.choices(record.ledger, one)) - {"approve"} for one in said)


def _shown(
    workflow: str, found: Volume, share: float, sizes: Iterable[Found], fits: float | None
) -> Iterator[RenderableType]:
    jobs = found.jobs
    yield Text(
        f"{workflow}: people decided {jobs.n} jobs in {found.days:.0f} days "
        f"({found.a_day:.1f} a day),\n{jobs.hits} of them were changed or rejected."
    )
    if jobs.n:
        yield Text(f"\nA canary at {share:.0%} gets {found.a_day * share:.1f} decisions a day:")
        yield _table(found, share, sizes)
    yield Text()
    yield Text(_advice(fits))


def _table(found: Volume, share: float, sizes: Iterable[Found]) -> RenderableType:
    made = table("overridden", "found in half of all", "in nine of ten")
    for one in sizes:
        times = (_days(n, found.a_day * share) for n in (one.half, one.nine_of_ten))
        made.add_row(f"{found.rate:.1%} → {one.rate:.1%}", *times)
    return made


def _days(decisions: int | None, a_day: float) -> str:
    if decisions is None:
        return "more than 1,000 decisions"
    return f"{decisions / a_day:,.0f} days ({decisions})"


def _advice(fits: float | None) -> str:
    if fits is None:
        return (
            f"Too few for a canary: below {FEWEST:.0f} decisions a day in it, even at half of all\n"
            "jobs, harm is found too late. Watch the new release in probation: everything asks."
        )
    return f"Proposed share: {fits:.0%}, the smallest with {FEWEST:.0f} decisions a day."


def _as_data(
    workflow: str, found: Volume, share: float, sizes: Iterable[Found], fits: float | None
) -> dict[str, Any]:
    """Shares from 0 to 1, decisions of the canary; None where harm is not found."""
    return {
        "workflow": workflow,
        "decided": found.jobs.n,
        "overridden": found.jobs.hits,
        "days": found.days,
        "share": share,
        "harm": [asdict(one) for one in sizes],
        "proposed_share": fits,
    }
