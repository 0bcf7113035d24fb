"""A visit's turn: reserved before its first request, waited for, and given back where not needed.

Who uses a key reserves in its row what a visit is usually going to need, and starts when its turn
comes: at once, after a second in the function, or after a wait of the state machine, for which the
turn is kept on the job. Each request of the visit passes the gate here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime, timedelta
from typing import Protocol

from countersign import observability
from countersign.connectors.clock import CONNECTOR_SECONDS
from countersign.domain.errors import (
    ConnectorBusy,
    NotYourTurn,
    StaleExecution,
    Throttled,
    TurnNotBooked,
    Unavailable,
)
from countersign.domain.jobs.change import Change, JobRecord
from countersign.domain.jobs.job import Move, Status
from countersign.domain.limits.pace import (
    VALID,
    Grant,
    Row,
    Told,
    Turn,
    Wish,
    moment,
    pause_for,
    usual,
    when,
)
from countersign.runtime.deps import Deps
from countersign.runtime.pace import SOON, Kind, Paced
from countersign.runtime.step import Call

PATIENCE = timedelta(seconds=5)
"""So long, in all, a visit that has begun waits for pauses that the other side asks for: beginning
it anew costs more requests than that time is worth."""
LEAST_PAUSE = timedelta(seconds=0.25)
"""Also for who asks for none at all, again and again."""
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=1), timedelta(minutes=20)
"""For who says "later" and not when: doubled each time in a row, until jobs are parked for it."""
FURTHEST = timedelta(minutes=15)
"""Beyond it a job is parked: an execution waits for what comes soon."""
WORK_SECONDS = 3 * CONNECTOR_SECONDS
"""Left for a claim's own calls, whatever is waited for."""


class Holder(Protocol):
    """Who visits: a job, or a batch of a job's file, which keeps no turns."""

    @property
    def workflow(self) -> str:
        """Of the job."""

    @property
    def turns(self) -> Mapping[str, Turn]:
        """Those that were kept for it."""


class Entered(Protocol):
    """The invocation in which a visit is made."""

    @property
    def state(self) -> str:
        """Of the machine."""

    @property
    def retries(self) -> int:
        """How often the machine has tried this state before."""

    def seconds_left(self, now: datetime) -> float:
        """Until the function's time-out."""


