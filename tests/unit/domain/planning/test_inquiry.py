"""A question to the sender: once per job, and the job waits where it would close without it."""

from __future__ import annotations

import pytest

from countersign.domain.jobs.job import Move
from countersign.domain.ledger.entry import ActionStatus as A
from countersign.domain.ledger.entry import LedgerEntry
from countersign.domain.planning.inquiry import ASK_SENDER, open_question, or_waits, was_asked
from tests.builders import held


def question(status: A = A.VERIFIED, plan: int = 0) -> LedgerEntry:
    return held(0, ASK_SENDER, status=status, plan=plan)


@pytest.mark.parametrize(
    ("status", "asked"),
    [
        (A.PLANNED, False),
        (A.AUTHORISED, False),
        (A.FORBIDDEN, False),
        (A.DROPPED, False),
        (A.CLAIMED, True),
        (A.VERIFIED, True),
        (A.FAILED, True),
        (A.UNKNOWN, True),
        (A.REJECTED, True),
    ],
)
def test_a_question_that_left_or_was_refused_is_not_asked_again(status: A, asked: bool) -> None:
    """What may have left counts as sent, and a person's no is a no."""
    assert was_asked((question(status),)) is asked


def test_a_job_waits_where_it_would_close() -> None:
    """Only for a question that was accepted, of the plan that holds; everything else goes first."""
    close, ask = Move("Close"), Move("Ask", connector="crm")
    assert or_waits(close, (question(),), 0).state == "Park"
    assert or_waits(ask, (question(),), 0) is ask
    assert or_waits(close, (question(),), 1) is close
    assert or_waits(close, (question(A.FAILED),), 0) is close
    assert open_question((question(),), 0) == question()
