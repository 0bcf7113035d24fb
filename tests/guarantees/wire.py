"""The wire to every outside system: each request passes here, and a test says what befalls it.

What was applied at the other end is written down here, not by the code under test.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

Fault = Literal["lost", "error", "throttled", "away"]
"""applied, and no answer comes · applied, then 500 · refused: slow down · refused: 503"""


@dataclass(frozen=True)
class Passing:
    """One request on the wire. `to` is a system, `call` the operation there."""

    number: int
    to: str
    call: str
    about: str = ""
    """Which state or door asked."""

    @property
    def name(self) -> str:
        """System and operation."""
        return f"{self.to} {self.call}"


@dataclass
class Line:
    """What passes. `trouble` decides each request's fate; `retry_after` goes with "throttled"."""

    trouble: Callable[[Passing], Fault | None] = lambda _: None
    retry_after: Callable[[], int] = lambda: 0
    now: Callable[[], float] = lambda: 0.0
    passed: list[Passing] = field(default_factory=list)
    troubled: list[tuple[Passing, Fault]] = field(default_factory=list)
    mails: list[dict[str, Any]] = field(default_factory=list)
    """Every mail that the provider took."""
    started: list[str] = field(default_factory=list)
    succeeded: list[str] = field(default_factory=list)
    about: str = ""
    remembers: bool = True
    """Whether the table knows a transaction's token again, as DynamoDB does for ten minutes."""
    asked_to_wait: dict[str, float] = field(default_factory=dict)
    """Until when each system asked not to be called."""
    impatient: list[tuple[Passing, float]] = field(default_factory=list)
    """Requests that came before that, and by how many seconds."""
    _tokens: dict[str, tuple[int, dict[str, str], bytes]] = field(default_factory=dict)

    def begins_anew(self) -> None:
        """Nothing has passed, no trouble is planned, and nobody asked to wait."""
        fresh = Line(now=self.now, retry_after=self.retry_after, remembers=self.remembers)
        self.__dict__.update(vars(fresh))

    def meets(self, to: str, call: str) -> Fault | None:
        """Count a request and tell its fate."""
        passing = Passing(len(self.passed), to, call, self.about)
        self.passed.append(passing)
        early = self.asked_to_wait.get(to, 0.0) - self.now()
        if early > 0:
            self.impatient.append((passing, early))
        fault = self.trouble(passing)
        if fault:
            self.troubled.append((passing, fault))
        return fault

    def defers(self, to: str) -> int:
        """How many seconds a system asks to wait, written down."""
        wait = self.retry_after()
        self.asked_to_wait[to] = max(self.now() + wait, self.asked_to_wait.get(to, 0.0))
        return wait

    def takes(self, call: str, body: bytes) -> tuple[int, dict[str, str], bytes] | None:
        """What AWS has to say before anything is applied: a token that it has seen before."""
        if call == "SendTaskSuccess" and json.loads(body)["taskToken"] in self.succeeded:
            return 400, {}, b'{"__type": "TaskTimedOut", "message": "answered already"}'
        token = json.loads(body).get("ClientRequestToken") if call == "TransactWriteItems" else ""
        return self._tokens.get(token) if token and self.remembers else None

    def applied(self, call: str, body: bytes, answer: tuple[int, dict[str, str], bytes]) -> None:
        """AWS did it: write down what matters."""
        if answer[0] != 200:
            return
        told = json.loads(body) if body[:1] == b"{" else {}
        if call == "TransactWriteItems":
            self._tokens[told.get("ClientRequestToken", "")] = answer
        if call == "SendEmail":
            self.mails.append(told)
        if call == "StartExecution":
            self.started.append(told["name"])
        if call == "SendTaskSuccess":
            self.succeeded.append(told["taskToken"])


def sites(line: Line) -> list[tuple[str, int]]:
    """Every request of a run without trouble: its name, and its how-manieth it is."""
    seen: Counter[str] = Counter()
    found = []
    for passing in line.passed:
        seen[passing.name] += 1
        found.append((passing.name, seen[passing.name]))
    return found


def at(site: tuple[str, int], fault: Fault) -> Callable[[Passing], Fault | None]:
    """`fault` befalls that one request, once."""
    left = [site[1]]

    def trouble(passing: Passing) -> Fault | None:
        left[0] -= passing.name == site[0]
        met = passing.name == site[0] and left[0] == 0
        return fault if met else None

    return trouble
