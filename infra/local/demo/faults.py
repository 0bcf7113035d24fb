"""Faults that tests switch on in a demo system: planned in order, each used up by requests."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal, get_args

FaultName = Literal[
    "unavailable",
    "throttle",
    "archived",
    "error_before",
    "error_after",
    "drop_after",
    "slow",
    "lie",
]
"""503 before anything is applied · 429 · 410, the channel is archived (Slack) · nothing applied,
and a 500 that the key keeps (Stripe) · applied, then 500 · applied, then the connection is cut ·
applied, then answered late · answered as if applied, but it was not."""
EVERYWHERE: tuple[FaultName, ...] = (
    *("unavailable", "throttle", "error_after", "drop_after", "slow", "lie"),
)
Which = Literal["any", "reads", "writes"]

_WHICH: Mapping[str, Which] = {name: name for name in get_args(Which)}


class UnknownFaultError(ValueError):
    """What was asked is no plan; the message lists the faults."""


@dataclass(frozen=True)
class PlannedFault:
    """What happens to the next `times` requests."""

    fault: FaultName
    times: int
    which: Which
    seconds: float


class Faults:
    """The planned faults of one system, which has those in `known`. Safe to use from threads."""

    def __init__(self, known: tuple[FaultName, ...]) -> None:
        self._known: Mapping[str, FaultName] = {name: name for name in known}
        self._lock = threading.Lock()
        self._planned: deque[PlannedFault] = deque()

    def next(
        self, fault: FaultName, times: int = 1, which: Which = "any", seconds: float = 1.0
    ) -> None:
        """Let `fault` befall the next `times` requests of that sort, after those planned before.

        `seconds` is the delay of a slow answer, and `Retry-After` of a throttled one.
        """
        with self._lock:
            self._planned.append(PlannedFault(fault, times, which, seconds))

    def clear(self) -> None:
        """No more faults."""
        with self._lock:
            self._planned.clear()

    def take(self, *, writes: bool) -> PlannedFault | None:
        """The fault that befalls this request, used up by it."""
        with self._lock:
            first = self._planned[0] if self._planned else None
            if first is None or first.which == ("reads" if writes else "writes"):
                return None
            self._planned.popleft()
            if first.times > 1:
                self._planned.appendleft(replace(first, times=first.times - 1))
            return first

    def plan(self, asked: Mapping[str, object]) -> None:
        """Plan what a request to `_faults` asks for: `fault`, and if it likes `times`, `which`,
        `seconds`; the fault `none` clears. Raises UnknownFaultError."""
        name, which = str(asked.get("fault")), _WHICH.get(str(asked.get("which", "any")))
        times, seconds = str(asked.get("times", 1)), str(asked.get("seconds", 1.0))
        numbers = times.isdecimal() and seconds.replace(".", "", 1).isdecimal()
        if name == "none":
            self.clear()
        elif name in self._known and which and numbers:
            self.next(self._known[name], int(times), which, float(seconds))
        else:
            raise UnknownFaultError(f"`fault` is one of: {', '.join(('none', *self._known))}")
