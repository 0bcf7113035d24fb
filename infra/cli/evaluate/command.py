"""`countersign evaluate`: a candidate beside the current release, on cases and past jobs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console, Group, RenderableType
from rich.progress import track
from rich.text import Text

from countersign.domain.policy.release import Release
from countersign.domain.releases.comparing import (
    Compared,
    Evaluation,
    Side,
    Subject,
    chosen,
    evaluation,
)
from countersign.domain.releases.past import Past, of_line, past
from countersign.domain.reporting.sampling import Rate
from countersign.domain.workflow import Workflow
from countersign.jobs.evaluating import Asker, OverBudget, Proposes, compared, heuristics
from countersign.runtime.deps import Deps
from infra.cli.backtest.jobs import stored, within
from infra.cli.evaluate.inputs import case_subjects, past_subjects
from infra.cli.evaluate.report import page_of
from infra.cli.known import check_stage, workflow_of
from infra.cli.options import AsJson, Place, Stage, Where, say, show
from infra.cli.releases.command import meant
from infra.cli.releases.stored import jobs_of, used
from infra.cli.show import safe, table

AT_ONCE = 4
"""Inputs that are understood side by side."""
SHOWN = 20
"""False approvals that a terminal shows."""


@dataclass(frozen=True)
class Evaluated:
    """What was found, of which releases, and what that cost now."""

    workflow: str
    current: Release | None
    candidate: Release
    found: Evaluation
    left_out: int
    """Inputs for which the budget had no room."""
    spent: Decimal
    calls: int
    offline: bool


def evaluate(  # noqa: PLR0917 - Typer turns each parameter into an option
    context: typer.Context,
    release: Annotated[
        str, typer.Argument(help="a digest or its beginning; a workflow's name: the working tree's")
    ],
    against: Annotated[
        str, typer.Option(help="the same; else what the newest job of the stage is pinned to")
    ] = "",
    jobs: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="an export; else the stage is read"),
    ] = None,
    since: Annotated[str, typer.Option(help="jobs changed in so long: 30d, 12h")] = "30d",
    cases: Annotated[int, typer.Option(min=0, help="written cases at most")] = 1_000,
    most: Annotated[
        int, typer.Option(min=0, max=10_000, help="past jobs at most; 0: the cases alone")
    ] = 100,
    budget: Annotated[float, typer.Option(min=0, help="US$ for answers that are not kept")] = 1.0,
    offline: Annotated[
        bool, typer.Option("--offline", help="the heuristics answer; no cloud is needed")
    ] = False,
    files: Annotated[
        str, typer.Option(help="the stage whose files are the working tree's", callback=check_stage)
    ] = "local",
    report: Annotated[
        Path | None, typer.Option(dir_okay=False, help="where to write a page to send")
    ] = None,
    target: Where = Place.LOCAL,
    stage: Stage = "dev",
    as_json: AsJson = False,
) -> None:
    """Compare a candidate with the current release on the workflow's cases, on what people changed
    or rejected, and on other past jobs: what each would let run although somebody had said no,
    facts, actions and verdicts side by side, cost and time.

    Nothing is done and nothing looked up. Answers are kept: what was asked once costs nothing
    again. Half of the past jobs at most are those that people changed or rejected.

    Example: countersign evaluate refund_request --report evaluation.html
    """
    deps = None if offline else context.obj(target, stage).deps()
    candidate = meant(deps, release) if deps else workflow_of(release, files).release
    current = _current(deps, against, candidate.workflow, files)
    if deps and release == candidate.workflow:
        candidate = workflow_of(release, files if target is Place.LOCAL else stage).release
    flow = workflow_of(candidate.workflow, files)
    pasts = _pasts(deps, jobs, since) if most else iter(())
    written = islice(case_subjects(flow, scripted=offline), cases)
    subjects = [*written, *chosen(past_subjects(flow, pasts), most)]
    asker = Asker(deps.model, deps.payloads, Decimal(str(budget))) if deps else None
    proposes = asker.proposal if asker else heuristics
    found = _all(flow, subjects, (current, candidate), proposes)
    done = Evaluated(
        workflow=flow.id,
        current=current,
        candidate=candidate,
        found=evaluation(found),
        left_out=len(subjects) - len(found),
        spent=asker.spent.usd if asker else Decimal(0),
        calls=asker.spent.calls if asker else 0,
        offline=offline,
    )
    data = as_data(done)
    if report:
        report.write_text(page_of(data), encoding="utf-8")
        say(f"{report} is written")
    show(Group(*_shown(done)), data, as_json=as_json)


def _current(deps: Deps | None, against: str, workflow: str, files: str) -> Release | None:
    """What the candidate is compared with. Raises NotFound for a name that is nothing's."""
    if deps is None:
        return workflow_of(against, files).release if against else None
    if against:
        return meant(deps, against)
    there = used(deps, jobs_of(deps)[0])
    return next((one.release for one in there if one.workflow == workflow), None)


def _pasts(deps: Deps | None, jobs: Path | None, since: str) -> Iterator[Past]:
    if jobs is not None:
        with jobs.open("rb") as lines:
            yield from map(of_line, lines)
    elif deps is not None:
        yield from map(past, stored(deps, within(since)))


