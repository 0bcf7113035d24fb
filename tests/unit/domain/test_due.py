"""What is due, and was not done."""

from __future__ import annotations

from datetime import timedelta

from countersign.domain.jobs.change import Due, DueRow
from tests.builders import AT, JOB_ID


def test_a_row_that_failed_is_due_later_and_counts() -> None:
    """The same kind of row, at the new time, with one failure more."""
    row = DueRow(job_id=JOB_ID, kind="parked", at=AT, failed=2)
    later = AT + timedelta(minutes=4)
    assert row.failed_until(later) == Due(kind="parked", at=later, failed=3)
