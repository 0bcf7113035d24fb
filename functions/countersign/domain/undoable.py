"""How one kind of effect is taken back: the part of a contract that makes it reversible."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from countersign.domain.contract import Contract

ParamsT = TypeVar("ParamsT", bound=Contract)
PortT = TypeVar("PortT")


@dataclass(frozen=True)
class Undo(Generic[ParamsT, PortT]):
    """How one kind of effect is taken back.

    `state(port, params, key, at)` is what the target holds of all that the action may touch, by the
    target's own names, the object's own among them as `id`; nothing when it is not there. It is
    read before `do` (unless the action `creates`, then before is nothing), after it, and before and
    after the undo. `restore(port, params, key, at, values)` writes these values back; without any
    the object goes. `at` is the id that the action left, by which an undo finds the object whatever
    else of it was changed since; empty before and right after `do`.
    """

    words: Callable[[ParamsT], str]
    """What undoing does, in one sentence."""
    creates: bool
    """Whether the action always makes something new."""
    state: Callable[[PortT, ParamsT, str, str], Mapping[str, str]]
    restore: Callable[[PortT, ParamsT, str, str, Mapping[str, str]], None]
