"""Asking the model about items: in blocks of turns, within blocks of budget, once for whoever asks
the same.

A child asks about one item after the other. It reserves turns of a few seconds at a time, and the
worst case of the questions that are left in its batch: what it does not use of the turns lapses,
what it does not spend goes back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import reduce
from typing import Any

from countersign import observability
from countersign.domain.contract import Contract
from countersign.domain.errors import BudgetSpent, CountersignError, JobBudgetSpent
from countersign.domain.lane.batches import Line
from countersign.domain.lane.lane import Asking, Pinned, Told
from countersign.domain.limits import budgets
from countersign.domain.limits.budgets import Amount
from countersign.domain.limits.pace import Turn
from countersign.domain.policy.calls import ModelCall
from countersign.domain.policy.proposal import Usage
from countersign.domain.policy.release import Size
from countersign.domain.ports import ModelAnswer, ModelRequest
from countersign.domain.workflow import Segment
from countersign.lane.functions import BatchCall
from countersign.model.segments import OF_AN_ITEM, Part, Reading
from countersign.runtime.asking import LONGEST, SPARE_SECONDS, Asker, outages
from countersign.runtime.budgets import DayBudget, Held, ItemsBudget, most_of
from countersign.runtime.connectors import MODEL
from countersign.runtime.deps import Deps
from countersign.runtime.pace import Paced
from countersign.runtime.shared_answers import share, shared
from countersign.runtime.visits import PacedVisit

BLOCK = timedelta(seconds=5)
"""So much of the model's time is reserved at once: others have their turns in between."""
SECONDS = LONGEST + 3 * SPARE_SECONDS
"""No question is begun with fewer: an answer that is cut off would look like a model that is down.
"""
_MICROSECOND = timedelta(microseconds=1)
_NO_ANSWER = "the model gave no valid answer"


@dataclass(frozen=True)
class Spent:
    """What was said of an item, and what that cost."""

    told: Told
    usage: Usage = field(default_factory=Usage)


