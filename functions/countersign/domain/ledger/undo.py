"""Undoing, purely: what an action changed, who changed it since, and what to write back.

States are what an action's `Undo.state` gives: property → value, nothing when the object is not
there. An absent property and an empty one are the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from countersign.domain.ledger.action import Difference
from countersign.domain.ledger.entry import LedgerEntry

State = Mapping[str, str]


def changed(before: State, left: State) -> tuple[str, ...]:
    """The properties that the action changed; all of them when it made the object."""
    return _differing(before, left, {*before, *left})


def written(held: LedgerEntry) -> tuple[Difference, ...]:
    """What an action changed at its target, as far as it was read: before and right after it."""
    if held.before is None or not held.left:
        return ()
    before, left = held.before, held.left
    return tuple(
        Difference(name=name, before=before.get(name, ""), after=left.get(name, ""))
        for name in changed(before, left)
    )


def conflict(before: State, left: State, now: State) -> tuple[Difference, ...]:
    """What somebody changed since the action, of what undoing would touch.

    An object that the action made goes as a whole, so whatever differs counts, new properties too.
    """
    touched = changed(before, left) if before else {*left, *now}
    return tuple(
        Difference(name=name, before=left.get(name, ""), after=now.get(name, ""))
        for name in _differing(left, now, touched)
    )


def is_undone(before: State, left: State, now: State) -> bool:
    """Whether the target is as it was, as far as the action changed it."""
    if not before:
        return not now
    return not _differing(before, now, changed(before, left))


def earlier(before: State, left: State) -> State:
    """What to write back, an empty text clears a property; nothing: the object goes."""
    return {name: before.get(name, "") for name in changed(before, left)} if before else {}


def _differing(one: State, other: State, names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(n for n in names if one.get(n, "") != other.get(n, "")))
