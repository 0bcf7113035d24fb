"""A stage's alarms in memory."""

from __future__ import annotations

from collections.abc import Sequence


class FakeAlarms:
    """domain.releases.rollout.Alarms."""

    def __init__(self) -> None:
        self._rings: set[str] = set()

    def rings(self, name: str) -> None:
        """From now on."""
        self._rings.add(name)

    def ringing(self, names: Sequence[str]) -> Sequence[str]:
        return [name for name in names if name in self._rings]
