"""Waiting within a function: a few seconds in all, and never into the time that the work needs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

from countersign.connectors.system import CONNECTOR_SECONDS
from countersign.deps import Deps
from countersign.domain.errors import ConnectorResting, Throttled
from countersign.runtime import Call

AnswerT = TypeVar("AnswerT")

MOST_SECONDS = 5.0
"""Longer than this nothing waits inside a function: it is billed, a parked job is not."""
WORK_SECONDS = 3 * CONNECTOR_SECONDS
"""Left for a claim's own calls, whatever is waited for."""


def unhurried(deps: Deps, call: Call, name: str, ask: Callable[[], AnswerT]) -> AnswerT:
    """The answer, asked for again after each pause that the other side asks for. A pause that does
    not fit into the function ends it: raises ConnectorResting, and the job waits in the table."""
    patience = Patience(deps, call)
    while True:
        try:
            return ask()
        except Throttled as later:
            if later.retry_after is None:
                raise
            if not patience.waits(later.retry_after):
                until = deps.wall.now() + timedelta(seconds=later.retry_after)
                raise ConnectorResting(name, until) from None


class Patience:
    """What one use of a connector may still wait."""

    def __init__(self, deps: Deps, call: Call) -> None:
        self._deps = deps
        self._call = call
        self._waited = 0.0

    def waits(self, seconds: float) -> bool:
        """Let `seconds` pass if they fit; whether they did."""
        left = self._call.seconds_left(self._deps.clock.now()) - WORK_SECONDS
        if self._waited + seconds > MOST_SECONDS or seconds > left:
            return False
        self._waited += seconds
        self._deps.pause(seconds)
        return True

    def until(self, resting: ConnectorResting) -> None:
        """Wait for the end of a short rest. Raises `resting` itself when it does not fit."""
        now = self._deps.wall.now()
        if resting.until is None or not self.waits((resting.until - now).total_seconds()):
            raise resting