class Questioner:
    """Who asks about the items of one batch, in one visit of its child."""

    def __init__(
        self,
        deps: Deps,
        call: BatchCall,
        asks: Asking[Any],
        of: Pinned[Any],
        workflow: str,
    ) -> None:
        self._deps = deps
        self._call = call
        self._asks = asks
        self._of = of
        self._workflow = workflow
        self._budget = BlockBudget(_within(deps, call, workflow))
        self._block: _Block | None = None

    def told(self, line: Line, ahead: int) -> Spent:
        """What the model says of the item; `ahead` items are left in the batch with it. Raises what
        `outages` and the budgets do, NotYourTurn, and Refused."""
        shown = self._asks.shown(self._of, line.text)
        if not shown:
            return Spent(Told())
        reading = self._reading(line, shown)
        first = reading.next(())
        if first is None:  # pragma: no cover - what is asked nothing of yet has a first question
            raise AssertionError
        pinned = self._of.release.digest
        key = f"answers/{self._workflow}/{first.digest(pinned)}.json"
        held = shared(self._deps, key)
        if held:
            observability.count("AnswersReused", workflow=self._workflow)
            return Spent(self._read(reading, self._call_of(reading, first, held)))
        calls = self._asked(reading, first, pinned, ahead)
        usage = reduce(Usage.plus, (one.usage for one in calls), Usage())
        last = calls[-1]
        said = ModelAnswer(last.content, last.model, last.offline, last.usage, last.ended)
        first_come = share(self._deps, key, said)
        return Spent(self._read(reading, self._call_of(reading, first, first_come)), usage)

    def ends(self) -> None:
        """Give back what was not needed."""
        if self._block:
            self._block.ends()
            self._block = None
        self._budget.ends()

    def _reading(self, line: Line, shown: str) -> Reading:
        def faults(_given: Any, _segment: Segment, answer: Any) -> Sequence[str]:
            return self._asks.faults(self._of, line.text, answer)

        about = _OfItem(self._asks.answer, faults)
        segment = Segment(f"row {line.number}", shown)
        return Reading(about, self._of.release, self._of.input, segment, "of a file", OF_AN_ITEM)

    def _asked(self, reading: Reading, first: Part, pinned: str, ahead: int) -> Sequence[ModelCall]:
        """All calls about an item: the question, its one repair, the larger model."""
        calls: list[ModelCall] = []
        part: Part | None = first
        while part:
            began = self._deps.clock.now()
            answer = self._answer(part.size, part.request, ahead)
            times = (began, self._deps.clock.now())
            calls.append(reading.called(part, part.digest(pinned), answer, times))
            part = reading.next(calls)
        return calls

    def _answer(self, size: Size, request: ModelRequest, ahead: int) -> ModelAnswer:
        self._budget.ahead = ahead
        with outages(self._deps, self._call):
            block = self._block
            if block is None or not block.left:
                if block:
                    block.ends()
                self._block = block = self._opened(most_of(request, size).tokens, ahead)
            return block.answer(size, request)

    def _opened(self, tokens: int, ahead: int) -> _Block:
        """The next block, at its turn. Raises NotYourTurn where that comes too late for this visit,
        and then nothing is reserved."""
        key, workflow = Paced(self._deps, MODEL), self._workflow
        each = key.pace.each(tokens) * _MICROSECOND
        requests = max(1, min(ahead, BLOCK // each)) if each else ahead
        time = self._call.seconds_left(self._deps.clock.now()) - SECONDS
        within = timedelta(seconds=max(1.0, time))
        batch = _OfBatch(workflow)
        visit = PacedVisit(key, batch, self._call, (MODEL, workflow), tokens=tokens, within=within)
        asker = Asker(self._deps, self._call, visit, self._budget, workflow)
        visit.begins(requests)
        return _Block(asker, visit, requests)

    def _call_of(self, reading: Reading, first: Part, answer: ModelAnswer) -> ModelCall:
        now = self._deps.clock.now()
        return reading.called(first, "", answer, (now, now))

    def _read(self, reading: Reading, call: ModelCall) -> Told:
        return Told(why=_NO_ANSWER) if call.faults else Told(reading.answer([call]))


@dataclass(frozen=True)
class _OfItem:
    """segments.Questions, about one item."""

    answer: type[Contract]
    faults: Any


@dataclass(frozen=True)
class _OfBatch:
    """visits.Holder: a batch keeps no turns."""

    workflow: str
    turns: Mapping[str, Turn] = field(default_factory=dict)


class _Block:
    """Turns that are reserved together."""

    def __init__(self, asker: Asker, visit: PacedVisit, requests: int) -> None:
        self._asker = asker
        self._visit = visit
        self.left = requests

    def answer(self, size: Size, request: ModelRequest) -> ModelAnswer:
        self.left -= 1
        counted: AbstractContextManager[None] = self._visit.counted()
        with counted:
            return self._asker.answer(size, request)

    def ends(self) -> None:
        self._visit.ends(well=False)


class BlockBudget:
    """budgets.Budget: what the questions left in a batch may cost is held at once, in the budgets
    of the day and of the job, and settled when that is used up or the visit ends. Where there is no
    room for all of them, for half as many, down to the next one alone."""

    def __init__(self, within: Sequence[DayBudget]) -> None:
        self._within = within
        self._held: list[Held] = []
        self._left = budgets.NOTHING
        self._spent: Amount | None = None
        self.ahead = 1
        """So many questions are still to be asked."""

    def reserves(self, amount: Amount) -> _Share:
        """Raises BudgetSpent and JobBudgetSpent."""
        if not _fits(amount, self._left):
            self.ends()
            self._holds(amount)
        self._left = self._left.minus(amount)
        return _Share(self)

    def spends(self, spent: Amount) -> None:
        """What a question cost."""
        self._spent = (self._spent or budgets.NOTHING).plus(spent)

    def ends(self) -> None:
        """Settle what is held."""
        held, spent = self._held, self._spent
        self._held, self._left, self._spent = [], budgets.NOTHING, None
        for one in held:
            one.settles(spent)

    def _holds(self, amount: Amount) -> None:
        many = max(1, self.ahead)
        while True:
            whole = Amount(nano_usd=amount.nano_usd * many, tokens=amount.tokens * many)
            try:
                self._held = self._all(whole)
            except (BudgetSpent, JobBudgetSpent):
                if many == 1:
                    raise
                many //= 2
            else:
                self._left = whole
                return

    def _all(self, whole: Amount) -> list[Held]:
        """In each of them, or in none."""
        found: list[Held] = []
        try:
            for one in self._within:
                held = one.reserves(whole)
                found += [held] if held else []
        except CountersignError:
            for held in found:
                held.settles(None)
            raise
        return found


@dataclass(frozen=True)
class _Share:
    """budgets.Reserved: one question's part of what is held."""

    of: BlockBudget

    def settles(self, spent: Amount | None) -> None:
        """What it cost."""
        if spent:
            self.of.spends(spent)


def _fits(amount: Amount, left: Amount) -> bool:
    return amount.nano_usd <= left.nano_usd and amount.tokens <= left.tokens


def _within(deps: Deps, call: BatchCall, workflow: str) -> Sequence[DayBudget]:
    """What bounds the questions of a batch: the day's budgets, and what is left of the job's."""
    run = deps.lanes.run(call.job_id)
    own = [ItemsBudget(deps, workflow, call.job_id, run.most)] if run else []
    return (DayBudget(deps, workflow), *own)
