"""T42: 200 calls at once at a budget: what they cost never goes beyond it, nothing that was spent
is forgotten, and no call that died keeps room from others.

The reservations are the product's own, of several processes, on the row with the table's conditions
(tests/contract/test_budgets.py shows that DynamoDB's are the same). Answers of the table get lost,
calls are turned away and functions are killed.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from decimal import Decimal

import pytest

from countersign.domain.errors import BudgetSpent
from countersign.domain.limits import budgets
from countersign.domain.limits.budgets import (
    ACCOUNT,
    HOLDS_FOR,
    NOTHING,
    Amount,
    Budgets,
    Counter,
    Hold,
    Most,
    Reserving,
    total,
)
from countersign.runtime.budgets import DayBudget
from countersign.runtime.deps import Deps
from countersign.runtime.settings import Settings
from tests.fakes.budgets import FakeBudgets
from tests.fakes.world import FakeClock, FakeIds
from tests.seeds import dealt_by, drawn_seed
from workflows import WORKFLOWS

Figure = Callable[[str, int], None]
pytestmark = [pytest.mark.guarantee("T42"), pytest.mark.timeout(1200)]

CALLS, AT_ONCE, PROCESSES = 200, 20, 8
FLOW = "transcript_summary"
DAY = "2026-03-02"
LONG = 1_000


class Row(FakeBudgets):
    """The row of the day; some answers are lost, and the same write is sent again. `highest` is the
    most that it ever committed, by scope."""

    def __init__(self, lost: random.Random) -> None:
        super().__init__()
        self._lost = lost
        self.highest: dict[str, int] = {}

    def reserve(self, wanted: Reserving) -> tuple[bool, Counter]:
        """As the port."""
        answer = super().reserve(wanted)
        self._sees(answer[1])
        return super().reserve(wanted) if self._lost.random() < 0.1 else answer

    def settle(self, day: str, attempt: str, hold: Hold, spent: Amount | None) -> Counter | None:
        """As the port."""
        answer = super().settle(day, attempt, hold, spent)
        return super().settle(day, attempt, hold, spent) if self._lost.random() < 0.1 else answer

    def _sees(self, row: Counter) -> None:
        for scope in (ACCOUNT, FLOW):
            self.highest[scope] = max(self.highest.get(scope, 0), row.taken(scope).tokens)


class ReadThenWritten(Row):
    """The naive design: read, compare, write; all who are under way meet between the two."""

    def __init__(self, lost: random.Random) -> None:
        super().__init__(lost)
        self._met = threading.Barrier(AT_ONCE)

    def reserve(self, wanted: Reserving) -> tuple[bool, Counter]:
        """As the port, without its condition."""
        fits = budgets.full(self.counter(DAY), wanted) is None
        self._met.wait(30)
        if not fits:
            return False, self.counter(DAY)
        anything = replace(wanted, within={}, seen=self.counter(DAY))
        answer = FakeBudgets.reserve(self, anything)
        self._sees(answer[1])
        return answer


@dataclass
class Round:
    """200 calls, 20 at a time, that may cost about twice what the day has."""

    dice: random.Random
    row: Row
    clock: FakeClock = field(default_factory=FakeClock)
    ids: FakeIds = field(default_factory=FakeIds)
    most: int = 0
    spent: list[Amount] = field(default_factory=list)
    ended: dict[str, int] = field(default_factory=dict)

    def plays(self) -> None:
        """All of them, each in one of the processes."""
        worst = [self.dice.randint(100, 10_000) for _ in range(CALLS)]
        self.most = sum(worst) // 4
        deps, fates = list(self._processes()), [self.dice.random() for _ in worst]
        with ThreadPoolExecutor(AT_ONCE) as pool:
            calls = range(CALLS)
            ended = pool.map(lambda n: self._call(deps[n % PROCESSES], worst[n], fates[n]), calls)
            for one in ended:
                self.ended[one] = self.ended.get(one, 0) + 1

    def _processes(self) -> Iterator[Deps]:
        """Each with a memory of its own."""
        bounds = Budgets(
            day=Most(tokens=self.most, usd=Decimal(1_000)), account=Most(tokens=self.most * 2)
        )
        flow = replace(WORKFLOWS[FLOW], budgets=bounds)
        for _ in range(PROCESSES):
            yield Deps(
                Settings(),
                budgets=self.row,
                clock=self.clock,
                ids=self.ids,
                pause=self.clock.pauses,
                workflows={FLOW: flow},
            )

    def _call(self, deps: Deps, worst: int, fate: float) -> str:
        most = Amount(tokens=worst, nano_usd=worst * 7)
        try:
            held = DayBudget(deps, FLOW).reserves(most)
        except BudgetSpent:
            return "parked"
        assert held
        if fate < 0.1:
            return "killed"
        if fate < 0.2:
            held.settles(None)
            return "turned away"
        spent = Amount(tokens=int(worst * fate), nano_usd=int(worst * fate) * 7)
        held.settles(spent)
        self.spent.append(spent)
        return "spent"

    def frees_the_dead(self) -> None:
        """Later somebody needs all that is left, to the last token, and gets it."""
        self.clock.passes(seconds=HOLDS_FOR.total_seconds())
        left = self.most - total(self.spent).tokens
        assert DayBudget(next(self._processes()), FLOW).reserves(Amount(tokens=left))
        assert self.row.counter(DAY).taken(FLOW).tokens == self.most


def played(kind: type[Row], seed: str) -> Round:
    """A round by a seed."""
    one = Round(dealt_by(seed), kind(dealt_by(f"{seed} lost")))
    one.plays()
    return one


def faults(one: Round) -> list[str]:
    """What a round broke."""
    row = one.row.counter(DAY)
    found = []
    if one.row.highest[FLOW] > one.most or one.row.highest[ACCOUNT] > 2 * one.most:
        found.append("beyond the budget")
    if any(row.spent(scope) != total(one.spent) for scope in (ACCOUNT, FLOW)):
        found.append("a cost was lost or counted twice")
    if len(row.held) != one.ended.get("killed", 0):
        found.append("a hold was left behind by nobody who died")
    return found


def races(rounds: int, figure: Figure) -> None:
    """So many rounds, none of which breaks anything."""
    seed, calls = drawn_seed(), 0
    for number in range(rounds):
        one = played(Row, f"{seed} {number}")
        assert faults(one) == [], f"round {number}"
        assert min(one.ended[fate] for fate in ("parked", "spent", "killed", "turned away")) > 0
        assert total(one.spent).tokens > one.most // 3
        one.frees_the_dead()
        calls += CALLS
    figure(f"{rounds} rounds of {CALLS} calls at once: 0 beyond the budget, 0 lost", calls)


def test_a_budget_is_never_exceeded(figure: Figure) -> None:
    """Twenty rounds."""
    races(20, figure)


@pytest.mark.soak
def test_a_budget_is_never_exceeded_in_a_thousand_rounds(figure: Figure) -> None:
    """The long form."""
    races(LONG, figure)


@pytest.mark.control
def test_control_who_reads_before_they_write_goes_beyond() -> None:
    """Everybody who is under way saw the same room."""
    one = played(ReadThenWritten, "control")
    assert "beyond the budget" in faults(one)


@pytest.mark.control
def test_control_a_cost_that_is_added_without_its_hold_is_seen() -> None:
    """The settlement of an answer that was lost, counted again."""

    class Added(Row):
        def settle(
            self, day: str, attempt: str, hold: Hold, spent: Amount | None
        ) -> Counter | None:
            answer = FakeBudgets.settle(self, day, attempt, hold, spent)
            with self._lock:
                row = self.counter(day)
                more = {s: row.taken(s).plus(spent or NOTHING) for s in hold.scopes}
                self._rows[day] = row.model_copy(update={"committed": {**row.committed, **more}})
            return answer

    assert "a cost was lost or counted twice" in faults(played(Added, "control"))
