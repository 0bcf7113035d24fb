"""`countersign evaluate`: a candidate beside the current release, on cases and past jobs."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
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

from countersign.domain.canonical import digest
from countersign.domain.policy.release import Release
from countersign.domain.releases.comparing import Compared, Subject, chosen
from countersign.domain.releases.evaluation import Evaluation, Side, evaluation
from countersign.domain.releases.past import Past, of_line, past
from countersign.domain.workflow import Workflow
from countersign.releases.evaluating import Asker, OverBudget, Proposes, compared, heuristics
from countersign.runtime.deps import Deps
from countersign.runtime.intake import shipped
from infra.cli.backtest.jobs import stored, within
from infra.cli.evaluate.inputs import case_subjects, past_subjects
from infra.cli.evaluate.made_for import made_for
from infra.cli.evaluate.report import page_of
from infra.cli.evaluate.shown import compared_data, rate_data, same_shown, told, wrong_shown
from infra.cli.known import check_stage, workflow_of
from infra.cli.options import FAILED, AsJson, Place, Stage, Where, say, show
from infra.cli.releases.command import meant
from infra.cli.releases.stored import jobs_of, used
from infra.cli.show import safe, table

AT_ONCE = 4
"""Inputs that are understood side by side."""


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
    fresh: Annotated[
        bool, typer.Option("--fresh", help="ask again what is kept: has a model changed?")
    ] = False,
    offline: Annotated[
        bool, typer.Option("--offline", help="the heuristics answer; no cloud is needed")
    ] = False,
    files: Annotated[
        str, typer.Option(help="with --offline, whose files: a stage", callback=check_stage)
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
    again. Half of the past jobs at most are those that people changed or rejected. With --fresh one
    release is compared with itself, its kept answers with new ones: exit code 1 where a verdict is
    another.

    Example: countersign evaluate refund_request --report evaluation.html
    """
    deps = None if offline else context.obj(target, stage).deps()
    candidate = _candidate(deps, release, files)
    current = _current(deps, against, candidate.workflow, files)
    flow = deps.workflows[candidate.workflow] if deps else workflow_of(candidate.workflow, files)
    pasts = _pasts(deps, jobs, since) if most else iter(())
    written = islice(case_subjects(flow, scripted=offline), cases)
    subjects = [*written, *chosen(past_subjects(flow, pasts), most)]
    asker = Asker(deps.model, deps.payloads, Decimal(str(budget))) if deps else None
    kept: Proposes = asker.proposal if asker else heuristics
    anew: Proposes = asker.anew if asker and fresh else kept
    current = candidate if fresh else current
    found = _all(partial(_one, flow, (current, candidate), (kept, anew)), subjects)
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
    if deps:
        _noted(deps, candidate, data, made_for(flow))
    if report:
        report.write_text(page_of(data), encoding="utf-8")
        say(f"{report} is written")
    show(Group(*_shown(done)), data, as_json=as_json)
    if fresh and done.found.same["verdict"].hits < done.found.same["verdict"].n:
        raise typer.Exit(FAILED)


def _noted(
    deps: Deps, candidate: Release, data: Mapping[str, Any], around: Mapping[str, str]
) -> None:
    """A stored release says by which evaluation it was measured last, among which code, policy,
    contracts and cases; the bucket holds the evaluation."""
    rows = deps.rollouts.of(candidate.workflow)
    held = next((one for one in rows if one.digest == candidate.digest), None)
    if held is None:
        return
    body = json.dumps(data, ensure_ascii=False, sort_keys=True).encode()
    deps.payloads.put(f"evaluations/{digest(body)}.json", body)
    said = {"evaluation": digest(body), "made_for": around, "version": held.version + 1}
    deps.rollouts.change([(held, held.model_copy(update=said))])


def _candidate(deps: Deps | None, release: str, files: str) -> Release:
    """What is measured; the working tree's has the stage's model, as jobs would get it. Raises
    NotFound for a name that is nothing's."""
    if deps is None:
        return workflow_of(release, files).release
    return shipped(deps, release) if release in deps.workflows else meant(deps, release)


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
    one_of: Callable[[Subject], Compared | None], subjects: Sequence[Subject]
) -> list[Compared]:
    """Those for which the budget has room, in their order; how far it is stands beside it."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        each = track(
            pool.map(one_of, subjects),
            "Asking …",
            total=len(subjects),
            console=Console(stderr=True),
            transient=True,
        )
        return [one for one in each if one is not None]


def _one(
    flow: Workflow[Any],
    releases: tuple[Release | None, Release],
    proposes: tuple[Proposes, Proposes],
    subject: Subject,
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
        "asked_now": {"calls": done.calls, "usd": f"{done.spent:.4f}"},
        "false_approvals": [vars(one) for one in found.wrong],
        "sides": {
            "before": _side(found.before) if found.before else None,
            "after": _side(found.after),
        },
        "looks_elsewhere": list(found.elsewhere),
        "same": {part: rate_data(rate) for part, rate in found.same.items()},
        "differ": [compared_data(one) for one in found.differ],
    }


def _side(side: Side) -> dict[str, Any]:
    return {
        "false_approvals": rate_data(side.wrong_alone),
        "right_facts": rate_data(side.right_facts),
        "right_verdicts": rate_data(side.right_verdicts),
        "no_answer": rate_data(side.trouble),
        "confidence": f"{side.sure:.3f}",
        "usd": f"{side.usd:.4f}",
        "calls": side.calls,
        "milliseconds": {"p50": side.slowest(0.5), "p95": side.slowest(0.95)},
    }


def _shown(done: Evaluated) -> Iterator[RenderableType]:
    found = done.found
    told = ", ".join(f"{count} of {source}" for source, count in found.inputs.items())
    yield safe(f"{done.workflow}: {_short(done.current)} → {_short(done.candidate)}")
    yield Text(f"{told or 'no inputs'}\n", style="dim")
    yield from wrong_shown(found)
    yield _sides(found)
    if found.before:
        yield Text()
        yield same_shown(found)
    if found.elsewhere:
        yield Text(
            f"{len(found.elsewhere)} look elsewhere: what they would find is not stored, so they "
            "count as no answer of the candidate's.",
            style="yellow",
        )
    if done.left_out:
        yield Text(f"{done.left_out} left out: the budget has no room for them.", style="yellow")
    if not done.offline:
        yield Text(f"Asked now: {done.calls} calls, US$ {done.spent:.4f}.", style="dim")


def _short(release: Release | None) -> str:
    return release.digest[:12] if release else "what was stored"


def _sides(found: Evaluation) -> RenderableType:
    made = table("", *(["current"] if found.before else []), "candidate")
    sides = [one for one in (found.before, found.after) if one]
    rows = (
        ("runs although somebody said no", [told(one.wrong_alone) for one in sides]),
        ("known facts right", [told(one.right_facts) for one in sides]),
        ("cases' verdicts right", [told(one.right_verdicts) for one in sides]),
        ("nothing made of the input", [told(one.trouble) for one in sides]),
        ("confidence, on average", [f"{one.sure:.3f}" for one in sides]),
        ("US$, calls", [f"{one.usd:.4f}, {one.calls}" for one in sides]),
        ("model's time, median and p95", [_time(one) for one in sides]),
    )
    for name, cells in rows:
        made.add_row(name, *cells)
    return made


def _time(side: Side) -> str:
    return f"{side.slowest(0.5):,} ms, {side.slowest(0.95):,} ms"
