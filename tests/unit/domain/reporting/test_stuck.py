"""Which jobs do not go on: by cause, with what is to be done."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from countersign.domain.errors import BudgetSpent
from countersign.domain.jobs.change import Due, JobRecord
from countersign.domain.jobs.job import Status
from countersign.domain.ledger.entry import ActionStatus
from countersign.domain.reporting.stuck import UNDER_WAY, cause_of, stuck
from tests.builders import AT, approval, case, decision, held, job, record

LATER = AT + UNDER_WAY + timedelta(seconds=1)
WAITS = approval(held())
ITS_TURN = Due(kind="parked", at=AT, waits_for="crm")
DECIDED = WAITS.model_copy(update={"decision": decision(WAITS)})


def at(status: Status, *ledger: Any, reason: str = "", **parts: Any) -> JobRecord:
    """A job that stands so since nine."""
    return record(ledger, job=job(status, reason=reason), **parts)


USED_UP = str(BudgetSpent("all", "d", "m", "n"))


@pytest.mark.parametrize(
    ("one", "why", "what"),
    [
        (at(Status.ESCALATED, case=case(), reason="over 7 EUR"), "(sales-ops): over … EUR", "case"),
        (at(Status.ESCALATED, held(status=ActionStatus.UNKNOWN)), "nobody knows", "find out"),
        (at(Status.ESCALATED, reason="odd"), "a case: odd", "case JOB"),
        (at(Status.FAILED, reason="it failed; see j-1"), "it failed", "redrive"),
        (at(Status.PARKED, reason="crm rests", due={"parked": Due(kind="parked", at=LATER)}),
         "crm rests", "nothing"),
        (at(Status.PARKED, reason="crm rests", due={"parked": Due(kind="parked", at=AT)}),
         "crm rests", "tick"),
        (at(Status.PARKED, reason="crm rests"), "crm rests", "tick"),
        (at(Status.PARKED, reason="crm", due={"parked": ITS_TURN}), "crm", "nothing"),
        (at(Status.PARKED, reason="crm is paused by Kim: why"), "Kim", "countersign resume crm"),
        (at(Status.PARKED, reason=USED_UP), "for all", "budget raise"),
        (at(Status.WAITING_FOR_REVIEW, approvals={"a-1": WAITS}), "Ana Costa or Ben", "link"),
        (at(Status.WAITING_FOR_REVIEW, approvals={"a-1": DECIDED}), "was decided", "tick"),
        (at(Status.WAITING_FOR_SENDER), "its sender was asked", "nothing"),
        (at(Status.PENDING), "has not begun", "Start"),
        (at(Status.RETRYING), "no step has written", "redrive"),
    ],
)  # fmt: skip
def test_each_cause_says_why_and_what_is_to_be_done(one: JobRecord, why: str, what: str) -> None:
    """In the words of whoever mends it; figures make no causes of their own."""
    cause = cause_of(one, LATER)
    assert cause
    assert why in cause.why
    assert what in cause.what_to_do


@pytest.mark.parametrize("status", [Status.COMPLETED, Status.REJECTED, Status.ROLLED_BACK])
def test_what_has_ended_or_is_worked_on_is_not_stuck(status: Status) -> None:
    """Neither a finished job nor one whose step wrote a moment ago."""
    assert cause_of(at(status), LATER) is None
    assert cause_of(at(Status.PROCESSING), AT + UNDER_WAY) is None


def test_groups_have_their_oldest_first_and_the_largest_group_leads() -> None:
    """A case is as old as itself, a request as itself, anything else as its last write."""
    young = case(opened_at=AT + timedelta(minutes=5))
    groups = stuck(
        [
            record((), job=job(Status.ESCALATED, job_id="j-2", reason="odd"), case=young),
            record((), job=job(Status.ESCALATED, job_id="j-1", reason="odd"), case=case()),
            at(Status.WAITING_FOR_REVIEW, approvals={"a-1": WAITS}),
            at(Status.COMPLETED),
        ],
        LATER,
        1,
    )
    assert [(one.status, one.count, one.samples) for one in groups] == [
        (Status.ESCALATED, 2, ("j-1",)),
        (Status.WAITING_FOR_REVIEW, 1, (WAITS.job_id,)),
    ]
    assert groups[0].oldest == (LATER - AT).total_seconds()
    assert groups[0].workflows == ("letters",)
