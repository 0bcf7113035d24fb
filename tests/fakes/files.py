"""The documents of one job, in memory."""

from __future__ import annotations

from countersign.domain.errors import CountersignError


class FakeFiles:
    """actions.files.Files."""

    def __init__(self) -> None:
        self.held: dict[str, bytes] = {}
        self._faults: list[CountersignError] = []

    def fails_with(self, error: CountersignError) -> None:
        """The next write ends in this."""
        self._faults.append(error)

    def somebody_changes(self, name: str, body: bytes) -> None:
        """Another hand writes over it."""
        self.held[name] = body

    def put(self, name: str, body: bytes) -> None:
        if self._faults:
            raise self._faults.pop()
        self.held[name] = body

    def get(self, name: str) -> bytes | None:
        return self.held.get(name)

    def remove(self, name: str) -> None:
        self.held.pop(name, None)
