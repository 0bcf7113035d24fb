"""What the inbox shows."""

from __future__ import annotations

from dataclasses import dataclass

from countersign.pages.text import Pieces


@dataclass(frozen=True)
class Line:
    """One request that waits."""

    path: str
    approval_id: str
    value: str
    """What the form sends for it: the job, and the digest of each action as shown here."""
    words: tuple[Pieces, ...]
    who: str
    letters: str
    amount: str
    found: tuple[str, ...]
    since: str
    since_at: str
    waits: str
    until: str
    until_at: str
    left: str
    late: bool
    """Whether less than an hour is left."""
    confidence: str
    offline: bool


@dataclass(frozen=True)
class Group:
    """Requests of like risk: one workflow, the same actions, the same rules behind them."""

    key: str
    workflow: str
    actions: str
    why: tuple[str, ...]
    undoable: bool
    days: int
    """For how long each of them can be undone."""
    together: bool
    """Whether they may be decided together: all of it can be undone, one signature is enough, and
    no target has letters that could be look-alikes."""
    lines: tuple[Line, ...]

    @property
    def listed(self) -> str:
        """What the form says it showed: approval, job and digests, one request a line."""
        return "\n".join(f"{line.approval_id} {line.value}" for line in self.lines)


@dataclass(frozen=True)
class CaseLine:
    """One case that somebody must take up."""

    path: str
    workflow: str
    reason: str
    owner: str
    waits: str
    due: str
    due_at: str
    overdue: bool


@dataclass(frozen=True)
class Inbox:
    """The page. `unreadable` are requests that must not be signed, as paths with a job id."""

    person: str
    groups: tuple[Group, ...]
    cases: tuple[CaseLine, ...]
    unreadable: tuple[tuple[str, str], ...]
    requests: int
    more: bool
