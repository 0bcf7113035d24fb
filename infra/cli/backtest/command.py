"""`countersign backtest`: what the working tree would make of past jobs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from time import perf_counter
from typing import Annotated, Any

import typer
from rich.console import Group, RenderableType
from rich.text import Text

from countersign.domain.releases.backtest import Backtest, Moved, Way, backtest
from countersign.domain.releases.past import past
from countersign.runtime.deps import Deps
from infra.cli.backtest.jobs import judged_file, stored, within
from infra.cli.known import check_stage
from infra.cli.options import AsJson, Place, Stage, Where, show
from infra.cli.show import safe, table
from workflows import registered

SHOWN = 5
"""Jobs that are named of each kind of change."""
_WORDS: Mapping[Way, str] = {
    "run": "would run {} more by itself",
    "ask": "would ask {} more",
    "forbid": "would forbid {} more",
    "nothing": "would not want {} any more",
}


def _known(stage: str) -> str:
    return check_stage(stage) if stage else ""


def backtest_(  # noqa: PLR0917 - Typer turns each parameter into an option
    context: typer.Context,
    file: Annotated[
        Path | None,
        typer.Argument(exists=True, dir_okay=False, help="an export; without it the stage is read"),
    ] = None,
    since: Annotated[str, typer.Option(help="jobs changed in so long: 30d, 12h")] = "30d",
    files: Annotated[
        str, typer.Option(help="the stage whose files judge; else the target's", callback=_known)
    ] = "",
    target: Where = Place.LOCAL,
    stage: Stage = "dev",
    as_json: AsJson = False,
) -> None:
    """Judge past jobs again with the rules, readers, limits and policy of this code: what would
    run, ask and be forbidden otherwise, and what people had made of it.

    No model and no connector is asked: proposals and records are those that are stored, and what
    was found outside of a job (a cap, an earlier job, a record that changed, the time) holds as it
    did. Workflows in shadow or on probation are judged as if they were live.

    Example: countersign backtest jobs.jsonl --files prod
    """
    begun = perf_counter()
    at = files or ("local" if target is Place.LOCAL else stage)
    if file:
        found = judged_file(file, at)
    else:
        found = _of_stage(context.obj(target, stage).deps(), since, at)
    seconds = perf_counter() - begun
    show(_shown(found, seconds), as_data(found, seconds), as_json=as_json)


def _of_stage(deps: Deps, since: str, at: str) -> Backtest:
    return backtest(registered(at), map(past, stored(deps, within(since))))


def as_data(found: Backtest, seconds: float) -> dict[str, Any]:
    """For `--json`."""
    return {
        "jobs": found.jobs,
        "actions": found.actions,
        "seconds": round(seconds, 1),
        "skipped": dict(found.skipped),
        "more": {way: _counted(found.more(way)) for way in _WORDS},
        "moved": [
            {
                "job_id": one.job_id,
                "workflow": one.workflow,
                "action": one.action,
                "before": one.before,
                "now": one.now,
                "people": one.people,
                "rules": list(one.rules),
            }
            for one in found.moved
        ],
    }


def _counted(moved: tuple[Moved, ...]) -> Mapping[str, int]:
    people = Counter(one.people for one in moved)
    return {
        "all": len(moved),
        **{name: people[name] for name in ("approved", "edited", "rejected")},
    }


def _shown(found: Backtest, seconds: float) -> RenderableType:
    rate = f", {found.jobs / seconds:,.0f} a second" if found.jobs else ""
    head = (
        f"{found.jobs:,} jobs with {found.actions:,} actions judged again in {seconds:.1f} s{rate}"
    )
    return Group(Text(head), *_skipped(found), *_lines(found), *_table(found))


def _skipped(found: Backtest) -> Iterator[Text]:
    for why, count in sorted(found.skipped.items()):
        yield safe(f"{count:,} not judged: {why}")


def _lines(found: Backtest) -> Iterator[Text]:
    if not found.moved:
        yield Text("No difference.", style="green")
    for way, words in _WORDS.items():
        moved = found.more(way)
        if not moved:
            continue
        people = Counter(one.people for one in moved)
        said = " and ".join(
            f"{verb} {people[verb]}" for verb in ("rejected", "edited") if people[verb]
        )
        of = f", of which people had {said}" if said else ""
        yield Text(words.format(f"{len(moved):,}") + of, style="yellow")


def _table(found: Backtest) -> Iterator[RenderableType]:
    if not found.moved:
        return
    made = table("action", "before", "now", "count", "because of", "such as")
    kinds: dict[tuple[str, str, str, str], list[str]] = {}
    for one in found.moved:
        key = (f"{one.workflow} {one.action}", one.before, one.now, ", ".join(one.rules))
        kinds.setdefault(key, []).append(one.job_id)
    for (action, before, now, rules), jobs in sorted(kinds.items(), key=lambda kind: -len(kind[1])):
        made.add_row(
            safe(action), before, now, f"{len(jobs):,}", safe(rules), " ".join(jobs[:SHOWN])
        )
    yield made
