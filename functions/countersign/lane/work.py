"""Work: a child goes through one batch, item by item, and leaves when people say so.

The claim of an item looks at the batch's head in the same write: of all who ever entered the batch,
the last one alone gets it. What a child does not come to is left, and the next run goes on with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

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
from countersign.domain.lane.control import Word
from countersign.domain.lane.items import (
    Ended,
    Item,
    ItemState,
    claimed,
    ended_as,
    given_up,
    is_claimed,
    is_left,
    outcomes,
    put_back,
    tally,
)
from countersign.domain.lane.lane import Done, Lane, Pinned, Skipped, Told, Worked
from countersign.domain.workflow import Workflow
from countersign.lane.asking import SECONDS, Questioner, Spent
from countersign.lane.files import LaneFiles
from countersign.lane.functions import BatchCall, handler_of
from countersign.runtime.deps import Deps

Work = Callable[[Pinned[Any], str, Told], Worked]
SPARE_SECONDS = 20.0
"""No item is begun with fewer: what is left is the next run's."""
MOST_RETRIES = 2
"""So often a child that meets trouble of a moment is tried again; then its batch waits."""
_LONGEST_CAUSE = 200


class Hand(Protocol):
    """Who does the work on the items of one batch, one after the other."""

    @property
    def seconds(self) -> float:
        """No item is begun with fewer."""

    def in_order(self, lines: Sequence[Line]) -> Sequence[Line]:
        """The items that are left, as they are worked on."""

    def does(self, line: Line, held: Item | None, ahead: int) -> Item | None:
        """Claim the item, do its work, store how it ended; what is stored then, None: it was not
        claimed. `ahead` items are left in the batch with it. Raises BatchTaken, Transient, and
        HeldUp for what all the others wait for too."""

    def settles(self, line: Line, held: Item) -> Item | None:
        """People cancelled it: find out how an item ended that somebody began; nothing more is
        begun. What is stored then, None: nothing. Raises BatchTaken, Transient."""

    def ends(self) -> Waits | None:
        """There are no more items. What those wait for that were left, if anything."""


@dataclass(frozen=True)
class Visit:
    """One entry into a batch."""

    deps: Deps
    call: BatchCall
    mine: Head
    files: LaneFiles
    workflow: Workflow[Any]
    of: Pinned[Any]

    @property
    def at(self) -> tuple[str, int]:
        """Job and batch."""
        return self.call.job_id, self.call.batch.number


def work(deps: Deps, call: BatchCall) -> dict[str, Any]:
    """Go through the batch. Raises Transient, with the item put back."""
    return visited(deps, call, _Worker)


def visited(deps: Deps, call: BatchCall, hand: Callable[[Visit], Hand]) -> dict[str, Any]:
    """Enter the batch, and let the hand do what is left. Raises Transient."""
    deps = deps.for_batch(call.job_id, call.batch.number)
    try:
        mine = _enters(deps, call)
        if mine.closed is None:
            visit = _visit(deps, call, mine)
            _Round(visit, hand(visit)).goes()
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


def _visit(deps: Deps, call: BatchCall, mine: Head) -> Visit:
    files = LaneFiles(deps.payloads, call.job_id)
    about = files.about()
    workflow = deps.workflows[about.workflow]
    if workflow.lane is None:
        raise InternalError(f"{workflow.id} has no lane any more")
    of = Pinned(about.input.as_(workflow.input), about.release)
    return Visit(deps, call, mine, files, workflow, of)


class _Round:
    """All that is left of a batch, by one hand."""

    def __init__(self, visit: Visit, hand: Hand) -> None:
        self._visit = visit
        self._hand = hand
        self._lanes = visit.deps.lanes
        self._begun = dict(self._lanes.items(*visit.at))
        self._word = Word.RUNNING

    def goes(self) -> None:
        """Through all that is left, and close the batch when nothing is."""
        lines = self._visit.files.batch(self._visit.call.batch)
        waits = self._works(lines)
        if waits:
            self._keeps(waiting(self._visit.mine, waits))
        else:
            self._leaves(lines)

    def _works(self, lines: tuple[Line, ...]) -> Waits | None:
        """What the items that are left have to wait for, if anything."""
        met: Waits | None = None
        try:
            for line, ahead in self._left(lines):
                after = self._hand.does(line, self._begun.get(line.number), ahead)
                if after:
                    self._begun[line.number] = after
            if self._word is Word.CANCELLED:
                self._settles(lines)
        except HeldUp as held_up:
            met = held_up.waits
        finally:
            others = self._hand.ends()
        return met or others

    def _settles(self, lines: tuple[Line, ...]) -> None:
        for line in lines:
            held = self._begun.get(line.number)
            after = self._hand.settles(line, held) if held and is_claimed(held) else None
            if after:
                self._begun[line.number] = after

    def _left(self, lines: tuple[Line, ...]) -> Iterator[tuple[Line, int]]:
        """As long as there is time, and nobody says otherwise; how many are left with each."""
        call, deps = self._visit.call, self._visit.deps
        left = [line for line in lines if is_left(self._begun.get(line.number))]
        open_ = self._hand.in_order(left)
        for at, line in enumerate(open_):
            if call.seconds_left(deps.clock.now()) < self._hand.seconds:
                return
            self._word = self._lanes.control(call.job_id).word
            if self._word is not Word.RUNNING:
                return
            yield line, len(open_) - at

    def _leaves(self, lines: tuple[Line, ...]) -> None:
        """The results go into the bucket before the head says that nothing is left."""
        seen = tally(len(lines), self._begun.values())
        if seen.left:
            return
        batch = self._visit.call.batch.number
        numbers = (line.number for line in lines)
        self._visit.files.keep_results(batch, outcomes(numbers, self._begun))
        self._keeps(left(self._visit.mine, seen))

    def _keeps(self, after: Head) -> None:
        try:
            self._lanes.keep_head(*self._visit.at, self._visit.mine, after)
        except StoreConflict:
            observability.logger().info("somebody else entered the batch")