def _all(
    flow: Workflow[Any],
    subjects: Sequence[Subject],
    releases: tuple[Release | None, Release],
    proposes: Proposes,
) -> list[Compared]:
    """Those for which the budget has room, in their order; how far it is stands beside it."""
    one_by_one = partial(_one, flow, releases=releases, proposes=proposes)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        each = track(
            pool.map(one_by_one, subjects),
            "Asking …",
            total=len(subjects),
            console=Console(stderr=True),
            transient=True,
        )
        return [one for one in each if one is not None]


def _one(
    flow: Workflow[Any],
    subject: Subject,
    releases: tuple[Release | None, Release],
    proposes: Proposes,
) -> Compared | None:
    try:
        return compared(flow, subject, releases, proposes)
    except OverBudget:
        return None


def as_data(done: Evaluated) -> dict[str, Any]:
    """For `--json` and for the page. Shares from 0 to 1, money in USD."""
    found = done.found
    return {
        "workflow": done.workflow,
        "current": done.current.digest if done.current else None,
        "candidate": done.candidate.digest,
        "offline": done.offline,
        "inputs": dict(found.inputs),
        "left_out": done.left_out,
        "asked_now": {"calls": done.calls, "usd": str(done.spent)},
        "false_approvals": [vars(one) for one in found.wrong],
        "sides": {
            "before": _side(found.before) if found.before else None,
            "after": _side(found.after),
        },
        "looks_elsewhere": list(found.elsewhere),
        "same": {part: rate_data(rate) for part, rate in found.same.items()},
        "differ": [_compared(one) for one in found.differ],
    }


def _side(side: Side) -> dict[str, Any]:
    return {
        "false_approvals": rate_data(side.wrong_alone),
        "right_facts": rate_data(side.right_facts),
        "right_verdicts": rate_data(side.right_verdicts),
        "no_answer": rate_data(side.trouble),
        "usd": str(side.usd),
        "calls": side.calls,
        "milliseconds": {"p50": side.slowest(0.5), "p95": side.slowest(0.95)},
    }


def rate_data(rate: Rate) -> dict[str, Any]:
    """A rate with its 95 % interval."""
    return {"hits": rate.hits, "of": rate.n, "low": rate.low, "high": rate.high}


def _compared(one: Compared) -> dict[str, Any]:
    return {
        "name": one.subject.name,
        "source": one.subject.source,
        "looks_elsewhere": list(one.after.elsewhere),
        "trouble": {"before": one.before.trouble if one.before else "", "after": one.after.trouble},
        "differences": [
            {
                "part": d.part,
                "what": d.what,
                "before": d.before,
                "after": d.after,
                "people": d.people,
            }
            for d in one.parts
            if not d.same
        ],
    }


def _shown(done: Evaluated) -> Iterator[RenderableType]:
    found = done.found
    told = ", ".join(f"{count} of {source}" for source, count in found.inputs.items())
    yield safe(f"{done.workflow}: {_short(done.current)} → {_short(done.candidate)}")
    yield Text(f"{told or 'no inputs'}\n", style="dim")
    yield from _wrong(found)
    yield _sides(found)
    if found.before:
        yield Text()
        yield _same(found)
    if found.elsewhere:
        yield Text(
            f"{len(found.elsewhere)} look elsewhere: what they would find is not stored, so they "
            "count as no answer of the candidate's.",
            style="yellow",
        )
    if done.left_out:
        yield Text(f"{done.left_out} left out: the budget has no room for them.", style="yellow")
    if not done.offline:
        yield Text(f"Asked now: {done.calls} calls, US$ {done.spent}.", style="dim")


def _short(release: Release | None) -> str:
    return release.digest[:12] if release else "what was stored"


def _wrong(found: Evaluation) -> Iterator[RenderableType]:
    if not found.wrong:
        yield Text("Nothing would run by itself that somebody had said no to.\n", style="green")
        return
    made = table("would run by itself", "in", "although", "current", "candidate")
    for one in found.wrong[:SHOWN]:
        sides = ("runs" if runs else "" for runs in (one.before, one.after))
        made.add_row(safe(one.action), safe(one.subject), safe(one.why), *sides)
    yield made
    if len(found.wrong) > SHOWN:
        yield Text(f"… and {len(found.wrong) - SHOWN} more")
    yield Text()


def _sides(found: Evaluation) -> RenderableType:
    made = table("", *(["current"] if found.before else []), "candidate")
    sides = [one for one in (found.before, found.after) if one]
    rows = (
        ("runs although somebody said no", [told(one.wrong_alone) for one in sides]),
        ("known facts right", [told(one.right_facts) for one in sides]),
        ("cases' verdicts right", [told(one.right_verdicts) for one in sides]),
        ("nothing made of the input", [told(one.trouble) for one in sides]),
        ("US$, calls", [f"{one.usd}, {one.calls}" for one in sides]),
        ("model's time, median and p95", [_time(one) for one in sides]),
    )
    for name, cells in rows:
        made.add_row(name, *cells)
    return made


def _same(found: Evaluation) -> RenderableType:
    made = table("the same in both", "")
    for part, rate in found.same.items():
        made.add_row(f"{part}s", told(rate))
    return made


def _time(side: Side) -> str:
    return f"{side.slowest(0.5):,} ms, {side.slowest(0.95):,} ms"


def told(rate: Rate) -> str:
    """`3 of 40 (1.6 % to 19.9 %)`, with the 95 % interval."""
    return f"{rate.hits} of {rate.n} ({rate.low:.1%} to {rate.high:.1%})" if rate.n else "none"
