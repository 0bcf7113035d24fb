"""What people say of a file that is worked through: each child reads it before each item."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from countersign.domain.contract import Contract
from countersign.domain.errors import ContractBroken


class Word(StrEnum):
    """Whether it goes on."""

    RUNNING = "running"
    PAUSED = "paused"
    CANCELLED = "cancelled"


_LEGAL: Mapping[Word, frozenset[Word]] = {
    Word.RUNNING: frozenset({Word.PAUSED, Word.CANCELLED}),
    Word.PAUSED: frozenset({Word.RUNNING, Word.CANCELLED}),
    Word.CANCELLED: frozenset(),
}


class Control(Contract):
    """Who said what, and why. `version` grows with every word."""

    CONTRACT: ClassVar[str] = "lane.control"
    VERSION: ClassVar[int] = 1

    word: Word = Word.RUNNING
    by: str = ""
    """A person's id."""
    reason: str = ""
    at: datetime | None = None
    version: int = 0

    @property
    def runs(self) -> bool:
        """Whether the next item may be begun."""
        return self.word is Word.RUNNING


def ordered(held: Control, word: Word, *, by: str, reason: str, at: datetime) -> Control:
    """The next word. Raises ContractBroken for one that may not follow, and without a reason."""
    if word not in _LEGAL[held.word]:
        raise ContractBroken(f"it is {held.word}: {word} cannot follow")
    if not reason.strip():
        raise ContractBroken("say why, in your own words")
    return Control(word=word, by=by, reason=reason, at=at, version=held.version + 1)
