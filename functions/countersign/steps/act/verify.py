"""One claimed attempt: do, unless it is done, and check what the target shows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

from countersign.domain.errors import Ambiguous, NotNow, Refused, Transient, Unavailable
from countersign.domain.ledger.action import Action, Difference, Receipt
from countersign.domain.ledger.entry import ActionStatus, LedgerEntry, params_of
from countersign.domain.planning.replan import bounded
from countersign.runtime.deps import Deps
from countersign.runtime.step import Call
from countersign.steps.act.claim import moved
from countersign.steps.act.visit import Visit

MARGIN = timedelta(seconds=10)
"""What a function keeps of its time to record how it ended."""
FIRST_PAUSE, LONGEST_PAUSE = 0.2, 1.0
"""Seconds between two looks; they double."""

SeenT = TypeVar("SeenT")


def poll_until(
    deps: Deps,
    call: Call,
    settle: timedelta,
    look: Callable[[], SeenT],
    good: Callable[[SeenT], bool],
) -> SeenT:
    """What `look` finds once it is `good`, or when the settle time, or the call's, is over."""
    ends = deps.clock.now() + settle
    if call.ends_at:
        ends = min(ends, call.ends_at - MARGIN)
    pause = FIRST_PAUSE
    while True:
        found = look()
        left = (ends - deps.clock.now()).total_seconds()
        if left <= 0 or good(found):
            return found
        deps.pause(min(pause, left))
        pause = min(2 * pause, LONGEST_PAUSE)


@dataclass(frozen=True)
class ClaimedAction:
    """One claimed attempt of one action."""

    visit: Visit
    claim: LedgerEntry
    action: Action[Any, Any]

    @property
    def port(self) -> object:
        """The target."""
        return self.visit.port

    @property
    def params(self) -> Any:
        """The parameters, out of the claimed bytes."""
        return params_of(self.claim, self.action)


def effect(attempt: ClaimedAction, found: Receipt | None) -> LedgerEntry:
    """The entry as the attempt ended; `found` is what an earlier one left, then nothing is sent.

    Raises Transient and NotNow when nothing was sent, or where the next attempt finds what was.
    """
    claim, action = attempt.claim, attempt.action
    try:
        receipt = found or action.do(attempt.port, attempt.params, claim.key)
    except Refused as refused:
        return _refused(attempt, refused)
    except Ambiguous as lost:
        return _after_lost_answer(claim, action, lost)
    try:
        return _checked(attempt, receipt)
    except (Refused, Transient, NotNow) as unseen:
        if action.find is not None and not isinstance(unseen, Refused):
            raise  # the next attempt finds it and reads it back
        note = f"it was accepted and could not be read back: {unseen}"
        return moved(claim, ActionStatus.UNKNOWN, note, receipt=receipt)


def _after_lost_answer(
    claim: LedgerEntry, action: Action[Any, Any], lost: Ambiguous
) -> LedgerEntry:
    """A target with keys is asked again under the same key, unless the key has kept this very
    answer; one without keys is never sent to twice."""
    if action.find is None or lost.settled:
        return moved(claim, ActionStatus.UNKNOWN, str(lost))
    raise Unavailable(f"the answer was lost; the next attempt looks for {action.id}") from None


def _checked(attempt: ClaimedAction, receipt: Receipt) -> LedgerEntry:
    """200 is no proof: verified is what the target shows within its settle time."""
    claim = attempt.claim.model_copy(update={"receipt": receipt})
    if attempt.action.read_back is None:
        return moved(claim, ActionStatus.VERIFIED, "accepted")
    found = poll_until(
        attempt.visit.deps,
        attempt.visit.call,
        attempt.action.settle,
        look=lambda: _differing(attempt, receipt),
        good=lambda differing: not differing,
    )
    if not found:
        return moved(claim, ActionStatus.VERIFIED, "read back", left=_left(attempt))
    note = f"read back differs in {', '.join(one.name for one in found)}"
    seen = bounded(refused=False, fields=found)
    return moved(claim, ActionStatus.FAILED, note, left=_left(attempt), seen=seen)


def _refused(attempt: ClaimedAction, refused: Refused) -> LedgerEntry:
    """It said no: with what is there now all the same, and with what it would not take. When it
    names nothing (401, 403), no other plan would do better."""
    fields = [Difference(name=n, before="", after=code) for n, code in refused.fields.items()]
    seen = bounded(refused=True, fields=fields) if fields else None
    return moved(attempt.claim, ActionStatus.FAILED, str(refused), left=_left(attempt), seen=seen)


def _differing(attempt: ClaimedAction, receipt: Receipt) -> tuple[Difference, ...]:
    """What the target holds otherwise than it was told, by name."""
    read_back = attempt.action.read_back
    held = read_back(attempt.port, attempt.params, receipt) if read_back else {}
    expected = attempt.action.expected(attempt.params)
    return tuple(
        Difference(name=name, before=value, after=held.get(name, ""))
        for name, value in sorted(expected.items())
        if held.get(name) != value
    )


def _left(attempt: ClaimedAction) -> dict[str, str] | None:
    """What the target holds after it; None when it cannot be undone, or not be read."""
    undo = attempt.action.undo
    try:
        state = undo.state(attempt.port, attempt.params, attempt.claim.key, "") if undo else None
    except Refused:
        return None  # it took effect all the same; undoing it will say that this is not known
    return None if state is None else dict(state)
