"""Ports of outside systems as steps use them: failures are counted, pauses that are asked for are
kept, and while a connector's breaker is open nobody asks it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, TypeVar, cast

from countersign import observability
from countersign.connectors.clock import CONNECTOR_SECONDS
from countersign.domain.errors import Ambiguous, ConnectorResting, Throttled, Unavailable
from countersign.domain.limits.circuit_breaker import Breaker, failed, opened, paused, succeeded
from countersign.runtime.deps import Deps
from countersign.runtime.step import Call

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


KEPT_FOR = timedelta(seconds=30)
"""How long a process that only reads goes on with what it read of a breaker; a claim asks exactly,
in its own transaction."""
ONCE_MORE = 0.25
"""Seconds after which a call that found nobody is made again, once: entering the whole state again
costs many calls, and nothing was applied."""
_TRIES = 5

PortT = TypeVar("PortT")


def watched(deps: Deps, call: Call, connector: str, port: PortT) -> PortT:
    """The port, each failure of which is told to the connector's breaker.

    A call that is answered with "later" (Retry-After) is made again after that time, if it fits
    into the function's own: nothing was applied. Else the error is raised as it came.
    """
    return cast("PortT", _Watched(deps, call, connector, port))


def check_resting(deps: Deps, call: Call, connector: str) -> None:
    """Raises ConnectorResting while the breaker is open; a short rest is waited for."""
    now = deps.wall.now()
    read_at, breaker = deps.breakers.get(connector, (None, None))
    if breaker is None or read_at is None or now - read_at >= KEPT_FOR:
        breaker = deps.limits.breaker(connector)
        deps.breakers[connector] = (now, breaker)
    if breaker.resting(now):
        Patience(deps, call).until(ConnectorResting(connector, breaker.open_until))


class _Watched:
    """Passes everything on to a port."""

    def __init__(self, deps: Deps, call: Call, connector: str, port: object) -> None:
        self._deps = deps
        self._connector = connector
        self._port = port
        self._patience = Patience(deps, call)

    def __getattr__(self, name: str) -> Any:
        member = getattr(self._port, name)

        @wraps(member)
        def asked(*args: Any, **named: Any) -> Any:
            return self._asked(lambda: member(*args, **named))

        return asked

    def _asked(self, ask: Callable[[], Any]) -> Any:
        again: float | None = ONCE_MORE
        while True:
            try:
                answer = ask()
            except (Throttled, Unavailable, Ambiguous) as trouble:
                pause, again = self._troubled(trouble, again)
                if pause is None:
                    raise
                self._wait(trouble, pause)
            else:
                self._fine()
                return answer

    def _troubled(
        self, trouble: Exception, again: float | None
    ) -> tuple[float | None, float | None]:
        """After how many seconds to ask again, if at all, and what is left of `again`."""
        pause = trouble.retry_after if isinstance(trouble, Throttled) else None
        if pause is not None:
            _tell(self._deps, self._connector, lambda held, now: paused(held, now, pause))
            return pause, again
        _tell(self._deps, self._connector, failed)
        _, held = self._deps.breakers.get(self._connector, (None, None))
        rests = held is not None and held.resting(self._deps.wall.now())
        return (again, None) if isinstance(trouble, Unavailable) and not rests else (None, again)

    def _wait(self, trouble: Exception, pause: float) -> None:
        """Let the pause pass. One that was asked for and does not fit is waited out in the table,
        whatever became of the row that says so."""
        if self._patience.waits(pause):
            return
        if isinstance(trouble, Unavailable):
            raise trouble
        until = self._deps.wall.now() + timedelta(seconds=pause)
        raise ConnectorResting(self._connector, until) from None

    def _fine(self) -> None:
        """A success is told only by a process that knows of a failure: usually it costs nothing."""
        _, held = self._deps.breakers.get(self._connector, (None, None))
        if held and held.failures:
            _tell(self._deps, self._connector, lambda now_held, _now: succeeded(now_held))


def _tell(deps: Deps, connector: str, what: Callable[[Breaker, datetime], Breaker]) -> None:
    """Write down what was seen. What goes wrong here must not hide how the call itself ended:
    whether something was sent depends on the class of what it raised."""
    try:
        _write(deps, connector, what)
    except Exception:  # noqa: BLE001 - see above
        observability.defect("telling the breaker")


def _write(deps: Deps, connector: str, what: Callable[[Breaker, datetime], Breaker]) -> None:
    for _ in range(_TRIES):
        before, now = deps.limits.breaker(connector), deps.wall.now()
        after = what(before, now)
        if deps.limits.replace(before, after):
            deps.breakers[connector] = (now, after)
            if opened(before, after, now):
                observability.logger().warning("breaker opened", extra={"connector": connector})
                observability.count("BreakersOpened")
            return
