"""Slots with leases: how the pace was kept before turns were reserved; T50's control.

N slots, each taken by one visit at a time and free again no sooner than a period after it was
taken, hold the concurrency at N and the rate at N per period, in any window, whatever dies when.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from pydantic import Field

from countersign.domain.contract import Value

LEASE_MARGIN = timedelta(seconds=15)
"""Longer than clocks of functions differ: a visit is over before its slot comes back by itself."""


class SlotLimit(Value):
    """How much of one connector all functions together may use."""

    slots: int = Field(ge=1, le=100)
    seconds: int = Field(ge=1, le=60)
    """The period: a slot that one action used is free again that long after it was taken."""


class Slot(Value):
    """One of a connector's slots, held by one visit."""

    connector: str
    number: int
    attempt: str
    taken_at: datetime
    free_at: datetime
    """From then on anybody may take it; until it is given back, the end of the visit's lease."""


def lease(connector: str, number: int, attempt: str, now: datetime, seconds: float) -> Slot:
    """The slot as a visit holds it that has at most `seconds` left."""
    ends = now + timedelta(seconds=seconds) + LEASE_MARGIN
    return Slot(connector=connector, number=number, attempt=attempt, taken_at=now, free_at=ends)


def given_back(slot: Slot, now: datetime, limit: SlotLimit, actions: int) -> Slot | None:
    """The slot after a visit that carried out `actions`: each of them costs a period, counted from
    when it was taken. None when the lease has run out: the slot may be somebody else's by now."""
    if now >= slot.free_at:
        return None
    used = timedelta(seconds=limit.seconds * max(1, actions))
    return slot.model_copy(update={"free_at": max(now, slot.taken_at + used)})


def free(held: Iterable[Slot], limit: SlotLimit, now: datetime) -> tuple[int, ...]:
    """The numbers that nobody holds."""
    taken = {slot.number for slot in held if slot.free_at > now}
    return tuple(number for number in range(limit.slots) if number not in taken)


def next_free(held: Iterable[Slot], limit: SlotLimit, now: datetime) -> datetime:
    """When the first of the slots is free again, as far as is known."""
    ends = [slot.free_at for slot in held if slot.number < limit.slots and slot.free_at > now]
    return min(ends, default=now)
