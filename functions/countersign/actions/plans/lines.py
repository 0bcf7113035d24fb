"""Each list of a plan as text: one line for an entry, in one form, written and read back strictly.

    goals        what is reached | how it is measured
    milestones   name | 2027-03-01 | owner | after: name; name
    risks        what may go wrong | what is done about it
    budget       item | 1250.00 EUR

`?` stands for what nobody knows yet: a gap is shown and never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import TypeVar

from pydantic import ValidationError

from countersign.actions.plans.plan import Goal, Milestone, Risk
from countersign.domain.money import Money, exponent

EntryT = TypeVar("EntryT")
UNKNOWN = "?"
AFTER = "after: "
MOST = 100
"""Entries of one list."""
FORMS = {
    "goals": "what is reached | how it is measured",
    "audience": "one group of people on a line",
    "milestones": "name | 2027-03-01 | owner | after: name; name",
    "risks": "what may go wrong | what is done about it",
    "budget": "item | 1250.00 EUR",
}
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_SUM = re.compile(r"(\d{1,15}(?:\.\d{1,4})?) ([A-Z]{3})", re.ASCII)
_PAIR, _MILESTONE = 2, (3, 4)


class NotInFormError(ValueError):
    """A line that is not in the form of its list; the message says which, and the form."""


def flat(text: str) -> str:
    """`text` as a field of a line: without what ends a line or a field, and never empty."""
    return " ".join(text.replace("|", "/").replace(";", ",").split()) or UNKNOWN


def goals(text: str) -> tuple[Goal, ...]:
    """Raises NotInFormError, as all of these do."""
    return _entries("goals", text, _goal)


def audience(text: str) -> tuple[str, ...]:
    """One group of people on a line."""
    return _entries("audience", text, str)


def milestones(text: str) -> tuple[Milestone, ...]:
    """The third part is who owns it; the fourth, which may be missing, what must come first."""
    return _entries("milestones", text, _milestone)


def risks(text: str) -> tuple[Risk, ...]:
    """Each with what is done about it."""
    return _entries("risks", text, _risk)


def budget(text: str) -> tuple[tuple[str, Money], ...]:
    """What the money is for, and how much."""
    return _entries("budget", text, _cost)


def of_goal(one: Goal) -> str:
    """The line of a goal; the others likewise."""
    return f"{flat(one.text)} | {flat(one.measure)}"


def of_milestone(one: Milestone) -> str:
    """The line of a milestone."""
    on = one.on.isoformat() if one.on else UNKNOWN
    after = f" | {AFTER}{'; '.join(map(flat, one.after))}" if one.after else ""
    return f"{flat(one.name)} | {on} | {flat(one.owner)}{after}"


def of_risk(one: Risk) -> str:
    """The line of a risk."""
    return f"{flat(one.text)} | {flat(one.mitigation)}"


def of_cost(item: str, money: Money) -> str:
    """The line of a cost."""
    return f"{flat(item)} | {money.amount:.{exponent(money.currency)}f} {money.currency}"


def _entries(name: str, text: str, read: Callable[[str], EntryT]) -> tuple[EntryT, ...]:
    lines = [(at, line.strip()) for at, line in enumerate(text.splitlines(), start=1)]
    held = [(at, line) for at, line in lines if line]
    if len(held) > MOST:
        raise NotInFormError(f"more than {MOST} lines")
    return tuple(_entry(name, at, line, read) for at, line in held)


def _entry(name: str, at: int, line: str, read: Callable[[str], EntryT]) -> EntryT:
    try:
        return read(line)
    except ValueError as wrong:
        why = f": {wrong}" if isinstance(wrong, NotInFormError) else ""
        raise NotInFormError(f"line {at} is not “{FORMS[name]}”{why}") from None


def _goal(line: str) -> Goal:
    text, measure = _parts(line, (_PAIR,))
    return Goal(text=_known(text), measure=_or_empty(measure))


def _risk(line: str) -> Risk:
    text, mitigation = _parts(line, (_PAIR,))
    return Risk(text=_known(text), mitigation=_or_empty(mitigation))


def _milestone(line: str) -> Milestone:
    name, on, owner, *rest = _parts(line, _MILESTONE)
    return Milestone(
        name=_known(name), on=_day(on), owner=_or_empty(owner), after=tuple(_after(rest))
    )


def _cost(line: str) -> tuple[str, Money]:
    item, said = _parts(line, (_PAIR,))
    found = _SUM.fullmatch(said)
    if found is None:
        raise NotInFormError("an amount is digits with a point, and a currency")
    try:
        return _known(item), Money(amount=Decimal(found[1]), currency=found[2])
    except ValidationError:
        raise NotInFormError("its currency has other decimals") from None


def _parts(line: str, counts: Sequence[int]) -> list[str]:
    found = [part.strip() for part in line.split("|")]
    if len(found) not in counts or not all(found):
        raise NotInFormError(f"write {UNKNOWN} for what nobody knows")
    return found


def _after(rest: Sequence[str]) -> Iterator[str]:
    for part in rest:
        if not part.startswith(AFTER.strip()):
            raise NotInFormError(f"the last part begins with “{AFTER.strip()}”")
        names = [name.strip() for name in part.removeprefix(AFTER.strip()).split(";")]
        yield from (_known(name) for name in names)


def _day(text: str) -> date | None:
    if text == UNKNOWN:
        return None
    if not _DAY.fullmatch(text):
        raise NotInFormError("a date is year-month-day")
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise NotInFormError("there is no such day") from None


def _known(text: str) -> str:
    if text in ("", UNKNOWN):
        raise NotInFormError("it has no name")
    return text


def _or_empty(text: str) -> str:
    return "" if text == UNKNOWN else text


READ: Mapping[str, Callable[[str], object]] = {
    "goals": goals,
    "audience": audience,
    "milestones": milestones,
    "risks": risks,
    "budget": budget,
}
"""What reads each list."""
