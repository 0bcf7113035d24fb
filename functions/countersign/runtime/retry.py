"""Ports of outside systems as steps use them: failures are counted for the key's breaker, and
pauses that are asked for are kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

from countersign.domain.errors import Ambiguous, Throttled, Unavailable
from countersign.domain.limits.circuit_breaker import failed, succeeded
from countersign.runtime.breaker import taken, tell
from countersign.runtime.connectors import Key
from countersign.runtime.pace import Paced
from countersign.runtime.visits import PacedVisit

PortT = TypeVar("PortT")


ONCE_MORE = 0.25
"""Seconds after which a call that found nobody is made again, once: entering the whole state again
costs many calls, and nothing was applied."""


def watched(paced: Paced, visit: PacedVisit, key: Key | None, port: PortT) -> PortT:
    """The port, each failure of which is told to the breaker of what is paced.

    A call that is answered with "later" is no failure, whether or not it says when: it is made
    again after that time, if it fits into the visit's, for nothing was applied; else raises
    NotYourTurn.
    """
    return cast("PortT", _Watched(paced, visit, key, port))


class _Watched:
    """Passes everything on to a port."""

    def __init__(self, paced: Paced, visit: PacedVisit, key: Key | None, port: object) -> None:
        self._paced = paced
        self._visit = visit
        self._key = key
        self._port = port

    def __getattr__(self, name: str) -> Any:
        member = getattr(self._port, name)

        def asked(*args: Any, **named: Any) -> Any:
            return self._asked(lambda: member(*args, **named))

        return asked

    def _asked(self, ask: Callable[[], Any]) -> Any:
        once_more = True
        while True:
            try:
                with taken(self._paced, self._key):
                    answer = ask()
            except (Throttled, Unavailable, Ambiguous) as trouble:
                once_more = self._outlasts(trouble, once_more=once_more)
            else:
                self._fine()
                return answer

    def _outlasts(self, trouble: Exception, *, once_more: bool) -> bool:
        """Wait for what the call may be made again after; whether it may once more without having
        been told so. Raises `trouble` itself when it may not, and NotYourTurn."""
        if isinstance(trouble, Throttled):
            self._visit.told_to_wait(trouble.retry_after)
            return once_more
        tell(self._paced, failed)
        rests = self._paced.state.breaker.resting(self._paced.deps.wall.now())
        if rests or not once_more or not isinstance(trouble, Unavailable):
            raise trouble
        self._paced.deps.pause(ONCE_MORE)
        return False

    def _fine(self) -> None:
        """A success is told only by a process that knows of a failure: usually it costs nothing."""
        self._visit.answered()
        if self._paced.state.breaker.failures:
            tell(self._paced, lambda held, _now: succeeded(held))
