"""Adapters whose process dies, or is stopped, at a named point of a job."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, Literal


@dataclass(frozen=True)
class Point:
    """A moment: before or after the `nth` call of `on` (`adapter.method`) within a state or door.

    `scenario` is the job that comes past it.
    """

    name: str
    within: str
    on: str
    when: Literal["before", "after"]
    nth: int = 1
    scenario: str = "form"
    """`form`: three CRM writes. `signed`: a mail after them. `refund`. `announced`:
    a signed refund, its reply, and a message to finance after them. Or one of naive.DESIGNS."""


@dataclass
class Fate:
    """What happens to this process, and when. Without a point it lives on."""

    point: Point | None = None
    signal: int = signal.SIGKILL
    within: str = ""
    """The state or door that the process is in now."""
    seen: dict[str, int] = field(default_factory=dict)
    before_it: Callable[[], None] = lambda: None

    def enters(self, within: str) -> None:
        """The process enters a state or a door."""
        self.within = within
        self.seen.clear()

    def reaches(self, call: str, when: str) -> None:
        """A call begins or has ended; here the process may end."""
        point = self.point
        if point is None or (point.within, point.on, point.when) != (self.within, call, when):
            return
        self.seen[call] = self.seen.get(call, 0) + 1
        if self.seen[call] == point.nth:
            self.point = None
            self.before_it()
            os.kill(os.getpid(), self.signal)


class Mortal:
    """`real`, with the moments before and after each call told to `fate`."""

    def __init__(self, name: str, real: Any, fate: Fate) -> None:
        self._name, self._real, self._fate = name, real, fate

    def __getattr__(self, member: str) -> Any:
        method = getattr(self._real, member)

        @wraps(method)
        def called(*args: Any, **named: Any) -> Any:
            self._fate.reaches(f"{self._name}.{member}", "before")
            answer = method(*args, **named)
            self._fate.reaches(f"{self._name}.{member}", "after")
            return answer

        return called if callable(method) else method
