"""Other companies' systems that take what they are told, or do not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Told:
    """One delivery that was taken."""

    url: str
    headers: Mapping[str, str]
    body: bytes


class FakeCallbacks:
    """ports.Callbacks."""

    def __init__(self) -> None:
        self.told: list[Told] = []
        self.tries = 0
        self._trouble: Exception | None = None

    def fails_with(self, trouble: Exception) -> None:
        """Whatever is delivered from now on."""
        self._trouble = trouble

    def works_again(self) -> None:
        """From now on."""
        self._trouble = None

    def deliver(self, url: str, headers: Mapping[str, str], body: bytes) -> None:
        self.tries += 1
        if self._trouble:
            raise self._trouble
        self.told.append(Told(url, headers, body))
