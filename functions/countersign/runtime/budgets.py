"""Reserving the worst case of a call of the model, and settling what it cost. Where the stage
bounds no day, nothing is written; what a job has cost stands in its own calls.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from countersign import observability
from countersign.domain.errors import (
    BudgetSpent,
    CountersignError,
    JobBudgetSpent,
    Throttled,
    Unavailable,
)
from countersign.domain.jobs.change import DueRow, JobRecord
from countersign.domain.jobs.spending import raised_in
from countersign.domain.lane.lane import FILED
from countersign.domain.limits import budgets
from countersign.domain.limits.budgets import Amount, Counter, Hold, Most, Reserving
from countersign.domain.limits.caps import day_of
from countersign.domain.policy.calls import spent_by
from countersign.domain.policy.proposal import Usage
from countersign.domain.policy.release import Size
from countersign.domain.ports import ModelRequest
from countersign.runtime.deps import Deps
from countersign.runtime.step import COMMIT_PAUSES

_TRIES = 12
"""Each refused reservation means that somebody else's addition, or a dead call's hold, was seen."""


def first_to_fit(deps: Deps, workflow: str, rows: Sequence[DueRow]) -> Sequence[DueRow]:
    """Those of a workflow's waiting jobs for whose next call today's budgets have room."""
    held = deps.workflows.get(workflow)
    within = held.budgets.scopes(workflow) if held else {}
    if not within:
        return rows
    row = deps.budgets.counter(day_of(deps.clock.now()))
    needs = ((one, one.due.needs or budgets.NOTHING) for one in rows)
    return list(budgets.fitting(row, within, needs))


def amount_of(usage: Usage) -> Amount:
    """As budgets count it."""
    return Amount.of(usage.usd, usage.input_tokens + usage.output_tokens)


def most_of(request: ModelRequest, size: Size) -> Amount:
    """The most that one call can cost."""
    most = request.most
    return amount_of(most.model_copy(update={"usd": size.price.most(most)}))


def check_job(deps: Deps, record: JobRecord, wanted: Sequence[Amount]) -> None:
    """Raises JobBudgetSpent when calls that may cost so much do not fit into the job's budget."""
    most = deps.workflows[record.job.workflow].budgets.job
    if not most.bounds:
        return
    spent = amount_of(spent_by(record.results)).plus(_of_items(deps, record))
    total = budgets.total(wanted)
    if not most.has_room(spent, total, raised_in(record.audit)):
        raise JobBudgetSpent(record.job.job_id, str(most))


def _of_items(deps: Deps, record: JobRecord) -> Amount:
    """What questions about the items of the job's file cost, by the last run that ended."""
    run = deps.lanes.run(record.job.job_id) if FILED in record.results else None
    return Amount.of(run.seen.usd, run.seen.tokens) if run else budgets.NOTHING


def left_for_items(deps: Deps, record: JobRecord) -> Most:
    """What all questions about the items of the job's file may cost. Raises JobBudgetSpent where
    the job's other calls left nothing."""
    most = deps.workflows[record.job.workflow].budgets.job
    room = most.room(amount_of(spent_by(record.results)), raised_in(record.audit))
    if any(left <= 0 for left in room.values()):
        raise JobBudgetSpent(record.job.job_id, str(most))
    usd = Amount(nano_usd=room["nano_usd"]).usd if "nano_usd" in room else None
    return Most(usd=usd, tokens=room.get("tokens"))


class Budget(Protocol):
    """What calls of the model are reserved in."""

    def reserves(self, amount: Amount) -> Reserved | None:
        """Hold so much; None where nothing is bounded. Raises BudgetSpent and JobBudgetSpent."""


class Reserved(Protocol):
    """What one call holds."""

    def settles(self, spent: Amount | None) -> None:
        """What it cost; None: it was turned away and cost nothing."""


@dataclass(frozen=True)
class DayBudget:
    """The budgets of a day that bind one workflow's calls."""

    deps: Deps
    workflow: str

    @property
    def within(self) -> Mapping[str, Most]:
        """The bounded counters."""
        return self.deps.workflows[self.workflow].budgets.scopes(self.workflow)

    @property
    def holder(self) -> str:
        """Whose counter it is beside everybody's."""
        return self.workflow

    def row(self, now: datetime) -> str:
        """Where they are counted."""
        return day_of(now)

    def reserves(self, amount: Amount) -> Held | None:
        """Hold so much; None where no day is bounded. Raises BudgetSpent when one has no room, and
        Throttled when others do not let go."""
        within = self.within
        if not within:
            return None
        now, attempt = self.deps.clock.now(), self.deps.ids.token(64)
        hold = Hold(workflow=self.holder, amount=amount, until=now + budgets.HOLDS_FOR)
        row = self._seen(self.row(now))
        for _ in range(_TRIES):
            wanted = Reserving(attempt, hold, within, row)
            stored, row = self.deps.budgets.reserve(wanted)
            self.deps.memory.budget = row
            if stored or attempt in row.held:  # the latter: an answer that was lost
                return Held(self, row.day, attempt, hold)
            self._frees_or_stops(row, wanted, now)
        raise Throttled("too many reserve of the model's budget at the same time")

    def _seen(self, day: str) -> Counter:
        held = self.deps.memory.budget
        return held if held and held.day == day else Counter(day=day)

    def _frees_or_stops(self, row: Counter, wanted: Reserving, now: datetime) -> None:
        """Room that dead calls hold is made; where there is none, BudgetSpent is raised."""
        scope = budgets.full(row, wanted)
        if scope is None:
            return
        dead = list(row.left_behind(now))
        if not dead:
            raise self.spent(scope, row.day, str(wanted.within[scope]), str(wanted.hold.amount))
        for attempt, hold in dead:
            self.deps.budgets.settle(row.day, attempt, hold, None)

    def spent(self, scope: str, day: str, most: str, needs: str) -> CountersignError:
        """What is raised when a counter has no room."""
        observability.count("BudgetsSpent")
        return BudgetSpent(budgets.name_of(scope), day, most, needs)


@dataclass(frozen=True)
class ItemsBudget(DayBudget):
    """What questions about the items of one job's file may cost in all, in a row of its own: no
    child can read the job's."""

    job_id: str
    most: Most

    @property
    def within(self) -> Mapping[str, Most]:
        """The job's alone."""
        return {self.job_id: self.most} if self.most.bounds else {}

    @property
    def holder(self) -> str:
        """The job."""
        return self.job_id

    def row(self, now: datetime) -> str:  # noqa: ARG002 - one row, however many days it takes
        """The job's own."""
        return self.job_id

    def spent(self, scope: str, day: str, most: str, needs: str) -> CountersignError:  # noqa: ARG002 - as above
        """Only a person can raise it."""
        return JobBudgetSpent(self.job_id, most)


@dataclass(frozen=True)
class Held:
    """What one call holds."""

    of: DayBudget
    day: str
    attempt: str
    hold: Hold

    def settles(self, spent: Amount | None) -> None:
        """What it cost; None: it was turned away and cost nothing. Tried for some seconds: a hold
        that stays is freed, and what was spent would be forgotten."""
        for seconds in COMMIT_PAUSES:
            try:
                self._settles(spent)
            except (Throttled, Unavailable):
                self.of.deps.pause(seconds)
            else:
                return
        self._settles(spent)

    def _settles(self, spent: Amount | None) -> None:
        deps = self.of.deps
        row = deps.budgets.settle(self.day, self.attempt, self.hold, spent)
        if row is None:
            return
        deps.memory.budget = row
        if spent and budgets.nearly_spent(row, spent, self.of.within):
            observability.count("BudgetsNearlySpent")
