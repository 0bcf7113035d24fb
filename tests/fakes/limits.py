"""Slots and breakers in memory, with the conditions of the table."""

from __future__ import annotations

from collections.abc import Sequence

from countersign.domain.errors import ConnectorResting, SlotTaken, StoreConflict
from countersign.domain.jobs.change import Change
from countersign.domain.limits.circuit_breaker import Breaker
from countersign.domain.limits.slots import Slot


class FakeLimits:
    """limit_ports.Limits; the store asks it about each change, as the transaction would."""

    def __init__(self) -> None:
        self._slots: dict[tuple[str, int], Slot] = {}
        self._breakers: dict[str, Breaker] = {}
        self.reads = 0
        self.writes = 0

    def slots(self, connector: str) -> Sequence[Slot]:
        self.reads += 1
        return [slot for (held, _), slot in sorted(self._slots.items()) if held == connector]

    def free(self, slot: Slot) -> None:
        if self._is_ours(slot):
            self._slots[slot.connector, slot.number] = slot

    def breaker(self, connector: str) -> Breaker:
        self.reads += 1
        return self._breakers.get(connector, Breaker(connector=connector))

    def replace(self, before: Breaker, after: Breaker) -> bool:
        if self._breakers.get(before.connector, Breaker(connector=before.connector)) != before:
            return False
        self.writes += 1
        self._breakers[after.connector] = after
        return True

    def is_held(self, slot: Slot) -> None:
        """Arrange: somebody holds a slot."""
        self._slots[slot.connector, slot.number] = slot

    def rests(self, breaker: Breaker) -> None:
        """Arrange: a breaker stands like this."""
        self._breakers[breaker.connector] = breaker

    def check(self, change: Change) -> None:
        """Raises what the table would refuse about the slots of `change`."""
        if change.takes:
            self._check_take(change.takes)
        if change.frees and not self._is_ours(change.frees):
            raise StoreConflict("the slot is somebody else's")

    def apply(self, change: Change) -> None:
        """What `change` does to slots."""
        for slot in filter(None, (change.takes, change.frees)):
            self._slots[slot.connector, slot.number] = slot

    def _check_take(self, wanted: Slot) -> None:
        breaker = self._breakers.get(wanted.connector)
        if breaker and breaker.resting(wanted.taken_at):
            raise ConnectorResting(wanted.connector, breaker.open_until)
        held = self._slots.get((wanted.connector, wanted.number))
        if held and held.free_at > wanted.taken_at:
            raise SlotTaken("another visit holds the slot")

    def _is_ours(self, slot: Slot) -> bool:
        held = self._slots.get((slot.connector, slot.number))
        return held is not None and held.attempt == slot.attempt
