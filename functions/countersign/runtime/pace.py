"""Reserving turns in the row of a key, with what this process remembers of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from countersign.domain.errors import (
    ConnectorResting,
    Misconfigured,
    NotYourTurn,
    Paused,
    Throttled,
)
from countersign.domain.limits.circuit_breaker import LONGEST_REST, Breaker
from countersign.domain.limits.pace import (
    Grant,
    Pace,
    RateLimit,
    Row,
    Told,
    Turn,
    Wish,
    book,
    full_until,
    granted,
    pace_of,
    slowed,
    when,
)
from countersign.domain.mail import Email, Mailer
from countersign.domain.ports import KeyState
from countersign.runtime.breaker import taken
from countersign.runtime.connectors import CODES, MAIL

if TYPE_CHECKING:
    from countersign.connectors.http import Gate
    from countersign.domain.limits.budgets import Counter
    from countersign.domain.releases.rollout import Rollout
    from countersign.runtime.deps import Deps

SOON = timedelta(seconds=1)
"""So long a turn is waited for in the function: it is billed, and an account has few."""
CODES_SOON = timedelta(seconds=5)
"""The same where somebody waits for the mail before a page, and nothing else would send it."""
_TRIES = 12
"""Each refused booking means that somebody else's was stored."""
_ENGINE = "countersign"
"""The holder of turns for our own mail: requests, reminders, cases."""

Kind = tuple[str, ...]
"""Visits that need about as many requests: key, workflow, actions."""


class Memory:
    """What a process remembers of keys, whatever job it works on."""

    def __init__(self) -> None:
        self.states: dict[str, KeyState] = {}
        """As it saw them last: a guess at how they are."""
        self.told: dict[str, RateLimit] = {}
        self.usual: dict[Kind, int] = {}
        self.paused: dict[str, tuple[datetime, str]] = {}
        """By workflow: when its row was read last, and who had paused it."""
        self.rollouts: tuple[datetime | None, Sequence[Rollout]] = (None, ())
        """When stored releases were read last, and those that jobs come to."""
        self.pauses: dict[str, int] = {}
        """Until when it was asked to wait, where the row could not be told."""
        self.budget: Counter | None = None
        """The counters of the model's budget, as seen last."""
        self.refusals: dict[str, int] = {}
        """How often in a row it was told "later" without a time."""


class Meter:
    """The gate of this process's clients: that of the visit that is under way, and open where there
    is none."""

    def __init__(self) -> None:
        self._gate: Gate | None = None

    @contextmanager
    def counts_for(self, gate: Gate) -> Iterator[None]:
        """All requests within pass `gate`."""
        self._gate = gate
        try:
            yield
        finally:
            self._gate = None

    def before(self) -> None:
        """http.Gate."""
        if self._gate:
            self._gate.before()

    def after(self, told: Told | None) -> None:
        """http.Gate."""
        if self._gate:
            self._gate.after(told)


