"""A month's numbers against what the owner expects."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from countersign.domain.approvals.approval import Choice
from countersign.domain.approvals.working_hours import Hours
from countersign.domain.contract import Stored
from countersign.domain.jobs.change import JobRecord
from countersign.domain.jobs.job import Status
from countersign.domain.jobs.reruns import RERUN, Rerun
from countersign.domain.ledger.entry import ActionStatus, Observation
from countersign.domain.policy.policy import Answer
from countersign.domain.reporting.month import (
    firsts,
    hours_to_outcome,
    measured,
    minutes_on_pages,
    reasons,
    working_hours,
)
from countersign.domain.workflow import Criterion
from tests.builders import AT, approval, case, decision, fact, held, job, proposal, record
from tests.flows import Letter, workflow

A = ActionStatus
DONE, ASKED = held(0, status=A.VERIFIED), held(1, "crm.other", Answer.ASK)


def ended(*ledger: Any, status: Status = Status.COMPLETED, hours: float = 1, **parts: Any) -> Any:
    """A job that ended so many hours after it came."""
    return record(ledger, job=job(status, updated_at=AT + timedelta(hours=hours)), **parts)


def decided(choice: Choice, **parts: Any) -> JobRecord:
    """A job about which Ana said something, a minute after she opened its page."""
    asked = approval(ASKED)
    said = decision(asked, choice, opened_at=AT + timedelta(minutes=59), **parts)
    status = A.VERIFIED if choice is Choice.APPROVE else A.REJECTED
    one = asked.model_copy(update={"signatures": (said,), "decision": said})
    entry = ASKED.model_copy(update={"status": status})
    found: JobRecord = ended(entry, approvals={"a-1": one})
    return found


def actual(metric: Any, *records: JobRecord) -> float | None:
    """What the month says of one metric."""
    criterion = Criterion(metric=metric, compare=">=", value=Decimal("0.5"), sentence="so it is")
    (one,) = measured(workflow(), (criterion,), records)
    return one.actual


def mailed() -> JobRecord:
    """A job that sent a mail to somebody who did not write."""
    sent = held(0, connector="mail", status=A.VERIFIED)
    found: JobRecord = ended(sent, results={"input": Stored.of(Letter(text="hello"))})
    return found


def understood(dropped: dict[str, str], *facts: str) -> JobRecord:
    """A job of whose answer something stood nowhere."""
    said = proposal({name: fact(name) for name in facts}, dropped=dropped)
    found: JobRecord = ended(DONE, results={"proposal": Stored.of(said)})
    return found


def called_back(hours: float) -> JobRecord:
    """A job whose callback is due so long after it came."""
    due = (AT + timedelta(hours=hours)).isoformat()
    body = json.dumps({**DONE.content(), "params": {"due_at": due}})
    found: JobRecord = ended(DONE.model_copy(update={"body": body}))
    return found


OTHERWISE = held(0, status=A.FAILED, seen=Observation(refused=False))
YES, NO = decided(Choice.APPROVE), decided(Choice.REJECT, reason="not now")


@pytest.mark.parametrize(
    ("metric", "records", "value"),
    [
        ("approved_unchanged_share", (YES, NO), 0.5),
        ("approved_unchanged_share", (), None),
        ("rejected_or_escalated_share", (YES, NO, ended(DONE), ended(case=case())), 0.5),
        ("rejected_or_escalated_share", (ended(status=Status.ESCALATED),), 1.0),
        ("run_alone_share", (ended(DONE), YES, ended()), 0.5),
        ("unknown_outcomes", (ended(held(0, status=A.UNKNOWN)), ended(DONE)), 1),
        ("failed_verifications", (ended(OTHERWISE), ended(DONE)), 1),
        ("cap_reached_days", (ended(held(0, "crm.memo", Answer.ASK, "cap.reached")),) * 2, 1),
        ("cap_reached_days", (ended(DONE),), 0),
        ("hours_to_outcome_p90", (), None),
        ("wrong_recipients", (YES,), 0),
        ("wrong_recipients", (mailed(),), 1),
        ("ungrounded_share", (YES,), None),
        ("ungrounded_share", (understood({"a": "1", "b": "2"}, "c"),), 2 / 3),
        ("hours_to_callback_p90", (YES,), None),
        ("hours_to_callback_p90", (called_back(hours=2),), pytest.approx(2, abs=0.001)),
    ],
)
def test_each_metric_is_counted_of_what_is_stored(
    metric: str, records: tuple[JobRecord, ...], value: float | None
) -> None:
    """And is not known where nothing stored tells."""
    assert actual(metric, *records) == value


def test_a_criterion_holds_or_not_or_nobody_knows() -> None:
    """Both comparisons, at their limit too."""

    def holds(compare: Any, *records: JobRecord) -> bool | None:
        one = Criterion(
            metric="approved_unchanged_share", compare=compare, value=Decimal("0.5"), sentence="s"
        )
        return measured(workflow(), (one,), records)[0].holds

    assert [holds(one, YES, NO) for one in (">=", "<=")] == [True, True]
    assert [holds(one, YES) for one in (">=", "<=")] == [True, False]
    assert holds(">=") is None


def test_hours_count_only_while_people_work() -> None:
    """From Monday 16:00 to Tuesday 10:00 it is two; around the clock it is eighteen."""
    start = AT.replace(hour=16)
    end = start + timedelta(hours=18)
    assert working_hours(start, end, Hours(), workflow()) == pytest.approx(2, abs=0.001)
    assert working_hours(end, start, Hours(), workflow()) == 0
    one = ended(DONE, hours=24)
    assert actual("hours_to_outcome_p90", one) == pytest.approx(8, abs=0.001)
    running = replace(one, job=job(Status.PROCESSING))
    assert hours_to_outcome((one, running)) == (24.0,)


def test_why_people_said_no_and_how_long_they_looked() -> None:
    """In their words; a page that nobody opened is no minute."""
    unopened = decided(Choice.REJECT, reason="not now")
    assert reasons((YES, NO, unopened)) == {"not now": 2}
    assert minutes_on_pages((YES, NO)) == pytest.approx(2)
    asked = approval(ASKED)
    blind = asked.model_copy(update={"decision": decision(asked)})
    assert minutes_on_pages((ended(ASKED, approvals={"a-1": blind}),)) == 0


def test_a_rerun_is_not_counted_beside_its_job() -> None:
    """One matter is one job of the month."""
    link = Rerun(original="j-0", number=1, of="j-0", step="look", by="kim", reason="x", signed=())
    again = ended(DONE, results={RERUN: Stored.of(link)})
    assert firsts((again, YES)) == (YES,)
