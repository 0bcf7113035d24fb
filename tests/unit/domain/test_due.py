"""What is due, and was not done."""

from __future__ import annotations

from datetime import timedelta
from typing import get_args

from countersign.domain.jobs.change import MAILS, Due, DueKind
from tests.builders import AT


def test_a_row_that_failed_is_due_later_and_counts() -> None:
    """The same row, for the same system, at the new time, with one failure more."""
    row = Due(kind="parked", at=AT, failed=2, waits_for="crm")
    later = AT + timedelta(minutes=4)
    assert row.failed_until(later) == Due(kind="parked", at=later, failed=3, waits_for="crm")


def test_what_ends_in_a_mail_is_named() -> None:
    """All kinds but those that go on without one: a tier ends whether or not mail is to be had, and
    a sender's own system is told otherwise."""
    without = {"queue", "approval", "callback", "parked", "reservation"}
    without |= {"silence", "outcome", "trial", "items", "report", "answer"}
    assert {*get_args(DueKind)} - without == MAILS