class HeldUp(Exception):  # noqa: N818 - nothing is wrong
    """What is left waits for something outside."""

    def __init__(self, waits: Waits) -> None:
        super().__init__(waits.said)
        self.waits = waits


class _Worker:
    """The lane's own hand: an item's work has no effect but its answer, and may be done again."""

    def __init__(self, visit: Visit) -> None:
        lane: Lane[Any] | None = visit.workflow.lane
        if lane is None or lane.work is None:
            raise InternalError(f"{visit.workflow.id} has items that are sent, and not worked on")
        self._visit, self._call, self._of = visit, visit.call, visit.of
        self._work: Work = lane.work
        self._lanes = visit.deps.lanes
        self._asks = (
            Questioner(visit.deps, visit.call, lane.asks, visit.of, visit.workflow.id)
            if lane.asks
            else None
        )

    @property
    def seconds(self) -> float:
        """No item is begun with fewer."""
        return SECONDS if self._asks else SPARE_SECONDS

    def in_order(self, lines: Sequence[Line]) -> Sequence[Line]:
        """As they lie there."""
        return lines

    def settles(self, line: Line, held: Item) -> None:
        """What was begun had no effect: it is left."""

    def ends(self) -> None:
        """There are no more items."""
        if self._asks:
            self._asks.ends()

    def does(self, line: Line, held: Item | None, ahead: int) -> Item:
        """Claim, ask, work, record. Raises BatchTaken, Transient, and HeldUp."""
        claim = claimed(held, line.number, self._visit.mine.entry)
        self._lanes.claim(*self._visit.at, claim)
        try:
            ended = given_up(held) or self.worked(line, ahead)
        except (Transient, HeldUp):
            self._lanes.record(*self._visit.at, put_back(claim))
            raise
        after = ended_as(claim, ended)
        self._lanes.record(*self._visit.at, after)
        return after

    def worked(self, line: Line, ahead: int) -> Ended:
        """How the item ends. Raises Transient and HeldUp: then it is not the item that fails."""
        try:
            said = self._asks.told(line, ahead) if self._asks else Spent(Told())
        except (Transient, NotNow, ModelDown, JobBudgetSpent) as trouble:
            raise self._met(trouble) from None
        except Refused as refused:
            return Ended(state=ItemState.FAILED, cause=str(refused)[:_LONGEST_CAUSE])
        except Exception as defect:  # noqa: BLE001 - as in its work
            observability.defect("Work")
            return Ended(state=ItemState.FAILED, cause=f"{type(defect).__name__} in its question")
        ended = _worked(self._work, self._of, line, said.told)
        tokens = said.usage.input_tokens + said.usage.output_tokens
        return ended.model_copy(update={"usd": said.usage.usd, "tokens": tokens})

    def _met(self, trouble: CountersignError) -> Exception:
        """What the item waits for; trouble of a moment is tried again by the machine first."""
        if isinstance(trouble, Transient) and self._call.retries < MOST_RETRIES:
            return trouble
        if isinstance(trouble, NotYourTurn):
            at = trouble.turn.at
            said = f"the model's turn for the next items comes at {at:%H:%M:%S} UTC"
            return HeldUp(Waits(error=ItemsUnderWay.__name__, said=said, until=at))
        kept = isinstance(trouble, BudgetSpent | JobBudgetSpent)
        error = type(trouble).__name__ if kept else ModelAway.__name__
        return HeldUp(Waits(error=error, said=str(trouble)))


def _worked(work: Work, of: Pinned[Any], line: Line, told: Told) -> Ended:
    try:
        return _ended(work(of, line.text, told))
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


handler = handler_of(work, BatchCall)