class PacedVisit:
    """One visit to a key: Look's or Act's, or of a batch."""

    def __init__(
        self,
        paced: Paced,
        holder: Holder,
        call: Entered,
        kind: Kind,
        *,
        tokens: int = 0,
        within: timedelta | None = None,
    ) -> None:
        """`tokens`: the most that one of its requests may use. `within`: so long a turn is waited
        for in the function, where nobody keeps one; with it, what is reserved is a block of as many
        requests as are asked for, and what of it is not used lapses."""
        self._tokens = tokens
        self._within = within
        self._paced = paced
        self._deps = paced.deps
        self._of = holder
        self._call = call
        self._kind = kind
        self._grant: Grant | None = None
        self._granted = self._used = 0
        self._start = self._not_before = self._shift = 0
        self._waited = timedelta()

    def begins(self, guess: int) -> None:
        """At its turn: the one that the job kept, or a new one for what such a visit usually needs,
        `guess` where this process has seen none. Raises NotYourTurn when that is not soon,
        and Paused while its workflow or all that use the key are paused."""
        if not self._at_the_kept_turn():
            learnt = {} if self._within else self._deps.memory.usual
            self._reserves(self._wish(learnt.get(self._kind, guess), self._of.workflow))

    def before(self) -> None:
        """The next request: what was not foreseen reserves for itself. Raises NotYourTurn where it
        comes after the function's time, and TurnNotBooked for trouble of our own table."""
        if self._used >= self._granted:
            self._one_more()
        due = max(self._paced.pace.due(self._start, self._used), self._not_before)
        if (when(due) - self._deps.wall.now()).total_seconds() > self._seconds_to_wait():
            self._granted -= self._used
            self._put_off(due)
        self._paced.waits_until(due)
        self._used += 1

    def after(self, told: Told | None) -> None:
        """Leave the little that is left to who else uses the key."""
        if told is None:
            return
        self._deps.memory.told[self._paced.key] = told.limit
        pause = pause_for(told, self._paced.pace)
        if pause:
            self._not_before = self._slows(pause)

    def told_to_wait(self, seconds: float | None) -> None:
        """The last request was answered with "later". It is waited for here if it fits, else raises
        NotYourTurn: the job keeps the turn that comes first after the pause."""
        pause = self._unsaid() if seconds is None else max(timedelta(seconds=seconds), LEAST_PAUSE)
        self._used -= 1
        until = self._slows(pause)
        self._waited += pause
        if self._waited > PATIENCE or pause.total_seconds() > self._seconds_to_wait():
            self._put_off(until)
        self._paced.waits_until(until)
        self._shift = self._paced.state.row.shift  # the next pause is another one

    def answered(self) -> None:
        """A call went well: a refusal that comes later is the first of its row."""
        self._deps.memory.refusals.pop(self._paced.key, None)

    def ends(self, *, well: bool) -> None:
        """Learn from what it needed, and give back what it did not, which may fail: it costs room,
        and what ended has ended."""
        if well and self._within is None:
            memory = self._deps.memory.usual
            memory[self._kind] = usual(memory.get(self._kind, 1), self._used)
        unused, state = self._granted - self._used, self._paced.state
        if self._grant is None or unused < 1 or _end(state.row, self._grant) != self._grant.ends:
            return
        try:
            self._deps.limits.give_back(self._paced.key, self._grant, unused)
        except Exception:  # noqa: BLE001 - see above
            observability.defect("giving back turns")

    def counted(self) -> AbstractContextManager[None]:
        """All requests of this process are the visit's."""
        return self._deps.meter.counts_for(self)

    @property
    def _kept_as(self) -> str:
        return kept_as(self._paced.key, self._call.state)

    @property
    def _holder(self) -> str:
        """A job whose turn elsewhere has come is under way, whatever its workflow holds."""
        now = self._deps.wall.now()
        others = (turn for kept, turn in self._of.turns.items() if kept != self._kept_as)
        under_way = any(now - VALID <= turn.at <= now for turn in others)
        return "" if under_way else self._of.workflow

    def _at_the_kept_turn(self) -> bool:
        """A repeated attempt may have used it already."""
        kept = self._of.turns.get(self._kept_as)
        if kept is None or not kept.requests or self._call.retries:
            return False
        row = self._paced.read().row
        self._paced.check_awake(self._of.workflow)
        if kept.lost(row, self._deps.wall.now()):
            return False
        self._granted = kept.requests
        self._starts(kept.start(row))
        return True

    def _wish(self, requests: int, workflow: str = "") -> Wish:
        return Wish(requests, self._holder, workflow, self._tokens)

    def _reserves(self, wish: Wish) -> None:
        within = self._within
        taken = self._paced.takes_soon(wish, within) if within else self._paced.takes(wish)
        self._grant, self._granted = taken, wish.requests
        self._starts(self._grant.start)

    def _starts(self, start: int) -> None:
        now = self._deps.wall.now()
        start = max(start, self._deps.memory.pauses.get(self._paced.key, 0))
        self._shift = self._paced.state.row.shift
        if when(start) - now > (self._within or SOON):
            self._put_off(start)
        self._paced.waits_until(start)
        self._start = max(start, moment(now))

    def _one_more(self) -> None:
        try:
            self._books_one_more()
        except (Throttled, Unavailable) as ours:
            raise TurnNotBooked(f"a turn at {self._paced.key} was not booked: {ours}") from None

    def _books_one_more(self) -> None:
        """A visit that needs many more begins again with as many as it needs."""
        try:
            one = Wish(1, tokens=self._tokens)
            self._paced.waits_until(self._paced.takes_soon(one, self._within or SOON).start)
            self._granted += 1
        except NotYourTurn:
            if self._within:
                raise
            wish = self._wish(2 * self._granted)
            self._deps.memory.usual[self._kind] = wish.requests
            start = self._paced.takes(wish).start
            self._granted = wish.requests
            self._put_off(start)

    def _seconds_to_wait(self) -> float:
        return self._call.seconds_left(self._deps.clock.now()) - WORK_SECONDS

    def _unsaid(self) -> timedelta:
        refusals = self._deps.memory.refusals
        times = refusals[self._paced.key] = refusals.get(self._paced.key, 0) + 1
        return min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** min(times - 1, 16))

    def _put_off(self, start: int) -> None:
        self._grant, shift = None, self._paced.state.row.shift
        turn = Turn(at=when(start), requests=self._granted, shift=shift)
        raise NotYourTurn(self._paced.key, turn, turn.at - self._deps.wall.now())

    def _slows(self, pause: timedelta) -> int:
        """Move all turns that are to come; until when. What goes wrong here must not hide the
        pause: this process keeps it, and others hear of it when they ask."""
        now, memory = self._deps.wall.now(), self._deps.memory
        until = now + pause
        try:
            self._paced.slows(self._shift, now, until)
        except Exception:  # noqa: BLE001 - see above
            observability.defect("slowing turns")
            memory.pauses[self._paced.key] = moment(until)
        return moment(until)


def _end(row: Row, grant: Grant) -> int:
    return int(getattr(row, grant.way))


@contextmanager
def paced(visit: PacedVisit, guess: int) -> Iterator[PacedVisit]:
    """A visit from its turn on. Raises what `begins` raises."""
    visit.begins(guess)
    well = False
    try:
        with visit.counted():
            yield visit
        well = True
    finally:
        visit.ends(well=well)


def kept_as(key: str, state: str) -> str:
    """The name under which a job keeps a turn. Look and Act may share a key: if one used up the
    other's turn, a job whose records grow too old in the queue would go round for ever."""
    return f"{key}#{state}"


def waiting(deps: Deps, call: Call, connector: str, later: NotYourTurn) -> tuple[JobRecord, Change]:
    """The job as it stands, which keeps its turn by the change and waits for it in this execution.
    Raises ConnectorBusy, the turn kept, when that is too far ahead."""
    record = deps.store.load(call.job_id)
    if record.job.execution != call.execution:
        raise StaleExecution(f"{record.job.execution} owns the job")
    change = Change(
        event="waits for its turn",
        actor=f"state:{call.state}",
        # Whoever waited for a decision waits for it no more; `tick` settles the callback's row.
        status=Status.PROCESSING,
        fields={"connector": connector, "until": later.turn.at.isoformat()},
        turns={kept_as(later.key, call.state): later.turn},
        move=Move("WaitAct", connector=connector, seconds=later.seconds),
    )
    if later.turn.requests and timedelta(seconds=later.seconds) <= FURTHEST:
        return record, change
    deps.commit(record, change)
    raise ConnectorBusy(connector, later.turn.at)
