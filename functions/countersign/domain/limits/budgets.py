"""Budgets of the model: what its calls may cost and use, for one job, and in one UTC day for one
workflow and for all of them. The worst case is reserved before a call and settled after it. A
budget that is used up stops the next call; it does not warn.

One row has a day's counters, the account's and each workflow's, so that one write reserves in both
or in none. It says who holds how much of them, and until when nobody doubts it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import ROUND_CEILING, Decimal
from functools import reduce
from typing import Annotated, Literal, Protocol, TypeVar

from pydantic import Field

from countersign.domain.contract import Value

ACCOUNT = ""
"""The scope of all workflows together; every other scope is a workflow's id."""
HOLDS_FOR = timedelta(minutes=5)
"""Longer than any function runs: an older hold is of a call that was killed, and is freed."""
NEARLY = Decimal("0.8")
"""The share of a budget from which operators are told."""
ALL = "all"
"""What people call the budget of all workflows together."""
_NANO = 9
_WAITS, _NEEDS = "budget:", re.compile(r"a call of up to ([\d.]+) USD and (\d+) tokens")

T = TypeVar("T")
Part = Literal["nano_usd", "tokens"]
PARTS: tuple[Part, ...] = ("nano_usd", "tokens")


class Amount(Value):
    """What is counted: billionths of a USD, and tokens in and out."""

    nano_usd: int = 0
    tokens: int = 0

    @classmethod
    def of(cls, usd: Decimal, tokens: int) -> Amount:
        """The amount; a part of a billionth counts as a whole one."""
        nano = usd.scaleb(_NANO).to_integral_value(ROUND_CEILING)
        return cls(nano_usd=int(nano), tokens=tokens)

    @property
    def usd(self) -> Decimal:
        """In USD."""
        return Decimal(self.nano_usd).scaleb(-_NANO)

    def __str__(self) -> str:
        return f"{self.usd:f} USD and {self.tokens} tokens"

    def plus(self, other: Amount) -> Amount:
        """Both together."""
        return Amount(nano_usd=self.nano_usd + other.nano_usd, tokens=self.tokens + other.tokens)

    def minus(self, other: Amount) -> Amount:
        """What is left of it; it may be below zero."""
        return Amount(nano_usd=self.nano_usd - other.nano_usd, tokens=self.tokens - other.tokens)


NOTHING = Amount()


class Most(Value):
    """At most so much; None: that part has no bound."""

    usd: Annotated[Decimal, Field(gt=0)] | None = None
    tokens: Annotated[int, Field(gt=0)] | None = None

    @property
    def bounds(self) -> Mapping[Part, int]:
        """What is bounded, in the units that are counted."""
        nano = None if self.usd is None else Amount.of(self.usd, 0).nano_usd
        held: Mapping[Part, int | None] = {"nano_usd": nano, "tokens": self.tokens}
        return {part: most for part, most in held.items() if most is not None}

    def room(self, taken: Amount, raised: Amount = NOTHING) -> Mapping[Part, int]:
        """What is left of each bounded part."""
        return {
            part: most + getattr(raised, part) - getattr(taken, part)
            for part, most in self.bounds.items()
        }

    def has_room(self, taken: Amount, wanted: Amount, raised: Amount = NOTHING) -> bool:
        """Whether `wanted` fits in beside what is taken."""
        left = self.room(taken, raised)
        return all(getattr(wanted, part) <= room for part, room in left.items())

    def __str__(self) -> str:
        usd = [] if self.usd is None else [f"{self.usd} USD"]
        return " and ".join(usd + ([] if self.tokens is None else [f"{self.tokens} tokens"]))


class Budgets(Value):
    """What one workflow's calls may cost: of one job, of a day, and of a day with all the others.
    A day's are the stage's and not the release's: a lower one binds jobs that wait already."""

    job: Most = Most()
    day: Most = Most()
    account: Most = Most()

    def scopes(self, workflow: str) -> Mapping[str, Most]:
        """The bounded counters of a day."""
        return {
            scope: most
            for scope, most in ((ACCOUNT, self.account), (workflow, self.day))
            if most.bounds
        }


class Hold(Value):
    """What one attempt holds, for which workflow, and until when nobody doubts it."""

    workflow: str
    amount: Amount
    until: datetime

    @property
    def scopes(self) -> tuple[str, str]:
        """The counters that it is part of."""
        return ACCOUNT, self.workflow


class Raise(Value):
    """What an operator added to a day's budget, and why."""

    scope: str
    by: str
    reason: str
    at: datetime
    amount: Amount


class Counter(Value):
    """The row of one day. Everything but `held` and `raises` is by scope."""

    day: str
    committed: Mapping[str, Amount] = {}
    """Spent and held."""
    calls: Mapping[str, int] = {}
    """Settled ones."""
    raised: Mapping[str, Amount] = {}
    held: Mapping[str, Hold] = {}
    """By attempt."""
    raises: tuple[Raise, ...] = ()

    def taken(self, scope: str) -> Amount:
        """Spent and held."""
        return self.committed.get(scope, NOTHING)

    def added(self, scope: str) -> Amount:
        """What operators added."""
        return self.raised.get(scope, NOTHING)

    def holds(self, scope: str) -> Amount:
        """What calls that are under way hold."""
        total = NOTHING
        for hold in self.held.values():
            total = total.plus(hold.amount) if scope in hold.scopes else total
        return total

    def spent(self, scope: str) -> Amount:
        """What ended calls cost."""
        return self.taken(scope).minus(self.holds(scope))

    def left_behind(self, now: datetime) -> Iterator[tuple[str, Hold]]:
        """The holds of calls that were killed, by attempt."""
        return ((name, hold) for name, hold in self.held.items() if hold.until <= now)


