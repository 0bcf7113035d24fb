"""Caps in memory, with the jobs of a FakeStore: counter, reservation and due row at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from countersign.domain.jobs.change import Due, DueKind
from countersign.domain.limits.caps import Cap, Reservation, reached
from countersign.domain.planning.reservations import check
from countersign.domain.policy.rules import Finding
from tests.fakes.store import FakeStore


class FakeCaps:
    """caps.Caps. `totals` are the counters in minor units, by name."""

    def __init__(self, store: FakeStore) -> None:
        self._store = store
        self.totals: dict[str, int] = {}

    def reserve(self, caps: Sequence[Cap], wanted: Reservation) -> Finding | None:
        with self._store.locked(wanted.job_id) as record:
            held = record.reservations.get(wanted.key)
            new = [cap for cap in caps if not held or cap.counter not in held.counters]
            full = reached(new, self.totals, wanted.amount)
            if full:
                return full
            due: dict[DueKind, Due] = {"reservation": check(wanted)}
            self._store.puts_beside(
                replace(
                    record,
                    reservations={**record.reservations, wanted.key: wanted},
                    due={**record.due, **due},
                )
            )
            for cap in new:
                self._move(cap.counter, wanted.amount.minor)
            return None

    def release(self, held: Reservation) -> bool:
        with self._store.locked(held.job_id) as record:
            stored = record.reservations.get(held.key)
            if stored is None or stored.attempt != held.attempt:
                return False
            kept = {k: one for k, one in record.reservations.items() if k != held.key}
            self._store.puts_beside(replace(record, reservations=kept))
            for name in held.counters:
                self._move(name, -held.amount.minor)
            return True

    def total(self, words: str) -> int:
        """The one counter whose name has `words` in it; 0 when there is none."""
        found = [total for name, total in self.totals.items() if words in name]
        assert len(found) <= 1, f"several counters have {words} in their name"
        return sum(found)

    def _move(self, name: str, by: int) -> None:
        self.totals[name] = self.totals.get(name, 0) + by
