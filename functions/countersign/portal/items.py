"""How far the items of a job's file are, on its page: the page loads itself anew while they are
worked on, unless its reader says otherwise."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from itertools import starmap

from countersign.campaigns.standing import Standing, standing
from countersign.domain.jobs.change import JobRecord
from countersign.domain.lane.control import Control
from countersign.domain.lane.items import ItemState
from countersign.domain.lane.lane import FILED
from countersign.lane.progress import Progress, progress
from countersign.runtime.deps import Deps
from countersign.web.http import Request
from countersign.web.text import Pieces, visible

STILL = "still"
"""What a query says who wants the page to stay as it is."""
EVERY = 10
"""Seconds after which the page loads itself anew."""


@dataclass(frozen=True)
class Items:
    """The section of the page."""

    rows: int
    over: int
    told: str
    """In one sentence."""
    word: Pieces
    """What somebody said of it, if anybody did."""
    states: tuple[tuple[str, str], ...]
    causes: tuple[tuple[Pieces, str], ...]
    mails: tuple[tuple[str, str], ...]
    """Of a campaign: what became of them, and how fast they go out."""
    live: bool
    """Whether a run is under way."""


def items(deps: Deps, record: JobRecord) -> Items | None:
    """None of a job without such a file, and before its items are begun."""
    begun = FILED in record.results and deps.lanes.run(record.job.job_id)
    job_id = record.job.job_id
    return _shown(progress(deps, job_id), standing(deps, job_id)) if begun else None


def anew(request: Request, found: Items | None) -> dict[str, str]:
    """The header by which a browser loads the page again."""
    live = found is not None and found.live and STILL not in request.query
    return {"refresh": str(EVERY)} if live else {}


def _shown(found: Progress, mails: Standing | None) -> Items:
    seen = found.seen
    return Items(
        rows=seen.rows,
        over=seen.rows - seen.left,
        told=_told(found),
        word=visible(_said(found.control)),
        states=tuple((one.value, f"{getattr(seen, one):,}") for one in ItemState),
        causes=tuple(starmap(_cause, seen.causes.items())),
        mails=tuple(mails.told().items()) if mails else (),
        live=found.run.ended_at is None,
    )


def _cause(why: str, count: int) -> tuple[Pieces, str]:
    return visible(why), f"{count:,}"


def _told(found: Progress) -> str:
    seen, most = found.seen, found.run.most.usd
    over = seen.rows - seen.left
    parts = [f"{over:,} of {seen.rows:,} rows are over, in run {found.run.attempt}"]
    if found.time_left is not None:
        left = timedelta(seconds=int(found.time_left.total_seconds()))
        parts.append(f"{found.a_second:,.1f} a second: about {left} left at this pace")
    if seen.usd or most is not None:
        bound = f" of at most {most.normalize():f}" if most is not None else ""
        parts.append(f"{seen.usd.normalize():f}{bound} USD spent on the model")
    return "; ".join(parts)


def _said(control: Control) -> str:
    return f"{control.word} by {control.by}: {control.reason}" if control.by else ""
