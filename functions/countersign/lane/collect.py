"""Collect: count the rows, make the documents of a file that is done, wake the job."""

from __future__ import annotations

import heapq
import json
from collections.abc import Iterator, Mapping
from typing import Any

from countersign.domain.canonical import digest
from countersign.domain.errors import InternalError
from countersign.domain.jobs.job import Status
from countersign.domain.lane.batches import Head, Plan, held_up
from countersign.domain.lane.control import Word
from countersign.domain.lane.items import Item, Outcome, is_claimed, outcomes
from countersign.domain.lane.lane import Figure, Pinned, Settled, Sheet
from countersign.domain.lane.run import Run, ended, finished, settles
from countersign.jobs.resume import go_on
from countersign.lane.files import LaneFiles
from countersign.lane.functions import RunCall, handler_of
from countersign.lane.split import current, seen_of
from countersign.lane.spooling import spooled
from countersign.runtime.deps import Deps

LOOKS, BETWEEN_LOOKS = 5, 1.0
"""How often it is looked whether the job has parked, and the seconds between."""


def collect(deps: Deps, call: RunCall) -> dict[str, Any]:
    """The counts are of the rows; what the Map says of its children is not asked."""
    run = current(deps, call)
    if run.ended_at is None:
        run = _ended(deps, run)
    wake(deps, run)
    return {"left": run.seen.left}


def _ended(deps: Deps, run: Run) -> Run:
    files = LaneFiles(deps.payloads, run.job_id)
    plan = files.plan(run.plan)
    heads = deps.lanes.heads(run.job_id, (one.number for one in plan.batches))
    seen = seen_of(deps, run, plan, heads)
    waits = held_up(heads.values(), run.attempt, soonest=files.about().sends)
    after = ended(run, seen, deps.clock.now(), waits)
    rows = _Rows(deps, files, plan, heads)
    if not seen.left or (settles(run, deps.lanes.control(run.job_id)) and not rows.begun):
        after = finished(after, *_made(deps, files, rows))
    deps.lanes.keep_run(run, after)
    return after


class _Rows:
    """Every row of the file with its end; in a batch that was not closed some are left."""

    def __init__(self, deps: Deps, files: LaneFiles, plan: Plan, heads: Mapping[int, Head]) -> None:
        self._deps, self._files, self._plan = deps, files, plan
        closed = {number for number, head in heads.items() if head.closed}
        self._open = {one.number: one for one in plan.batches if one.number not in closed}

    @property
    def begun(self) -> bool:
        """Whether anybody began one of which nobody has said how it ended."""
        return any(any(map(is_claimed, self._items(one).values())) for one in self._open)

    def settled(self) -> Iterator[Settled]:
        """In their order; in memory are the batches that the place lies in: one, or one of each
        group."""
        both = heapq.merge(self._worked(), self._files.quarantined(), key=lambda one: one.number)
        return map(_as_settled, both)

    def _worked(self) -> Iterator[Outcome]:
        """A batch is opened when its first row is next."""
        ahead = sorted(self._plan.batches, key=lambda one: one.first, reverse=True)
        open_: list[tuple[int, Outcome, Iterator[Outcome]]] = []
        while ahead or open_:
            if ahead and (not open_ or ahead[-1].first < open_[0][0]):
                _push(open_, self._of(ahead.pop().number))
                continue
            _, one, rest = heapq.heappop(open_)
            _push(open_, rest)
            yield one

    def _of(self, batch: int) -> Iterator[Outcome]:
        if batch not in self._open:
            return self._files.results(batch)
        numbers = (line.number for line in self._files.batch(self._open[batch]))
        return outcomes(numbers, self._items(batch))

    def _items(self, batch: int) -> Mapping[int, Item]:
        return self._deps.lanes.items(self._files.job_id, batch)


def _made(deps: Deps, files: LaneFiles, rows: _Rows) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """What the workflow makes of the results, kept: the digest of each document, and the figures,
    by name."""
    about = files.about()
    workflow = deps.workflows[about.workflow]
    if workflow.lane is None:
        raise InternalError(f"{workflow.id} has no lane any more")
    of = Pinned(about.input.as_(workflow.input), about.release)
    documents, figures = {}, {}
    with spooled(deps, about.source) as opening:
        for made in workflow.lane.finish(of, opening, rows.settled()):
            if isinstance(made, Figure):
                figures[made.name] = made.value
                continue
            name, body = _printed(made) if isinstance(made, Sheet) else made
            files.keep_document(name, body)
            documents[name] = digest(body)
    return documents, figures


def _printed(sheet: Sheet) -> tuple[str, bytes]:
    from countersign.web.rendering import render  # noqa: PLC0415 - only who prints loads templates

    return sheet.name, render(sheet.template, **sheet.data).encode()


def _push(open_: list[tuple[int, Outcome, Iterator[Outcome]]], rest: Iterator[Outcome]) -> None:
    one = next(rest, None)
    if one is not None:
        heapq.heappush(open_, (one.number, one, rest))


def _as_settled(one: Outcome) -> Settled:
    result = json.loads(one.ended.result) if one.ended.result else None
    return Settled(one.number, one.ended.state, one.ended.cause, result)


def wake(deps: Deps, run: Run) -> None:
    """The job goes on, unless a person paused it. A short run may be over before its job has
    parked: who still finds it at work leaves it to the row by which `tick` looks after it."""
    paused = deps.lanes.control(run.job_id).word is Word.PAUSED
    if paused and run.seen.left:
        return
    for _ in range(LOOKS):
        record = deps.store.load(run.job_id)
        if record.job.status is Status.PARKED:
            go_on(deps, record)
            return
        deps.pause(BETWEEN_LOOKS)


handler = handler_of(collect, RunCall)