@dataclass(frozen=True)
class Paced:
    """One key, as this process reserves in its row."""

    deps: Deps
    key: str

    @property
    def pace(self) -> Pace:
        """By the stage's limits, and by what the other side said of its own."""
        told = self.deps.memory.told.get(self.key)
        return _pace((*self.deps.settings.limits_of(self.key), *((told,) if told else ())))

    @property
    def state(self) -> KeyState:
        """As this process saw it last."""
        return self.deps.memory.states.get(self.key) or KeyState(Row(), Breaker(key=self.key))

    def read(self) -> KeyState:
        """As it stands."""
        return self.sees(self.deps.limits.state(self.key))

    def sees(self, state: KeyState) -> KeyState:
        """Remember it."""
        self.deps.memory.states[self.key] = state
        return state

    def takes(self, wish: Wish, within: timedelta = timedelta.max) -> Grant:
        """Reserve: one call where the guess is right, one more for each booking that came between.

        Raises ConnectorResting while the breaker is open, Paused while an operator wants nobody to
        ask, Throttled when too many come between, and
        NotYourTurn without a turn where it would not come `within` that time, or where a limit over
        a long time is used up.
        """
        for _ in range(_TRIES):
            now, pace = self.deps.wall.now(), self.pace
            booking = book(self.state.row, pace, wish, now)
            full = full_until(self.state.row, pace, wish.requests, now)
            start = full or when(booking.start(self.state.row))
            if full or start - now > within:
                raise NotYourTurn(self.key, Turn(at=start, requests=0), start - now)
            stored, state = self.deps.limits.book(self.key, booking)
            self.sees(state)
            if stored:
                return granted(booking, state.row)
            self.check_awake(wish.workflow)
        raise Throttled(f"too many reserve turns of {self.key} at the same time")

    def takes_soon(self, wish: Wish, within: timedelta = SOON) -> Grant:
        """The same for who waits so long and no longer. What this process knows may be old: the
        row is read before it says no, and a turn that is later than it looked is given back."""
        try:
            grant = self.takes(wish, within)
        except NotYourTurn:
            self.read()
            grant = self.takes(wish, within)
        at = when(grant.start)
        wait = at - self.deps.wall.now()
        if wait > within:
            self.deps.limits.give_back(self.key, grant, wish.requests)
            raise NotYourTurn(self.key, Turn(at=at, requests=0), wait)
        return grant

    def ahead(self) -> timedelta:
        """How long who comes now is going to wait. Nothing is reserved."""
        row, now = self.read().row, self.deps.wall.now()
        start = book(row, self.pace, Wish(1, _ENGINE), now).start(row)
        return max(timedelta(), when(start) - now)

    def slows(self, seen: int, now: datetime, until: datetime) -> None:
        """Move all turns that are to come, unless they are moved so far already."""
        if slowed(self.state.row, seen, now, until):
            self.sees(self.deps.limits.slow(self.key, seen, now, until))

    def check_awake(self, workflow: str = "") -> None:
        """Raises ConnectorResting while the breaker is open, and Paused while it is paused, for all
        or for this workflow."""
        breaker, paused, now = self.state.breaker, self.state.paused, self.deps.wall.now()
        for name in ("", workflow):
            if name in paused:
                raise Paused(name or self.key, paused[name], now + LONGEST_REST)
        if breaker.resting(now):
            wrong = breaker.misconfigured
            raise ConnectorResting(self.key, breaker.open_until, misconfigured=wrong)

    def waits_until(self, at: int) -> None:
        """Until that moment."""
        self.deps.pause((when(at) - self.deps.wall.now()).total_seconds())


@lru_cache(maxsize=64)
def _pace(limits: tuple[RateLimit, ...]) -> Pace:
    """A visit asks for it at each request."""
    return pace_of(limits)


class PacedMailer:
    """Mail of our own, in its turn. Raises Throttled, with the seconds until it comes, when that is
    not soon, the provider rests or does not let us send: then nothing was sent. Who only tells
    somebody has no use for more: the mail stays owed."""

    def __init__(self, mailer: Mailer, paced: Paced, within: timedelta) -> None:
        self._mailer = mailer
        self._paced = paced
        self._within = within

    def send(self, email: Email) -> str:
        """mail.Mailer."""
        self._takes_a_turn()
        try:
            with taken(self._paced, None):
                return self._mailer.send(replace(email, automatic="auto-generated"))
        except Misconfigured as wrong:
            raise Throttled(str(wrong), LONGEST_REST.total_seconds()) from None

    def _takes_a_turn(self) -> None:
        try:
            grant = self._paced.takes_soon(Wish(1, _ENGINE), self._within)
        except NotYourTurn as later:
            raise Throttled(str(later), later.seconds) from None
        except ConnectorResting as rests:
            wait = rests.until - self._paced.deps.wall.now() if rests.until else None
            raise Throttled(str(rests), wait.total_seconds() if wait else None) from None
        self._paced.waits_until(grant.start)


def post(deps: Deps) -> Mailer:
    """Mail of our own."""
    return PacedMailer(deps.mail, Paced(deps, MAIL), SOON)


def code_post(deps: Deps) -> Mailer:
    """Codes and links that somebody waits for before a page."""
    return PacedMailer(deps.mail, Paced(deps, CODES), CODES_SOON)


def ahead_of_a_code(deps: Deps) -> timedelta:
    """How long the next such mail is going to wait for its turn, as far as it waits."""
    return min(CODES_SOON, Paced(deps, CODES).ahead())


class MeteredMailer:
    """Mail of an action: each one passes the visit's gate."""

    def __init__(self, mailer: Mailer, gate: Gate) -> None:
        self._mailer = mailer
        self._gate = gate

    def send(self, email: Email) -> str:
        """mail.Mailer."""
        self._gate.before()
        return self._mailer.send(email)