@dataclass(frozen=True)
class Reserving:
    """A hold that is wanted by an attempt, within these counters. `seen` is the row as it was seen
    last: what operators added by then is part of the one write's condition."""

    attempt: str
    hold: Hold
    within: Mapping[str, Most]
    seen: Counter

    def rooms(self) -> Iterator[tuple[str, Part, int]]:
        """How far each bounded counter may be taken for it to fit in."""
        for scope, most in self.within.items():
            for part, room in most.room(self.hold.amount, self.seen.added(scope)).items():
                yield scope, part, room


def full(row: Counter, wanted: Reserving) -> str | None:
    """The first counter without room for it; None: it has room."""
    for scope, most in wanted.within.items():
        if not most.has_room(row.taken(scope), wanted.hold.amount, row.added(scope)):
            return scope
    return None


def reserved(row: Counter, wanted: Reserving) -> Counter | None:
    """The row with the hold; None where it has it already, has no room, or has other additions than
    were seen: nothing changes. The store's condition says the same in DynamoDB's words."""
    guessed = all(row.added(scope) == wanted.seen.added(scope) for scope in wanted.within)
    if wanted.attempt in row.held or not guessed or full(row, wanted) is not None:
        return None
    more = {scope: row.taken(scope).plus(wanted.hold.amount) for scope in wanted.hold.scopes}
    held = {**row.held, wanted.attempt: wanted.hold}
    return row.model_copy(update={"committed": {**row.committed, **more}, "held": held})


def settled(row: Counter, attempt: str, spent: Amount | None) -> Counter | None:
    """The row once it is known what the attempt spent, None for a call that never ended. None where
    it holds nothing: that is settled already."""
    hold = row.held.get(attempt)
    if hold is None:
        return None
    less = hold.amount.minus(spent or NOTHING)
    counted = 0 if spent is None else 1
    return row.model_copy(
        update={
            "committed": {
                **row.committed,
                **{scope: row.taken(scope).minus(less) for scope in hold.scopes},
            },
            "calls": {
                **row.calls,
                **{scope: row.calls.get(scope, 0) + counted for scope in hold.scopes},
            },
            "held": {name: one for name, one in row.held.items() if name != attempt},
        }
    )


def raised(row: Counter, more: Raise) -> Counter:
    """The row with what an operator added."""
    added = {**row.raised, more.scope: row.added(more.scope).plus(more.amount)}
    return row.model_copy(update={"raised": added, "raises": (*row.raises, more)})


def share(row: Counter, scope: str, most: Most) -> Decimal:
    """How much of its budget is spent, 0 to 1: of money or tokens, whichever is more."""
    spent, more = row.spent(scope), row.added(scope)
    return max(
        (
            Decimal(getattr(spent, part)) / (bound + getattr(more, part))
            for part, bound in most.bounds.items()
        ),
        default=Decimal(0),
    )


def nearly_spent(row: Counter, spent: Amount, within: Mapping[str, Most]) -> tuple[str, ...]:
    """The scopes that this very settlement, which the row has already, took over four fifths."""
    return tuple(
        scope
        for scope, most in within.items()
        if share(row, scope, most) >= NEARLY
        and share(_before(row, scope, spent), scope, most) < NEARLY
    )


def _before(row: Counter, scope: str, spent: Amount) -> Counter:
    return row.model_copy(update={"committed": {scope: row.taken(scope).minus(spent)}})


def fitting(
    row: Counter, within: Mapping[str, Most], needs: Iterable[tuple[T, Amount]]
) -> Iterator[T]:
    """Those of the waiting, in their order, for which there is room beside each other."""
    taken = NOTHING
    for one, need in needs:
        wish = taken.plus(need)
        if all(most.has_room(row.taken(s), wish, row.added(s)) for s, most in within.items()):
            taken = wish
            yield one


def total(amounts: Iterable[Amount]) -> Amount:
    """All together."""
    return reduce(Amount.plus, amounts, NOTHING)


def day_end(now: datetime) -> datetime:
    """When the next UTC day begins."""
    midnight = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + timedelta(days=1)


def waits_for(workflow: str) -> str:
    """What a job of this workflow waits for whose day's budget is used up."""
    return _WAITS + workflow


def waiting_workflow(system: str) -> str:
    """The workflow of such a name; empty for any other."""
    return system.removeprefix(_WAITS) if system.startswith(_WAITS) else ""


def name_of(scope: str) -> str:
    """A counter's name as people say it."""
    return scope or ALL


def needs_of(reason: str) -> Amount | None:
    """What a parked job's call may need, out of the error's message: Lambda hands on nothing of an
    exception but text."""
    found = _NEEDS.search(reason)
    return Amount.of(Decimal(found[1]), int(found[2])) if found else None


class Counters(Protocol):
    """The rows of days. Each write is one conditional update of one row."""

    def counter(self, day: str) -> Counter:
        """The row as it stands, read consistently; an empty one where nobody counted."""

    def reserve(self, wanted: Reserving) -> tuple[bool, Counter]:
        """Store the hold as `reserved` says: whether it was, and the row after it or as it is."""

    def settle(self, day: str, attempt: str, hold: Hold, spent: Amount | None) -> Counter | None:
        """Turn what the attempt holds into what it spent, as `settled` says: the row after it."""

    def add(self, day: str, more: Raise) -> Counter:
        """Let so much more be spent. The row after it."""
