"""The answer to a bulk decision: one line for each request, with what became of it."""

from __future__ import annotations

from dataclasses import dataclass

from countersign.pages.text import Pieces


@dataclass(frozen=True)
class Result:
    """What became of one request. `done`: this decision is recorded."""

    words: tuple[Pieces, ...]
    path: str
    done: bool
    said: str


@dataclass(frozen=True)
class Results:
    """The page."""

    person: str
    verb: str
    results: tuple[Result, ...]

    @property
    def done(self) -> int:
        """How many were recorded."""
        return sum(one.done for one in self.results)
