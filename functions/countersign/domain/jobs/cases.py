"""Cases: work handed to a person, with an owner, a due time and three ways out."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar, Literal

from countersign.domain.contract import Contract, Value
from countersign.domain.errors import AlreadyDecided, ContractBroken

Way = Literal["resume", "done", "close", "rollback"]
"""Correct and resume; done by hand, with evidence; close, with a reason; undo what was done."""


class Resolution(Value):
    """How a case ended."""

    way: Way
    by: str
    at: datetime
    words: str


class Case(Contract):
    """Why a job waits for a person. `reason` is a sentence that quotes nothing from outside."""

    CONTRACT: ClassVar[str] = "case"
    VERSION: ClassVar[int] = 1

    job_id: str
    reason: str
    owner: str
    opened_at: datetime
    due_at: datetime
    resolution: Resolution | None = None


EACH_DAY = timedelta(days=1)


def next_look(case: Case, now: datetime) -> datetime:
    """When somebody is next reminded of an open case: halfway to its due time, when it is due, and
    each day after that, at that time of the day however late the last look was."""
    halfway = case.opened_at + (case.due_at - case.opened_at) / 2
    overdue = (now - case.due_at) // EACH_DAY + 1
    return next((at for at in (halfway, case.due_at) if now < at), case.due_at + overdue * EACH_DAY)


def resolve(case: Case, resolution: Resolution) -> Case:
    """`case` with its way out. Raises AlreadyDecided, or ContractBroken when words are missing."""
    if case.resolution is not None:
        raise AlreadyDecided(f"the case was ended by {case.resolution.by}: {case.resolution.way}")
    if resolution.way != "resume" and not resolution.words.strip():
        needed = "evidence of what was done" if resolution.way == "done" else "a reason"
        raise ContractBroken(f"case {resolution.way} needs {needed}")
    return case.model_copy(update={"resolution": resolution})
