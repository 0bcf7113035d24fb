"""The form of the approval page: what was typed stays, and what was wrong stands beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from countersign.domain.causes import Cause

REASON_LIMIT = 2_000
"""Characters of a reason."""


@dataclass(frozen=True)
class Fault:
    """What is wrong with one field; `field` is the id of its element."""

    field: str
    message: str


@dataclass(frozen=True)
class CodeStep:
    """How it stands with a mailed code: what the page says, and what it offers."""

    message: str
    wrong: bool = False
    """Whether the message is about something that went wrong."""
    open: bool = True
    """Whether there is a code that can be typed now."""
    again: bool = True
    """Whether another code can be asked for."""
    until: str = ""
    """When the code ends."""


@dataclass(frozen=True)
class Form:
    """What the form shows: the digests it is about, the code to type, and what was typed."""

    shown: str
    code: str
    choices: Mapping[str, str] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    """What was typed into fields of other names."""
    cause: str = ""
    reason: str = ""
    typed: str = ""
    faults: tuple[Fault, ...] = ()
    mailed: CodeStep | None = None
    """Set when a mailed code is needed beside the one on the page."""
    reason_limit: int = REASON_LIMIT
    causes: tuple[str, ...] = tuple(Cause)
    """The list that a rejection's reason is chosen from."""

    def fault(self, name: str) -> str:
        """What is wrong with the field `name`; empty when nothing is."""
        return next((fault.message for fault in self.faults if fault.field == name), "")
