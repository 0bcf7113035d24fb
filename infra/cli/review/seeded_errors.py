"""Mistakes put in on purpose: actions' parameters, one value changed so that it is wrong."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Path = tuple[str | int, ...]

AMOUNT = "minor"
"""The key under which canonical JSON has an amount of money."""

SHORTEST, LONGEST = 4, 80
"""Letters of a text that is worth changing: shorter ones stand in a message by chance, and longer
ones are drafts, in which a reader would have to search."""
_NAMES = ("Marlow Fittings", "Tessa Brandt", "Corvin Supplies", "Ortega Freight", "Hollis Baker")
_MAILBOXES = ("accounts", "reception", "m.keller", "billing", "j.duarte")


@dataclass(frozen=True)
class Mistake:
    """What an action says, and what it says instead."""

    said: str | int
    instead: str | int


def mistakes(params: Mapping[str, Any], source: str, seed: str) -> Iterator[Mistake]:
    """The mistakes that can be put into `params` (plain JSON), in an order by `seed`.

    Only what the `source` says is changed, into something that it does not say, and amounts: that
    an attentive reader can see. Nothing comes where there is nothing of the kind.
    """
    said = _squeezed(source)
    found = [(path, one) for path, one in _leaves(params, ()) if _can_be_seen(path, one, said)]
    for path, value in sorted(found, key=lambda one: _number(seed, repr(one[0]))):
        yield Mistake(value, _changed(value, said, _number(seed, repr(path), "value")))


def applied(value: Any, mistake: Mistake, key: str = "") -> Any:
    """`value` with the mistake wherever it says the same: two actions that contradict each other
    would give it away without a look at the message."""
    match value:
        case Mapping():
            return {name: applied(item, mistake, name) for name, item in value.items()}
        case list():
            return [applied(item, mistake) for item in value]
        case str() if isinstance(mistake.said, str):
            return value.replace(mistake.said, str(mistake.instead))
        case _:
            return mistake.instead if key == AMOUNT and value == mistake.said else value


def _leaves(value: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    match value:
        case Mapping():
            inside = list(value.items())
        case list():
            inside = list(enumerate(value))
        case _:
            yield path, value
            return
    for key, item in inside:
        yield from _leaves(item, (*path, key))


def _can_be_seen(path: Path, value: Any, said: str) -> bool:
    if isinstance(value, str):
        return SHORTEST <= len(_squeezed(value)) <= LONGEST and _squeezed(value) in said
    return path[-1] == AMOUNT and bool(value)


def _changed(value: Any, said: str, number: int) -> Any:
    if not isinstance(value, str):
        return value * 10
    _, at, domain = value.partition("@")
    if at:
        return f"{_other(_MAILBOXES, said, number)}@{domain}"
    digits = [place for place, letter in enumerate(value) if letter.isascii() and letter.isdigit()]
    if len(digits) >= SHORTEST:
        place = digits[len(digits) // 2 + number % (len(digits) // 2)]
        other = (int(value[place]) + 1 + number % 9) % 10
        return f"{value[:place]}{other}{value[place + 1 :]}"
    return _other(_NAMES, said, number)


def _other(pool: tuple[str, ...], said: str, number: int) -> str:
    """One of the pool that the source does not say; if it says them all, one of them twice."""
    free = [one for one in pool if _squeezed(one) not in said]
    return free[number % len(free)] if free else f"{pool[number % len(pool)]} {pool[0]}"


def _squeezed(text: str) -> str:
    """Letters and digits only, so that `+49 30 123` is found as `+4930123`."""
    return "".join(letter for letter in text.casefold() if letter.isalnum())


def _number(*parts: str) -> int:
    return int.from_bytes(hashlib.sha256("\n".join(parts).encode()).digest()[:8])
