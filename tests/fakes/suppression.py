"""The suppression list beside the jobs in memory."""

from __future__ import annotations

from collections.abc import Sequence

from countersign.domain.jobs.suppression import Suppressed
from tests.fakes.store import FakeStore


class FakeSuppressionList:
    """ports.SuppressionList."""

    def __init__(self, store: FakeStore) -> None:
        self._held = store.suppressed

    def has(self, key: str) -> bool:
        return key in self._held

    def rows(self) -> Sequence[Suppressed]:
        return sorted(self._held.values(), key=lambda row: row.key)

    def add(self, row: Suppressed) -> None:
        self._held[row.key] = row

    def remove(self, key: str) -> bool:
        return self._held.pop(key, None) is not None
