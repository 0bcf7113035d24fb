"""Work: a child goes through one batch, item by item, and leaves when people say so.

The claim of an item looks at the batch's head in the same write: of all who ever entered the batch,
the last one alone gets it. What a child does not come to is left, and the next run goes on with it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from countersign import observability
from countersign.domain.canonical import canonical
from countersign.domain.contract import Contract
from countersign.domain.errors import (
    Ambiguous,
    BatchTaken,
    InternalError,
    NotNow,
    StoreConflict,
    Transient,
)
from countersign.domain.lane.batches import Head, Line, entered, left
from countersign.domain.lane.items import (
    Ended,
    Item,
    ItemState,
    Outcome,
    claimed,
    ended_as,
    given_up,
    is_left,
    put_back,
    tally,
)
from countersign.domain.lane.lane import Done, Lane, Skipped, Worked
from countersign.lane.files import LaneFiles
from countersign.lane.functions import BatchCall, handler_of
from countersign.runtime.deps import Deps

SPARE_SECONDS = 20.0
"""No item is begun with fewer: what is left is the next run's."""
_LONGEST_CAUSE = 200


def work(deps: Deps, call: BatchCall) -> dict[str, Any]:
    """Go through the batch. Raises Transient and NotNow, with the item put back."""
    deps = deps.for_batch(call.job_id, call.batch.number)
    try:
        mine = _enters(deps, call)
        if mine.closed is None:
            _Visit(deps, call, mine).goes()
    except BatchTaken:
        observability.logger().info("somebody else works on the batch")
    return {}


def _enters(deps: Deps, call: BatchCall) -> Head:
    """The head, ours. Raises BatchTaken when a later run owns the batch, StoreConflict."""
    number = int(call.execution.rpartition("-")[2])
    held = deps.lanes.head(call.job_id, call.batch.number)
    if held and held.closed:
        return held
    mine = entered(held, number)
    deps.lanes.keep_head(call.job_id, call.batch.number, held, mine)
    return mine


class _Visit:
    """One entry into a batch."""

    def __init__(self, deps: Deps, call: BatchCall, mine: Head) -> None:
        self._deps = deps
        self._call = call
        self._mine = mine
        self._lanes = deps.lanes
        self._files = LaneFiles(deps.payloads, call.job_id)
        self._begun = dict(self._lanes.items(call.job_id, call.batch.number))

    def goes(self) -> None:
        """Through all that is left, and close the batch when nothing is."""
        lines = self._files.batch(self._call.batch)
        about = self._files.about()
        workflow = self._deps.workflows[about.workflow]
        if workflow.lane is None:
            raise InternalError(f"{workflow.id} has no lane any more")
        given = about.input.as_(workflow.input)
        for line in self._left(lines):
            self._ends(line, workflow.lane, given)
        self._leaves(lines)

    def _left(self, lines: tuple[Line, ...]) -> Iterator[Line]:
        """As long as there is time, and nobody says otherwise."""
        for line in lines:
            if not is_left(self._begun.get(line.number)):
                continue
            if self._call.seconds_left(self._deps.clock.now()) < SPARE_SECONDS:
                return
            if not self._lanes.control(self._call.job_id).runs:
                return
            yield line

    def _ends(self, line: Line, lane: Lane[Any], given: Contract) -> None:
        """Claim, work, record. Raises BatchTaken, Transient, NotNow."""
        held = self._begun.get(line.number)
        claim = claimed(held, line.number, self._mine.entry)
        self._lanes.claim(self._call.job_id, self._call.batch.number, claim)
        try:
            ended = given_up(held) or _worked(lane, given, line)
        except (Transient, NotNow):
            self._records(put_back(claim))
            raise
        self._records(ended_as(claim, ended))

    def _records(self, item: Item) -> None:
        self._lanes.record(self._call.job_id, self._call.batch.number, item)
        self._begun[item.number] = item

    def _leaves(self, lines: tuple[Line, ...]) -> None:
        """The results go into the bucket before the head says that nothing is left."""
        seen = tally(len(lines), self._begun.values())
        if seen.left:
            return
        self._files.keep_results(self._call.batch.number, _outcomes(lines, self._begun))
        after = left(self._mine, seen)
        try:
            self._lanes.keep_head(self._call.job_id, self._call.batch.number, self._mine, after)
        except StoreConflict:
            observability.logger().info("somebody else closes the batch")


def _worked(lane: Lane[Any], given: Contract, line: Line) -> Ended:
    """How the item ends. Raises Transient and NotNow: then it is not the item that fails."""
    try:
        return _ended(lane.work(given, line.text))
    except (Transient, NotNow):
        raise
    except Ambiguous as lost:
        return Ended(state=ItemState.UNKNOWN, cause=str(lost)[:_LONGEST_CAUSE])
    except Exception as defect:  # noqa: BLE001 - one item that nobody thought of stops no other
        observability.defect("Work")
        return Ended(state=ItemState.FAILED, cause=f"{type(defect).__name__} in its work")


def _ended(worked: Worked) -> Ended:
    if isinstance(worked, Done):
        return Ended(state=ItemState.DONE, result=canonical(worked.result).decode())
    if isinstance(worked, Skipped):
        return Ended(state=ItemState.SKIPPED, cause=worked.rule)
    return Ended(state=ItemState.FAILED, cause=worked.cause[:_LONGEST_CAUSE])


def _outcomes(lines: tuple[Line, ...], begun: Mapping[int, Item]) -> Iterator[Outcome]:
    for line in lines:
        ended = begun[line.number].ended
        if ended is not None:
            yield Outcome(number=line.number, ended=ended)


handler = handler_of(work, BatchCall)
