"""Step Functions, played: the definition's Retry and Catch, its waits in virtual time."""

from __future__ import annotations

import json
import random
from collections import Counter
from typing import TYPE_CHECKING, Any

from countersign.definition import definition
from countersign.runtime.step import Call, run
from tests.fakes.journey import STEPS, seconds_of

if TYPE_CHECKING:
    from tests.guarantees.ground import Ground


class Execution:
    """One execution of the definition, as Step Functions would run it."""

    def __init__(self, ground: Ground, name: str, job_id: str) -> None:
        self._ground, self.name, self.job_id = ground, name, job_id
        self.token, self.ended, self.failed = "", False, False
        self._at = "Prepare"
        self._carried: dict[str, Any] = {"job_id": job_id}
        self.visited: list[str] = []

    def goes_on(self) -> None:
        """Until it ends or waits for its token."""
        if self.token:
            if self.token not in self._ground.line.succeeded:
                return
            self.token, self._at = "", _next("Ask", {})
        while not (self.ended or self.token):
            self._step()

    def _step(self) -> None:
        state = self._at
        self.visited.append(state)
        if state not in STEPS:
            self._passes(definition()["States"][state])
            return
        following, self._carried = self._retried(state)
        if state == "Ask" and following == _next("Ask", {}):
            return
        self._at = following
        self.ended = following in ("", "Parked", "Superseded")

    def _passes(self, state: dict[str, Any]) -> None:
        """The wait for a turn, or what comes before it."""
        if state["Type"] == "Wait":
            self._ground.clock.passes(seconds=self._carried["seconds"])
        else:
            self._carried |= {"seconds": seconds_of(self._carried["error"]["Cause"])}
        self._at = state["Next"]

    def _retried(self, state: str) -> tuple[str, dict[str, Any]]:
        tried: Counter[int] = Counter()
        while True:
            self._ground.line.about = state
            try:
                said = run(self._ground.deps, STEPS[state], self._call(state, sum(tried.values())))
            except Exception as error:  # noqa: BLE001 - Lambda reports every error by its class
                wait = _wait(state, error, tried, self._ground.random)
                if wait is None:
                    return self._caught(state, error)
                self._ground.clock.passes(seconds=wait)
            else:
                return _next(state, said), said

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

    def _caught(self, state: str, error: Exception) -> tuple[str, dict[str, Any]]:
        self.token = ""
        name = type(error).__name__
        for catcher in definition()["States"][state].get("Catch", []):
            if {name, "States.ALL"} & set(catcher["ErrorEquals"]):
                cause = json.dumps({"errorType": name, "errorMessage": str(error)})
                carried = {**self._carried, "error": {"Error": name, "Cause": cause}}
                return str(catcher["Next"]), carried
        self.failed = True
        return "", {}


def _next(state: str, said: dict[str, Any]) -> str:
    then = definition()["States"][state].get("Next", "")
    return str(said.get("next", "") if then == "Route" else then)


def _wait(state: str, error: Exception, tried: Counter[int], dealt: random.Random) -> float | None:
    """Seconds until the next try, as the state's Retry says; None when there is none."""
    for number, retrier in enumerate(definition()["States"][state].get("Retry", [])):
        if type(error).__name__ in retrier["ErrorEquals"]:
            if tried[number] >= retrier["MaxAttempts"]:
                return None
            longest = retrier["IntervalSeconds"] * retrier["BackoffRate"] ** tried[number]
            tried[number] += 1
            return dealt.uniform(0, min(longest, retrier["MaxDelaySeconds"]))
    return None
