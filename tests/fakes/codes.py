"""Codes in memory: replaced only when nobody else did meanwhile."""

from __future__ import annotations

import threading

from countersign.domain.approvals.codes import Code
from countersign.domain.errors import StoreConflict


class FakeCodes:
    """session_ports.Codes. `counted` lists the tries as they were stored."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._held: dict[str, Code] = {}
        self.counted: list[int] = []

    def held(self, key: str) -> Code | None:
        return self._held.get(key)

    def change(self, before: Code | None, after: Code) -> None:
        with self._lock:
            if self._held.get(after.key) != before:
                raise StoreConflict("the code changed meanwhile")
            self._held[after.key] = after
            self.counted += [after.tries] if before and after.tries > before.tries else []

    def all(self) -> tuple[Code, ...]:
        """Everything that is stored."""
        return tuple(self._held.values())
