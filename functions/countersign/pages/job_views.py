"""What the pages of a job and of a case show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from countersign.domain.rules import Finding
from countersign.pages.items import Altered
from countersign.pages.source import Part
from countersign.pages.text import Pieces


@dataclass(frozen=True)
class Open:
    """The case that waits. `owner` is a role."""

    owner: str
    reason: Pieces
    since: str
    due: str
    due_at: str
    overdue: bool


@dataclass(frozen=True)
class Ended:
    """How a case ended."""

    way: str
    by: str
    when: str
    words: Pieces


@dataclass(frozen=True)
class Understood:
    """A fact, the quotes that say more than it does, and who corrected it."""

    label: str
    value: Pieces
    quotes: tuple[Pieces, ...]
    by: str


@dataclass(frozen=True)
class Effect:
    """One entry of the ledger with its attempts."""

    words: Pieces
    status: str
    note: Pieces
    target: Pieces
    reasons: tuple[str, ...]
    digest: str
    attempts: tuple[Pieces, ...]
    """Each claim: when, and how it ended."""
    receipt: Pieces
    conflict: tuple[Altered, ...]
    """What somebody else changed since, so that it was not undone."""
    wrote: tuple[Altered, ...]
    """What it changed at the target: before → after; nothing where that was not read."""


@dataclass(frozen=True)
class Request:
    """One request for signatures, and what was said to it."""

    asked: str
    people: tuple[str, ...]
    until: str
    said: tuple[str, ...]


@dataclass(frozen=True)
class Step:
    """One thing that happened to the job."""

    at: datetime
    when: str
    who: str
    what: str
    details: tuple[tuple[str, Pieces], ...]


@dataclass(frozen=True)
class JobPage:
    """The page."""

    job_id: str
    workflow: str
    status: str
    reason: Pieces
    attempt: int
    door: str
    received: str
    case: Open | None
    ended: Ended | None
    source: tuple[Part, ...]
    facts: tuple[Understood, ...]
    confidence: str
    model: str
    findings: tuple[Finding, ...]
    effects: tuple[Effect, ...]
    requests: tuple[Request, ...]
    story: tuple[Step, ...]
