"""Step Functions, played: the definition's Retry and Catch, its waits in virtual time."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Collection
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Protocol

from countersign.definition import definition
from countersign.runtime.deps import Deps
from countersign.runtime.step import Call, run
from tests.fakes.journey import STEPS, seconds_of
from tests.fakes.world import FakeClock

machine = cache(definition)


class Line(Protocol):
    """What the machine is told from outside, and what is noted of who asks."""

    about: str
    """The state that runs, for whoever watches its calls."""

    @property
    def succeeded(self) -> Collection[str]:
        """The tokens that were called back."""


class Around(Protocol):
    """Where an execution runs."""

    clock: FakeClock
    random: random.Random
    tokens: int

    @property
    def deps(self) -> Deps:
        """Of the process that runs now."""

    @property
    def line(self) -> Line:
        """As said there."""


class Execution:
    """One execution of the definition, as Step Functions would run it."""

    def __init__(self, ground: Around, name: str, job_id: str) -> None:
        self._ground, self.name, self.job_id = ground, name, job_id
        self.token, self.ended, self.failed = "", False, False
        self.at = "Prepare"
        self.wakes_at: datetime | None = None
        """When a wait of the machine, or between two tries, is over; None: it waits for none."""
        self._carried: dict[str, Any] = {"job_id": job_id}
        self._tried: Counter[int] = Counter()
        self.visited: list[str] = []

    def goes_on(self) -> None:
        """Until it ends or waits for its token; time passes as it waits."""
        while self.may_go_on():
            if self.wakes_at:
                left = (self.wakes_at - self._ground.clock.now()).total_seconds()
                self._ground.clock.passes(seconds=max(0.0, left))
            self.steps()

    def may_go_on(self) -> bool:
        """Whether it has not ended and waits for nobody; one whose token was called back goes on
        with what comes next."""
        if self.token and self.token in self._ground.line.succeeded:
            self._enters(_next("Ask", {}))
        return not (self.ended or self.token)

    def steps(self) -> None:
        """One visit of the state that it is at."""
        self.wakes_at = None
        if not self._tried:
            self.visited.append(self.at)
        if self.at in STEPS:
            self._tries(self.at)
        else:
            self._passes(machine()["States"][self.at])

    def _enters(self, state: str) -> None:
        self.token, self.at = "", state
        self._tried.clear()
        self.ended = state in ("", "Parked", "Superseded")

    def _passes(self, state: dict[str, Any]) -> None:
        """The wait for a turn, or what comes before it."""
        if state["Type"] == "Wait":
            self._waits(self._carried["seconds"])
        else:
            self._carried |= {"seconds": seconds_of(self._carried["error"]["Cause"])}
        self.at = state["Next"]

    def _waits(self, seconds: float) -> None:
        self.wakes_at = self._ground.clock.now() + timedelta(seconds=seconds)

    def _tries(self, state: str) -> None:
        self._ground.line.about = state
        try:
            said = self._visits(state)
        except Exception as error:  # noqa: BLE001 - Lambda reports every error by its class
            wait = _wait(state, error, self._tried, self._ground.random)
            if wait is None:
                self._caught(state, error)
            else:
                self.token = ""
                self._waits(wait)
            return
        self._carried = said
        if state != "Ask":
            self._enters(_next(state, said))

    def _visits(self, state: str) -> dict[str, Any]:
        """One try of a state's function: what it answers. Raises what it raises."""
        call = self._call(state, sum(self._tried.values()))
        return run(self._ground.deps, STEPS[state], call)

    def _call(self, state: str, retries: int) -> Call:
        if state == "Ask":
            self._ground.tokens += 1
            self.token = f"task-{self._ground.tokens}"
        return Call(
            job_id=self.job_id,
            execution=self.name,
            state=state,
            input=self._carried,
            retries=retries,
            token=self.token,
        )

    def _caught(self, state: str, error: Exception) -> None:
        name = type(error).__name__
        for catcher in machine()["States"][state].get("Catch", []):
            if {name, "States.ALL"} & set(catcher["ErrorEquals"]):
                cause = json.dumps({"errorType": name, "errorMessage": str(error)})
                self._carried = {**self._carried, "error": {"Error": name, "Cause": cause}}
                self._enters(str(catcher["Next"]))
                return
        self.failed = True
        self._enters("")


def _next(state: str, said: dict[str, Any]) -> str:
    then = machine()["States"][state].get("Next", "")
    return str(said.get("next", "") if then == "Route" else then)


def _wait(state: str, error: Exception, tried: Counter[int], dealt: random.Random) -> float | None:
    """Seconds until the next try, as the state's Retry says; None when there is none."""
    for number, retrier in enumerate(machine()["States"][state].get("Retry", [])):
        if type(error).__name__ in retrier["ErrorEquals"]:
            if tried[number] >= retrier["MaxAttempts"]:
                return None
            longest = retrier["IntervalSeconds"] * retrier["BackoffRate"] ** tried[number]
            tried[number] += 1
            return dealt.uniform(0, min(longest, retrier["MaxDelaySeconds"]))
    return None
