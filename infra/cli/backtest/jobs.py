"""The jobs that are exported and judged again: out of a file, or out of a stage."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import timedelta
from functools import partial
from itertools import chain, islice
from pathlib import Path

import typer

from countersign.domain.jobs.change import Change, JobRecord
from countersign.domain.jobs.job import KEPT_DAYS, Status
from countersign.domain.releases.backtest import Backtest, backtest, together
from countersign.domain.releases.past import Past, of_line, past
from countersign.jobs.finding import latest
from countersign.jobs.originals import EXPORTED
from countersign.runtime.deps import Deps
from infra.cli.options import say
from workflows import registered

MOST = 100_000
"""Jobs that are read of each status, the latest."""
_SHOWN_EVERY = 500
_PIECE = 1_000
"""Lines that one process judges at a time."""
_SINCE = re.compile(r"(\d{1,4})([dh])")
_JUDGED = tuple(one for one in Status if one not in (Status.PENDING, Status.PROCESSING))


def within(since: str) -> timedelta:
    """`30d` or `12h`. Raises BadParameter."""
    found = _SINCE.fullmatch(since)
    if not found:
        raise typer.BadParameter("write days or hours: 30d, 12h")
    unit = {"d": timedelta(days=1), "h": timedelta(hours=1)}[found[2]]
    return min(int(found[1]) * unit, timedelta(days=KEPT_DAYS))


def stored(deps: Deps, since: timedelta) -> Iterator[JobRecord]:
    """Jobs of the stage that changed within that time; how many were read is said meanwhile."""
    now, count = deps.clock.now(), 0
    for job in latest(deps.store, _JUDGED, now - since, now, MOST):
        if job.updated_at >= now - since:
            yield deps.store.load(job.job_id)
            count += 1
            if count % _SHOWN_EVERY == 0:
                say(f"{count:,} jobs read …")


def exported(deps: Deps, since: timedelta, by: str) -> Iterator[Past]:
    """The same, each with the entry in its trail that says who took it out, written first."""
    said = Change(event=EXPORTED, actor=f"person:{by}")
    for record in stored(deps, since):
        deps.update(record.job.job_id, lambda _: said)
        yield past(record)


def judged_file(file: Path, stage: str) -> Backtest:
    """The jobs of an export judged again by the files of a stage, on all of the machine's cores.
    Raises ContractBroken for a line that is none."""
    with file.open("rb") as lines:
        pieces = iter(lambda: list(islice(lines, _PIECE)), [])
        first = next(pieces, [])
        if len(first) < _PIECE:
            return judged_lines(stage, first)
        with ProcessPoolExecutor() as pool:
            return together(pool.map(partial(judged_lines, stage), chain([first], pieces)))


def judged_lines(stage: str, lines: Sequence[bytes]) -> Backtest:
    """Some of them."""
    return backtest(registered(stage), map(of_line, lines))
