"""`countersign items`: how far a file of many items is; and the words that people say of it."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Group, RenderableType
from rich.text import Text

from countersign.campaigns.standing import Standing, standing
from countersign.domain.campaigns.sent import Event
from countersign.domain.lane.control import Control, Word
from countersign.domain.lane.items import ItemState
from countersign.lane.orders import order
from countersign.lane.progress import Progress, progress
from countersign.runtime.deps import Deps
from infra.cli.jobs import load
from infra.cli.options import AsJson, Place, Stage, Where, show
from infra.cli.show import safe, table

JOB = "j-"
"""What ids of jobs begin with."""


def items(
    context: typer.Context,
    job: Annotated[str, typer.Argument(help="the id of a job over a file of many items")],
    target: Where = Place.LOCAL,
    stage: Stage = "dev",
    as_json: AsJson = False,
) -> None:
    """How far the items of a job's file are: every row in one state, the pace, the time left, what
    failed by its cause, and what the model cost; of a campaign, what became of its mails, with the
    bounds of what came back, and what was sent to whom just now.

    Example: countersign items j-3xk7wq2p
    """
    deps = context.obj(target, stage).deps()
    found = progress(deps, load(deps.store, job, deps.clock.now()).job.job_id)
    mails = standing(deps, found.run.job_id)
    show(_shown(found, mails), _data(found) | _mailed(mails), as_json=as_json)


def say_word(deps: Deps, job: str, word: Word, by: str, reason: str) -> str:
    """The job whose file it was said of; raises as `orders.order`."""
    job_id = load(deps.store, job, deps.clock.now()).job.job_id
    order(deps, job_id, word, by=by, reason=reason)
    return job_id


def _data(found: Progress) -> dict[str, object]:
    left = found.time_left
    return {
        "job_id": found.run.job_id,
        "run": found.run.attempt,
        "word": found.control.word.value,
        "said": _said(found.control),
        "states": {one.value: getattr(found.seen, one) for one in ItemState},
        "rows": found.seen.rows,
        "a_second": round(found.a_second, 1),
        "seconds_left": None if left is None else int(left.total_seconds()),
        "causes": dict(found.seen.causes),
        "usd": str(found.seen.usd),
    }


def _said(control: Control) -> str:
    return f"{control.word} by {control.by}: {control.reason}" if control.by else ""


def _mailed(mails: Standing | None) -> dict[str, object]:
    if mails is None:
        return {}
    return {
        "mails": {event.value: mails.counts.get(event, 0) for event in Event},
        "told": dict(mails.told()),
    }


def _shown(found: Progress, mails: Standing | None) -> RenderableType:
    states = table("state", "rows")
    for one in ItemState:
        states.add_row(one.value, f"{getattr(found.seen, one):,}")
    causes = table("cause", "rows")
    for cause, count in found.seen.causes.items():
        causes.add_row(safe(cause), f"{count:,}")
    became = table("of its mails", "")
    for about, said in mails.told().items() if mails else ():
        became.add_row(about, said)
    parts = [*([causes] if found.seen.causes else []), *([became] if mails else [])]
    return Group(Text(_line(found)), states, *parts)


def _line(found: Progress) -> str:
    """In one sentence."""
    over = found.seen.rows - found.seen.left
    told = f"{over:,} of {found.seen.rows:,} rows, run {found.run.attempt}"
    if found.time_left is not None:
        told += f", {found.a_second:.1f} a second, {found.time_left} left at this pace"
    if found.seen.usd:
        told += f", {found.seen.usd} USD of the model"
    said = _said(found.control)
    return f"{told}; {said}" if said else told
