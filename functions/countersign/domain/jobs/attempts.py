"""The attempts of an action, from the audit trail: an entry of the ledger knows its last one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from countersign.domain.jobs.audit import Entry
from countersign.domain.ledger.entry import ActionStatus, LedgerEntry

_BEGINS = {ActionStatus.CLAIMED.value: "attempt", ActionStatus.UNDOING.value: "undo attempt"}
_TELL = frozenset(
    {
        *("claimed", "undo claimed", "acted", "put back", "attempt ended", "mail came back"),
        *("replanned", "taken back", "undone for a new plan", "case done", "case close"),
    }
)
"""Events of the trail that say what became of an action; others only repeat how it stands."""
BROKEN_OFF = "it broke off here: no answer"
"""The end of an attempt of which its own process said nothing."""
NO_OUTCOME = "no outcome: "
"""What is told of an attempt that another one follows, before the reason."""


@dataclass(frozen=True)
class Attempt:
    """One try to do an action, or to take it back."""

    name: str
    """`attempt 2`, `undo attempt 1`."""
    at: datetime
    """When it was claimed."""
    ended: str
    """How it stands; empty while nothing is known of its end."""

    def words(self, claimed: str) -> str:
        """`attempt 1: claimed 09:00:01 UTC; it broke off here: no answer`; `claimed` is its time as
        the reader wants it."""
        return f"{self.name}: claimed {claimed}; {self.ended or 'not ended yet'}"


def attempts(trail: Iterable[Entry], held: LedgerEntry) -> tuple[Attempt, ...]:
    """All of them in order, as far as the trail is not erased."""
    found: list[Attempt] = []
    for at, told in _told(trail, held):
        kind = _BEGINS.get(told.partition(" ")[0])
        if kind:
            found = [*_over(found, BROKEN_OFF), Attempt(_name(found, kind), at, "")]
        else:
            found = _over(found, told.removeprefix(NO_OUTCOME))
    return tuple(found)


def number(trail: Iterable[Entry], claim: LedgerEntry) -> str:
    """`attempt 2`: what a claim that is about to be written will be."""
    return _name(attempts(trail, claim), _BEGINS[claim.status.value])


def label(held: LedgerEntry) -> str:
    """The name of the field under which the trail tells of an entry."""
    return f"{held.index} {held.action}"


def _told(trail: Iterable[Entry], held: LedgerEntry) -> Iterator[tuple[datetime, str]]:
    ours = (entry for entry in trail if entry.event in _TELL)
    fields = ((entry.at, entry.fields.get(label(held))) for entry in ours)
    return ((at, field.value) for at, field in fields if field)


def _name(found: Iterable[Attempt], kind: str) -> str:
    """Of one more after those that were found."""
    return f"{kind} {1 + sum(one.name.startswith(f'{kind} ') for one in found)}"


def _over(found: Iterable[Attempt], how: str) -> list[Attempt]:
    """The last one has ended so, unless its end is known already."""
    return [one if one.ended else replace(one, ended=how) for one in found]
