"""Faults that tests switch on in a demo system: planned in order, each used up by requests."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Generic, Literal, TypeVar, get_args

from starlette.requests import Request
from starlette.responses import Response

LOOPBACK = frozenset({"127.0.0.1", "::1"})
FaultT = TypeVar("FaultT", bound=str)
Which = Literal["any", "reads", "writes"]

_WHICH: Mapping[str, Which] = {name: name for name in get_args(Which)}


class UnknownFaultError(ValueError):
    """What was asked is no plan; the message lists the faults."""


@dataclass(frozen=True)
class Plan(Generic[FaultT]):
    """What happens to the next `times` requests."""

    fault: FaultT
    times: int
    which: Which
    seconds: float


class Faults(Generic[FaultT]):
    """The planned faults of one system, which has those in `known`. Safe to use from threads."""

    def __init__(self, known: Mapping[str, FaultT]) -> None:
        self._known = known
        self._lock = threading.Lock()
        self._plans: deque[Plan[FaultT]] = deque()

    def next(
        self, fault: FaultT, times: int = 1, which: Which = "any", seconds: float = 1.0
    ) -> None:
        """Let `fault` befall the next `times` requests of that sort, after those planned before.

        `seconds` is the delay of a slow answer, and `Retry-After` of a throttled one.
        """
        with self._lock:
            self._plans.append(Plan(fault, times, which, seconds))

    def clear(self) -> None:
        """No more faults."""
        with self._lock:
            self._plans.clear()

    def take(self, *, writes: bool) -> Plan[FaultT] | None:
        """The fault that befalls this request, used up by it."""
        with self._lock:
            plan = self._plans[0] if self._plans else None
            if plan is None or plan.which == ("reads" if writes else "writes"):
                return None
            self._plans.popleft()
            if plan.times > 1:
                self._plans.appendleft(replace(plan, times=plan.times - 1))
            return plan

    def ask(self, asked: Mapping[str, object]) -> None:
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


def for_this_machine(
    endpoint: Callable[[Request], Awaitable[Response]],
) -> Callable[[Request], Awaitable[Response]]:
    """`endpoint` for requests from this machine, 404 for all others."""

    async def guarded(request: Request) -> Response:
        if request.client is None or request.client.host not in LOOPBACK:
            return Response(status_code=404)
        return await endpoint(request)

    return guarded


def wait_header(seconds: float) -> dict[str, str]:
    """`Retry-After` in whole seconds, at least one."""
    return {"Retry-After": str(max(1, -int(-seconds // 1)))}
