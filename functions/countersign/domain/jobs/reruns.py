"""What a job keeps of the one that it runs again."""

from __future__ import annotations

from typing import ClassVar

from countersign.domain.contract import Contract
from countersign.domain.jobs.change import JobRecord

RERUN = "rerun"
"""The name of the result, and of the reason for which a signature is asked."""


class Rerun(Contract):
    """Which job it runs again, from where, and what takes a signature this time."""

    CONTRACT: ClassVar[str] = "rerun"
    VERSION: ClassVar[int] = 1

    original: str
    """The first of them; `number` counts its reruns."""
    number: int
    of: str
    """The one before this: the original, or its last rerun."""
    step: str
    by: str
    reason: str
    signed: tuple[str, ...]
    """Ids of actions that nothing but a person's signature lets run."""


def rerun_of(record: JobRecord) -> Rerun | None:
    """What the job runs again; None for one that came through a door."""
    held = record.results.get(RERUN)
    return held.as_(Rerun) if held else None
