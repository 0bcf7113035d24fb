"""A job goes into a line and comes back with all that it was judged by."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from countersign.domain.contract import Stored
from countersign.domain.errors import ContractBroken
from countersign.domain.jobs import audit
from countersign.domain.planning.inquiry import Silence
from countersign.domain.planning.plan import HARD_EXPIRY
from countersign.domain.releases.past import line_of, of_line, past
from tests.builders import AT, EXPIRES, approval, held, record


def test_a_job_comes_back_as_it_was_judged() -> None:
    """Results that judging reads, the model's answers, actions and requests; nothing else."""
    kept = Stored.of(Silence(at=AT))
    job = record(
        (held(0),),
        results={"input": kept, "answer.1": kept, "matters": kept},
        approvals={"a": approval(held(0))},
    )
    again = of_line(line_of(past(job)))
    assert (again.record.ledger, dict(again.record.approvals)) == (job.ledger, job.approvals)
    assert set(again.record.results) == {"input", "answer.1"}
    assert again.judged_at == EXPIRES - HARD_EXPIRY


def test_the_last_plan_says_when_it_was_made() -> None:
    """By its bytes; a job without an action by its trail, and else nobody knows."""
    said: dict[str, Any] = {"job_id": "j", "actor": "state:Decide", "fields": {}}
    entry = audit.append("", 1, at=AT, event="decided", **said)
    other = audit.append("", 2, at=AT + timedelta(1), event="closed", **said)
    assert past(record(audit=(entry, other))).judged_at == AT
    assert past(record()).judged_at is None


@pytest.mark.parametrize("line", [b"", b"{}", b'{"job": 1}', b"[1]"])
def test_what_is_no_line_is_refused(line: bytes) -> None:
    """It says which part, and nothing of the content."""
    with pytest.raises(ContractBroken, match="no line of an export"):
        of_line(line)
