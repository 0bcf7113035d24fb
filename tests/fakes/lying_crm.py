"""A CRM that answers 200 and lies: it applies nothing, something else, or shows it later."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, TypeVar

from countersign.domain.policy.records import Record
from countersign.domain.ports import Clock
from tests.fakes.crm import FakeCrm

SeenT = TypeVar("SeenT")


class Lie(StrEnum):
    """What the CRM does with every write, whatever it answers."""

    NONE = "none"
    NOTHING = "applies nothing"
    OTHER = "applies another value"
    LATER = "shows it later"


class LyingCrm(FakeCrm):
    """`other` are the values that it writes instead; `lag` is how long nobody sees a write."""

    def __init__(
        self, clock: Clock, lie: Lie, *, other: Mapping[str, str], lag: timedelta = timedelta(0)
    ) -> None:
        super().__init__()
        self._clock, self._lie, self._other, self._lag = clock, lie, other, lag
        self._seen: dict[str, Any] | None = None
        self._visible_at: datetime | None = None

    def really(self, kind: str) -> list[Mapping[str, str]]:
        """What the database holds, whatever anybody is shown: journal's side of the truth."""
        return [self.holds(kind, one.id) for one in self.all(kind)]

    def find(self, kind: str, field: str, value: str) -> Record | None:
        """As the port, of what is shown."""
        return self._shown(lambda: FakeCrm.find(self, kind, field, value))

    def read(self, kind: str, record_id: str) -> Record:
        """As the port, of what is shown."""
        return self._shown(lambda: FakeCrm.read(self, kind, record_id))

    def create(self, kind: str, fields: Mapping[str, str], contact: str = "") -> Record:
        """As the port, by the lie."""
        self._begin()
        return super().create(kind, self._told(fields), contact)

    def update(self, kind: str, record_id: str, fields: Mapping[str, str]) -> Record:
        """As the port, by the lie."""
        self._begin()
        return super().update(kind, record_id, self._told(fields))

    def _begin(self) -> None:
        if self._lie is Lie.NOTHING:
            self.lies()
        if self._lie is Lie.LATER and self._seen is None:
            self._seen = dict(self._objects)
            self._visible_at = self._clock.now() + self._lag

    def _told(self, fields: Mapping[str, str]) -> Mapping[str, str]:
        if self._lie is not Lie.OTHER:
            return fields
        return {**fields, **{n: v for n, v in self._other.items() if n in fields}}

    def _shown(self, look: Callable[[], SeenT]) -> SeenT:
        if self._seen is None or self._visible_at is None or self._clock.now() >= self._visible_at:
            return look()
        real, self._objects = self._objects, self._seen
        try:
            return look()
        finally:
            self._objects = real
