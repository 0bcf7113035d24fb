"""A visit's slot: taken with its first claim, leased, given back with its last change."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from functools import cached_property

from countersign import observability
from countersign.domain.approvals.directory import Directory
from countersign.domain.errors import ConnectorResting, SlotTaken, Throttled
from countersign.domain.jobs.change import Change, JobRecord
from countersign.domain.limits.slots import Slot, free, given_back, lease, next_free
from countersign.runtime.deps import Deps
from countersign.runtime.retry import Patience, check_resting, watched
from countersign.runtime.step import Call, Continued, give_back

MOST_TRIES = 3
"""Slots that are tried per look at what is free; each try costs a transaction."""


class Visit:
    """One Act visit's hold on its connector."""

    def __init__(self, deps: Deps, call: Call, connector: str) -> None:
        self.deps = deps
        self.call = call
        self._connector = connector
        self._limit = deps.settings.limit_of(connector)
        self._patience = Patience(deps, call)
        self.slot: Slot | None = None
        """What it holds, from its first claim on."""
        self._actions = 0
        self._known = deps.known_slots.setdefault(connector, {})

    @cached_property
    def people(self) -> Directory:
        """Everybody, read once in a visit: by the first action that people signed."""
        return self.deps.people.directory()

    @property
    def port(self) -> object:
        """The connector's port; its failures are counted."""
        port = self.deps.actor_port(self._connector)
        return watched(self.deps, self.call, self._connector, port)

    def check_resting(self) -> None:
        """Before the target is asked anything without a claim. Raises ConnectorResting."""
        check_resting(self.deps, self.call, self._connector)

    def claims(self, record: JobRecord, change: Change, attempt: str) -> JobRecord:
        """Commit a claim; the first one takes the slot in the same write. `attempt` is its id.

        Raises Throttled when no slot gets free in time, ConnectorResting, StoreConflict.
        """
        record = self._claimed(record, change, attempt)
        self._actions += 1
        return record

    def _claimed(self, record: JobRecord, change: Change, attempt: str) -> JobRecord:
        if self.slot:
            return self.deps.commit(record, change)
        self.deps.actor_port(self._connector)  # a key that is missing is missed before the claim
        for number in self._numbers(attempt):
            slot = self._lease(number, attempt)
            try:
                record = self.deps.commit(record, replace(change, takes=slot))
            except SlotTaken:
                continue
            except ConnectorResting as resting:
                self._patience.until(resting)
                continue
            self.slot = slot
            return record
        raise AssertionError("the numbers end by raising only")

    def left(self, done: Continued) -> Continued:
        """How the visit ended, its slot given back in its last change."""
        if done.change is None or self.slot is None:
            return done
        return replace(done, change=replace(done.change, frees=self._given_back()))

    def breaks_off(self) -> None:
        """Something was raised: the slot is given back by itself. What cannot be given back now
        comes back when its lease ends."""
        give_back(self.deps, self._given_back())

    def finds_its_slot(self, attempt: str) -> None:
        """A claim stands whose answer was lost: the slot that it took is this visit's. One that is
        not found comes back when its lease ends."""
        if self.slot is not None:
            return
        try:
            held = self.deps.limits.slots(self._connector)
            self.slot = next((slot for slot in held if slot.attempt == attempt), None)
        except Exception:  # noqa: BLE001 - the claim counts
            observability.defect("finding a slot")

    def _given_back(self) -> Slot | None:
        if self.slot is None:
            return None
        back = given_back(self.slot, self.deps.wall.now(), self._limit, self._actions)
        self._known[self.slot.number] = back or self.slot
        return back

    def _lease(self, number: int, attempt: str) -> Slot:
        left = self.call.seconds_left(self.deps.clock.now())
        return lease(self._connector, number, attempt, self.deps.wall.now(), left)

    def _numbers(self, attempt: str) -> Iterator[int]:
        """Slots to try: one that is free as far as this process knows, then what the table shows as
        free, then after a wait again."""
        known = self._known.values()
        yield from free(known, attempt, self._limit, self.deps.wall.now())[:1]
        for turn in range(1, 1000):
            held, now = self.deps.limits.slots(self._connector), self.deps.wall.now()
            self._known.update({slot.number: slot for slot in held})
            yield from free(held, attempt, self._limit, now)[:MOST_TRIES]
            self._waits(next_free(held, self._limit, now), now, f"{attempt}/{turn}")

    def _waits(self, until: datetime, now: datetime, seed: str) -> None:
        jitter = zlib.crc32(seed.encode()) / 2**32 * self._limit.seconds
        if not self._patience.waits((until - now).total_seconds() + jitter):
            raise Throttled(f"all slots of {self._connector} are taken")


@contextmanager
def visiting(deps: Deps, call: Call, connector: str) -> Iterator[Visit]:
    """A visit; whatever ends it early gives its slot back."""
    visit = Visit(deps, call, connector)
    try:
        yield visit
    except Exception:
        visit.breaks_off()
        raise
