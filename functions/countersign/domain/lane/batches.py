"""Batches: pieces of the file, each with a partition of its own, a head and an owner.

The head names the run that owns the batch and counts who entered it. A claim checks the head and
the item in one write: whoever entered a batch before is refused from then on, be it a child of an
earlier run that nobody could stop, or an invocation that was given up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import ClassVar

from countersign.domain.canonical import canonical, digest
from countersign.domain.contract import Contract, Value
from countersign.domain.errors import BatchTaken
from countersign.domain.lane.items import Tally


class Line(Value):
    """One item as it lies in its batch."""

    number: int
    text: str


class Batch(Value):
    """A piece of the file. Its rows are in the bucket, under this digest."""

    number: int
    first: int
    """The row of its first item."""
    size: int
    """How many items it has."""
    digest: str


class Plan(Contract):
    """All batches of a file: who signs its digest signs every row."""

    CONTRACT: ClassVar[str] = "lane.plan"
    VERSION: ClassVar[int] = 1

    batches: tuple[Batch, ...]

    @property
    def digest(self) -> str:
        """What is signed."""
        return digest(canonical(self))


class Waits(Value):
    """What keeps the items that are left from being worked on: nothing is wrong with them."""

    error: str
    """Name of the class that the job waits by."""
    said: str
    """Its sentence."""
    until: datetime | None = None
    """When it is worth another try, where anybody knows."""


class Head(Value):
    """Who may work on a batch."""

    attempt: int
    """The run that owns it: one is taken over by a later one, never by an earlier one."""
    entry: int = 0
    """How often it was entered; only the last one who did may claim."""
    closed: Tally | None = None
    """How its items ended, once nothing of it is left."""
    waits: Waits | None = None
    """What its items met, of the run that owns it."""


def entered(held: Head | None, attempt: int) -> Head:
    """The head after a child of this run entered. Raises BatchTaken when a later run owns it."""
    held = held or Head(attempt=attempt)
    if held.attempt > attempt:
        raise BatchTaken(f"run {held.attempt} owns the batch")
    return held.model_copy(update={"attempt": attempt, "entry": held.entry + 1, "waits": None})


def left(mine: Head, seen: Tally) -> Head:
    """The head as who entered leaves it."""
    return mine if seen.left else mine.model_copy(update={"closed": seen})


def waiting(mine: Head, waits: Waits) -> Head:
    """The head as who entered leaves it whose items have to wait."""
    return mine.model_copy(update={"waits": waits})


_FIRST = ("Misconfigured", "JobBudgetSpent", "ModelAway", "BudgetSpent")
"""Of several, what a person must mend before what time does."""


def held_up(heads: Iterable[Head], attempt: int, *, soonest: bool = False) -> Waits | None:
    """What this run's batches wait for, of several the one that takes longest, since the others
    have their turns before; or the `soonest`, where each waits for something of its own. None:
    nothing."""
    found = [one.waits for one in heads if one.waits and one.attempt == attempt]
    for error in _FIRST:
        for one in found:
            if one.error == error:
                return one
    chosen = min if soonest else max
    return chosen(
        found, key=lambda one: one.until or datetime.max.replace(tzinfo=UTC), default=None
    )


def together(_text: str) -> str:
    """All rows are of one group."""
    return ""


def cut(
    lines: Iterator[Line], size: int, group: Callable[[str], str] = together
) -> Iterator[tuple[Batch, bytes]]:
    """The lines in batches of `size`, each with the bytes that hold it, as they come; each of one
    group alone."""
    held: dict[str, list[Line]] = {}
    number = 0
    for line in lines:
        own = held.setdefault(group(line.text), [])
        own.append(line)
        if len(own) == size:
            number += 1
            yield _batch(number, own)
            own.clear()
    for own in held.values():
        if own:
            number += 1
            yield _batch(number, own)


def _batch(number: int, lines: Sequence[Line]) -> tuple[Batch, bytes]:
    body = b"".join(canonical(line) + b"\n" for line in lines)
    first = lines[0].number
    return Batch(number=number, first=first, size=len(lines), digest=digest(body)), body


def lines_of(body: bytes) -> tuple[Line, ...]:
    """The lines of a batch."""
    return tuple(Line.model_validate_json(line) for line in body.splitlines())
