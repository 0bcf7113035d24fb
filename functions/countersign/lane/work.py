"""Work: a child goes through one batch, item by item, and leaves when people say so.

The claim of an item looks at the batch's head in the same write: of all who ever entered the batch,
the last one alone gets it. What a child does not come to is left, and the next run goes on with it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from countersign import observability
from countersign.domain.canonical import canonical
from countersign.domain.errors import (
    Ambiguous,
    BatchTaken,
    BudgetSpent,
    CountersignError,
    InternalError,
    ItemsUnderWay,
    JobBudgetSpent,
    ModelAway,
    ModelDown,
    NotNow,
    NotYourTurn,
    Refused,
    StoreConflict,
    Transient,
)
from countersign.domain.lane.batches import Head, Line, Waits, entered, left, waiting
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
from countersign.domain.lane.lane import Done, Lane, Pinned, Skipped, Told, Worked
from countersign.lane.asking import SECONDS, Questioner, Spent
from countersign.lane.files import LaneFiles
from countersign.lane.functions import BatchCall, handler_of
from countersign.runtime.deps import Deps

SPARE_SECONDS = 20.0
"""No item is begun with fewer: what is left is the next run's."""
MOST_RETRIES = 2
"""So often a child that meets trouble of a moment is tried again; then its batch waits."""
_LONGEST_CAUSE = 200


def work(deps: Deps, call: BatchCall) -> dict[str, Any]:
    """Go through the batch. Raises Transient, with the item put back."""
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
        of = Pinned(about.input.as_(workflow.input), about.release)
        asks = workflow.lane.asks
        asker = Questioner(self._deps, self._call, asks, of, workflow.id) if asks else None
        waits = self._works(lines, _Worker(self._call, workflow.lane, of, asker))
        if waits:
            self._keeps(waiting(self._mine, waits))
        else:
            self._leaves(lines)

    def _works(self, lines: tuple[Line, ...], worker: _Worker) -> Waits | None:
        """What the next item has to wait for, if anything."""
        try:
            for line, ahead in self._left(lines, worker.seconds):
                self._ends(line, ahead, worker)
        except _Waits as met:
            return met.waits
        finally:
            worker.ends()
        return None

    def _left(self, lines: tuple[Line, ...], seconds: float) -> Iterator[tuple[Line, int]]:
        """As long as there is time, and nobody says otherwise; how many are left with each."""
        open_ = [line for line in lines if is_left(self._begun.get(line.number))]
        for at, line in enumerate(open_):
            if self._call.seconds_left(self._deps.clock.now()) < seconds:
                return
            if not self._lanes.control(self._call.job_id).runs:
                return
            yield line, len(open_) - at

    def _ends(self, line: Line, ahead: int, worker: _Worker) -> None:
        """Claim, ask, work, record. Raises BatchTaken, Transient, and _Waits."""
        held = self._begun.get(line.number)
        claim = claimed(held, line.number, self._mine.entry)
        self._lanes.claim(self._call.job_id, self._call.batch.number, claim)
        try:
            ended = given_up(held) or worker.worked(line, ahead)
        except (Transient, _Waits):
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
        self._keeps(left(self._mine, seen))

    def _keeps(self, after: Head) -> None:
        try:
            self._lanes.keep_head(self._call.job_id, self._call.batch.number, self._mine, after)
        except StoreConflict:
            observability.logger().info("somebody else entered the batch")


class _Waits(Exception):  # noqa: N818 - nothing is wrong
    """What is left waits for something outside."""

    def __init__(self, waits: Waits) -> None:
        super().__init__(waits.said)
        self.waits = waits


class _Worker:
    """Who does the work on the items of one batch, one after the other."""

    def __init__(
        self, call: BatchCall, lane: Lane[Any], of: Pinned[Any], asks: Questioner | None
    ) -> None:
        self._call = call
        self._lane = lane
        self._of = of
        self._asks = asks

    @property
    def seconds(self) -> float:
        """No item is begun with fewer."""
        return SECONDS if self._asks else SPARE_SECONDS

    def ends(self) -> None:
        """There are no more items."""
        if self._asks:
            self._asks.ends()

    def worked(self, line: Line, ahead: int) -> Ended:
        """How the item ends. Raises Transient and _Waits: then it is not the item that fails."""
        try:
            said = self._asks.told(line, ahead) if self._asks else Spent(Told())
        except (Transient, NotNow, ModelDown, JobBudgetSpent) as trouble:
            raise self._met(trouble) from None
        except Refused as refused:
            return Ended(state=ItemState.FAILED, cause=str(refused)[:_LONGEST_CAUSE])
        except Exception as defect:  # noqa: BLE001 - as in its work
            observability.defect("Work")
            return Ended(state=ItemState.FAILED, cause=f"{type(defect).__name__} in its question")
        ended = _worked(self._lane, self._of, line, said.told)
        tokens = said.usage.input_tokens + said.usage.output_tokens
        return ended.model_copy(update={"usd": said.usage.usd, "tokens": tokens})

    def _met(self, trouble: CountersignError) -> Exception:
        """What the item waits for; trouble of a moment is tried again by the machine first."""
        if isinstance(trouble, Transient) and self._call.retries < MOST_RETRIES:
            return trouble
        if isinstance(trouble, NotYourTurn):
            at = trouble.turn.at
            said = f"the model's turn for the next items comes at {at:%H:%M:%S} UTC"
            return _Waits(Waits(error=ItemsUnderWay.__name__, said=said, until=at))
        kept = isinstance(trouble, BudgetSpent | JobBudgetSpent)
        error = type(trouble).__name__ if kept else ModelAway.__name__
        return _Waits(Waits(error=error, said=str(trouble)))


def _worked(lane: Lane[Any], of: Pinned[Any], line: Line, told: Told) -> Ended:
    try:
        return _ended(lane.work(of, line.text, told))
    except Transient:
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
