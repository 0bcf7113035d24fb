"""A plan as a value, what in it is missing or contradicts itself, and its critical path."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Literal

from countersign.domain.contract import Value
from countersign.domain.money import Money

FlawKind = Literal[
    "no_goals",
    "no_milestones",
    "undated",
    "unowned",
    "stranger",
    "repeated",
    "unknown_step",
    "circle",
    "early",
    "idle_day",
    "past",
    "currency",
    "sum",
]
"""What can be wrong. Missing: no goal, no milestone, a milestone without a date or an owner.
Contradictions: an owner whom the directory does not know, two milestones of one name, a milestone
after one that there is not, a circle, a date before what must come first, costs in another currency
than the total, or another sum. And two that somebody may want: a day on which nobody works, and one
that is over."""

MAY_BE_MEANT: frozenset[FlawKind] = frozenset({"idle_day", "past"})
"""A person may sign a plan that has these; any other is mended first."""
OPEN: Mapping[FlawKind, str] = {
    "no_goals": "the goals",
    "no_milestones": "the milestones",
    "undated": "a date",
    "unowned": "an owner",
    "stranger": "an owner",
    "repeated": "which milestone is meant",
    "unknown_step": "what comes first",
    "circle": "what comes first",
    "early": "the order of dates",
    "currency": "the currency",
    "sum": "the right sum",
}
"""What each leaves open, in words without a name; not of what somebody may have meant."""


class Goal(Value):
    """What is to be reached, and by what anybody can tell; empty where nobody said."""

    text: str
    measure: str = ""


class Milestone(Value):
    """A day by which something is done, whose it is, and the milestones that must come first."""

    name: str
    on: date | None = None
    owner: str = ""
    after: tuple[str, ...] = ()


class Risk(Value):
    """What may go wrong, and what is done about it."""

    text: str
    mitigation: str = ""


class Plan(Value):
    """All of it. The total is the budget as somebody stated it, not a sum of ours."""

    title: str
    goals: tuple[Goal, ...] = ()
    audience: tuple[str, ...] = ()
    milestones: tuple[Milestone, ...] = ()
    risks: tuple[Risk, ...] = ()
    budget: tuple[tuple[str, Money], ...] = ()
    total: Money | None = None


@dataclass(frozen=True)
class Flaw:
    """One thing that is wrong: with what, and beside what else."""

    kind: FlawKind
    about: str = ""
    beside: str = ""


def flaws(
    plan: Plan, *, owners: Collection[str], works: Callable[[date], bool], today: date
) -> tuple[Flaw, ...]:
    """Everything that is missing or contradicts itself, in the order of the plan. `owners` are the
    names of whom the directory knows, `works` whether somebody works on a day."""
    return (
        *_missing(plan),
        *(flaw for one in plan.milestones for flaw in _of_owner(one, owners)),
        *_of_order(plan.milestones),
        *(flaw for one in plan.milestones for flaw in _of_day(one, works, today)),
        *_of_budget(plan),
    )


def left_open(found: Iterable[Flaw]) -> tuple[str, ...]:
    """What they leave open, each once."""
    return tuple(dict.fromkeys(OPEN[one.kind] for one in found))


def critical_path(milestones: Sequence[Milestone]) -> tuple[str, ...]:
    """The chain of milestones, each after the one before, that spans the most days: who moves one
    of them moves the end. Of chains of one span the one with more milestones, then the first. Empty
    where a circle leaves no chain, or where there is none of two."""
    named = {one.name: one for one in milestones}
    if circle(milestones):
        return ()
    ending: dict[str, tuple[str, ...]] = {}
    for name in _in_order(named):
        before = [ending[one] for one in named[name].after if one in named]
        ending[name] = max((*(((*chain, name)) for chain in before), (name,)), key=_length(named))
    longest = max(ending.values(), key=_length(named), default=())
    return longest if len(longest) > 1 else ()


def circle(milestones: Sequence[Milestone]) -> tuple[str, ...]:
    """The names of milestones that wait for each other, in their order; empty: none do."""
    named = {one.name: one for one in milestones}
    free = frozenset(_in_order(named))
    left = [name for name in named if name not in free]
    return tuple(name for name in left if _waits_for_itself(name, named))


def span(milestones: Sequence[Milestone], chain: Sequence[str]) -> int:
    """Days from the first to the last of a chain, step by step; a step back, or one to what has no
    date, counts none."""
    on = {one.name: one.on for one in milestones}
    steps = ((on[first], on[then]) for first, then in pairwise(chain))
    return sum(max(0, (then - first).days) for first, then in steps if first and then)


def _missing(plan: Plan) -> Iterator[Flaw]:
    if not plan.goals:
        yield Flaw("no_goals")
    if not plan.milestones:
        yield Flaw("no_milestones")
    yield from (Flaw("undated", one.name) for one in plan.milestones if one.on is None)


def _of_owner(one: Milestone, owners: Collection[str]) -> Iterator[Flaw]:
    if not one.owner:
        yield Flaw("unowned", one.name)
    elif one.owner not in owners:
        yield Flaw("stranger", one.name, one.owner)


def _of_order(milestones: Sequence[Milestone]) -> Iterator[Flaw]:
    named = {one.name: one for one in milestones}
    names = [one.name for one in milestones]
    yield from (Flaw("repeated", name) for name in named if names.count(name) > 1)
    for one in milestones:
        for first in one.after:
            yield from _of_step(one, first, named.get(first))
    waiting = circle(milestones)
    if waiting:
        yield Flaw("circle", ", ".join(waiting))


def _of_step(one: Milestone, first: str, held: Milestone | None) -> Iterator[Flaw]:
    if held is None:
        yield Flaw("unknown_step", one.name, first)
    elif one.on and held.on and one.on < held.on:
        yield Flaw("early", one.name, first)


def _of_day(one: Milestone, works: Callable[[date], bool], today: date) -> Iterator[Flaw]:
    if one.on is None:
        return
    if not works(one.on):
        yield Flaw("idle_day", one.name, one.on.isoformat())
    if one.on < today:
        yield Flaw("past", one.name, one.on.isoformat())


def _of_budget(plan: Plan) -> Iterator[Flaw]:
    if plan.total is None or not plan.budget:
        wanted = {money.currency for _, money in plan.budget}
        if len(wanted) > 1:
            yield Flaw("currency", ", ".join(sorted(wanted)))
        return
    others = {money.currency for _, money in plan.budget} - {plan.total.currency}
    if others:
        yield Flaw("currency", ", ".join(sorted(others)), plan.total.currency)
        return
    found = sum((money.amount for _, money in plan.budget), Decimal(0))
    if found != plan.total.amount:
        yield Flaw("sum", str(Money(amount=found, currency=plan.total.currency)), str(plan.total))


def _in_order(named: Mapping[str, Milestone]) -> Iterator[str]:
    """The names, each after all that it waits for; those that are, or wait for, a circle never."""
    left = {name: {one for one in held.after if one in named} for name, held in named.items()}
    while ready := [name for name, waits in left.items() if not waits]:
        yield from ready
        left = {name: waits - {*ready} for name, waits in left.items() if name not in ready}


def _waits_for_itself(name: str, named: Mapping[str, Milestone]) -> bool:
    seen: set[str] = set()
    ahead = [*named[name].after]
    while ahead:
        one = ahead.pop()
        if one == name:
            return True
        if one in named and one not in seen:
            seen.add(one)
            ahead += named[one].after
    return False


def _length(named: Mapping[str, Milestone]) -> Callable[[Sequence[str]], tuple[int, int]]:
    milestones = tuple(named.values())
    return lambda chain: (span(milestones, chain), len(chain))
