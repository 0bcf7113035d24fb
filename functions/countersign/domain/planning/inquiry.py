"""An inquiry: the one question that a job may ask whoever wrote, and the wait for the answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import ClassVar

from countersign.domain.contract import Contract
from countersign.domain.jobs.job import Move
from countersign.domain.ledger.entry import NOT_BEGUN, ActionStatus, LedgerEntry

ASK_SENDER = "email.ask_sender"
"""The action that asks. A job does it once at most."""
REMIND_AFTER, WAIT_FOR = timedelta(days=3), timedelta(days=8)
"""From the question on: one reminder, and the end of the wait."""
WAITING = "waits for the sender"
"""The event by which a job begins to wait."""
SILENCE = "silence"
"""The name of the result that says that the wait has ended."""
_NOT_SENT = NOT_BEGUN | {ActionStatus.FORBIDDEN, ActionStatus.DROPPED}


class Silence(Contract):
    """Nobody answered until then."""

    CONTRACT: ClassVar[str] = "silence"
    VERSION: ClassVar[int] = 1

    at: datetime


def was_asked(ledger: Sequence[LedgerEntry]) -> bool:
    """Whether the job has asked, or people said no to its question: it does not ask again."""
    return any(one.action == ASK_SENDER and one.status not in _NOT_SENT for one in ledger)


def open_question(ledger: Sequence[LedgerEntry], plan: int) -> LedgerEntry | None:
    """The question that was sent and that no later plan has followed; None without one."""
    asked = (one for one in ledger if one.action == ASK_SENDER and one.plan == plan)
    return next((one for one in asked if one.status is ActionStatus.VERIFIED), None)


def or_waits(move: Move, ledger: Sequence[LedgerEntry], plan: int) -> Move:
    """`move`, or the wait for an answer where the job would close without it."""
    waits = move.state == "Close" and open_question(ledger, plan) is not None
    return Move("Park", reason="the sender was asked") if waits else move
