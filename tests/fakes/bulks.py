"""Bulk operations in memory."""

from __future__ import annotations

from collections.abc import Sequence

from countersign.domain.errors import NotFound, StoreConflict
from countersign.domain.jobs.bulk import Bulk


class FakeBulks:
    """ports.Bulks."""

    def __init__(self) -> None:
        self._held: dict[str, Bulk] = {}
        self._broken = False

    def breaks(self) -> None:
        """The process dies before its next write."""
        self._broken = True

    def all(self) -> Sequence[Bulk]:
        return sorted(self._held.values(), key=lambda one: one.at)

    def bulk(self, bulk_id: str) -> Bulk:
        if bulk_id not in self._held:
            raise NotFound("no such bulk operation")
        return self._held[bulk_id]

    def change(self, before: Bulk | None, after: Bulk) -> None:
        if self._broken:
            self._broken = False
            raise ConnectionError("killed before this write")
        held = self._held.get(after.bulk_id)
        if (held.version if held else None) != (before.version if before else None):
            raise StoreConflict("the bulk operation changed meanwhile")
        self._held[after.bulk_id] = after
