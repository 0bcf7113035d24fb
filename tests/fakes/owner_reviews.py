"""Workflows' months in memory."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from countersign.domain.errors import StoreConflict
from countersign.domain.reporting.owner_review import OwnerReview


class FakeOwnerReviews:
    """OwnerReviews."""

    def __init__(self) -> None:
        self._held: dict[tuple[str, str], OwnerReview] = {}
        self._began: datetime | None = None

    def of(self, month: str) -> Sequence[OwnerReview]:
        return [one for key, one in sorted(self._held.items()) if key[0] == month]

    def change(self, before: OwnerReview | None, after: OwnerReview) -> None:
        key = (after.month, after.workflow)
        held = self._held.get(key)
        if (held.version if held else None) != (before.version if before else None):
            raise StoreConflict("it changed meanwhile")
        self._held[key] = after

    def began(self, now: datetime) -> datetime:
        self._began = self._began or now
        return self._began
