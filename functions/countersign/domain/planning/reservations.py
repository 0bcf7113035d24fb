"""What becomes of a reservation, from the job that holds it: kept, settled as spent, or freed."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from countersign.domain.jobs.change import Due, JobRecord
from countersign.domain.jobs.job import FINISHED
from countersign.domain.ledger.entry import IN_EFFECT, ActionStatus, LedgerEntry
from countersign.domain.limits.caps import REACHED, Reservation, action_key, day_of
from countersign.domain.policy.policy import Answer
from countersign.domain.policy.rules import Finding, Findings

CHECK_AFTER = timedelta(minutes=10)
"""Many times what Decide may take: by then the plan of a live Decide is stored."""
CHECK_AGAIN = timedelta(hours=1)
_A = ActionStatus


class Fate(StrEnum):
    """What `tick` does with a reservation."""

    KEEP = "keep"
    SETTLE = "settle"
    FREE = "free"


def check(reservation: Reservation) -> Due:
    """When `tick` looks at a new reservation, should its job leave it behind."""
    return Due(kind="reservation", at=reservation.reserved_at + CHECK_AFTER)


def fate(record: JobRecord, reservation: Reservation, now: datetime) -> Fate:
    """What becomes of it now.

    What may have moved money stays counted: an unknown outcome, and a failed one for which the
    target gave a receipt. Once its day is over nobody asks that day's counter again.
    """
    if day_of(now) != day_of(reservation.reserved_at):
        return Fate.SETTLE
    is_over = record.job.status in FINISHED
    if not is_over and now - reservation.reserved_at < CHECK_AFTER:
        return Fate.KEEP
    held = _holder(record, reservation)
    if held is None:
        return Fate.FREE
    if held.status in (_A.AUTHORISED, _A.CLAIMED, _A.UNKNOWN) and not is_over:
        return Fate.KEEP
    return Fate.SETTLE if _may_have_moved(held) else Fate.FREE


def spent(record: JobRecord) -> bool:
    """Whether every reservation of the job belongs to an action that took effect."""
    kept = (_A.VERIFIED, _A.KEPT)
    held = {action_key(one) for one in record.ledger if one.status in kept}
    return record.reservations.keys() <= held


def capped_before(record: JobRecord) -> tuple[Finding, ...]:
    """What caps said when the present plan was made, as long as an action waits because of it."""
    stored = record.results.get("findings")
    if stored is None or not any(REACHED in held.verdict.rules for held in record.ledger):
        return ()
    return tuple(one for one in stored.as_(Findings).found if one.rule == REACHED)


def _holder(record: JobRecord, reservation: Reservation) -> LedgerEntry | None:
    """The action that the reservation is for, if it still stands as policy let it run."""
    same = (held for held in record.ledger if action_key(held) == reservation.key)
    return next((held for held in same if held.verdict.answer is Answer.RUN), None)


def _may_have_moved(held: LedgerEntry) -> bool:
    sure = held.status in IN_EFFECT
    return sure or (held.status is _A.FAILED and held.receipt is not None)
