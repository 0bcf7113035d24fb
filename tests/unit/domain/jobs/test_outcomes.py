"""What a sender's system is told, and who may ask how a job stands."""

from __future__ import annotations

from dataclasses import replace

import pytest

from countersign.domain.contract import Stored
from countersign.domain.jobs.change import Change, Due, JobRecord
from countersign.domain.jobs.job import Status
from countersign.domain.jobs.outcomes import (
    WAITS_AT_MOST,
    awaited,
    heard,
    hearing,
    message,
    message_id,
    named_in,
    opens,
    standing,
    status_token,
    system_of,
)
from countersign.domain.jobs.senders import DEFAULT, sender_of
from countersign.domain.ledger.entry import ActionStatus
from tests.builders import AT, held, job, record

ONE, OTHER = "whsec_" + "A" * 44, "whsec_" + "B" * 44


def _heard(before: Status, after: Status | None, *, hears: bool = True) -> bool:
    """Whether a change between two statuses leaves a row."""
    there = job(before)
    there = there.model_copy(
        update={"source": there.source.model_copy(update={"hears": hears}), "updated_at": AT}
    )
    change = heard(record((), job=there), Change(event="e", actor="a", status=after), "shop")
    for row in change.due:
        assert (row.kind, row.at, row.waits_for) == ("outcome", AT, system_of("shop"))
    return bool(change.due)


@pytest.mark.parametrize("end", [Status.COMPLETED, Status.REJECTED, Status.ROLLED_BACK])
def test_an_end_leaves_a_row_for_who_wants_to_hear(end: Status) -> None:
    """Only an end, only once, and only for those; what waits for a person has not ended."""
    assert _heard(Status.PROCESSING, end)
    assert not _heard(Status.PROCESSING, end, hears=False)
    assert not _heard(end, end)
    assert not _heard(Status.PROCESSING, Status.ESCALATED)
    assert not _heard(Status.PROCESSING, None)


def test_an_end_is_told_without_content() -> None:
    """Ids, status and what became of each action; one id for one end."""
    ended = job(Status.COMPLETED)
    told = message(ended, [held(status=ActionStatus.VERIFIED)])
    assert (told["type"], told["data"]["status"]) == ("job.ended", "COMPLETED")
    (action,) = told["data"]["actions"]
    assert set(action) == {"number", "action", "status"}
    assert message_id(ended) == f"{ended.job_id}-completed"
    assert standing(ended)["ended"] is True
    assert standing(job(Status.ESCALATED))["ended"] is False


def test_a_token_opens_by_the_secret_that_made_it() -> None:
    """By any of several; by no other, for no other job, and never without one."""
    token = status_token(ONE, "j-1")
    assert named_in(token) == "j-1"
    assert opens(token, (OTHER, ONE)) == "j-1"
    assert opens(token, (OTHER,)) == opens(token, ()) == ""
    assert opens(token.replace("j-1", "j-2"), (ONE,)) == ""
    assert opens("é", (ONE,)) == ""


def test_a_sender_is_known_by_what_its_events_say() -> None:
    """The default sender's events carry the workflow alone."""
    assert (sender_of("lead_intake"), sender_of("lead_intake/shop")) == (DEFAULT, "shop")


def test_an_execution_hears_of_the_end_once_there_is_one() -> None:
    """Its row waits as long as any execution can; an end makes it due, and one that comes after
    the end is told at once."""
    row = waiting(record((), job=job(Status.PENDING)), "t")
    assert (row.kind, row.token, row.at) == ("answer", "t", AT + WAITS_AT_MOST)
    there = record((), job=job(Status.PROCESSING), due={"answer": row})
    ends = heard(there, Change(event="e", actor="a", status=Status.COMPLETED), "machine")
    assert [(one.kind, one.token, one.at) for one in ends.due] == [
        ("answer", "t", there.job.updated_at)
    ]
    assert heard(there, Change(event="e", actor="a", status=Status.ESCALATED), "machine").due == ()
    assert waiting(record((), job=job(Status.COMPLETED)), "t").at == AT


def waiting(there: JobRecord, token: str) -> Due:
    """The row of an execution that waits."""
    change = awaited(there, token, AT)
    assert change
    (row,) = change.due
    return row


def test_an_execution_that_was_told_is_not_waited_for_once_more() -> None:
    """A message that comes twice is not taken for one that is gone; another try of the same state
    is another token."""
    row = waiting(record((), job=job(Status.PENDING)), "t")
    ended = record((), job=job(Status.COMPLETED), due={"answer": row})
    told = replace(ended, results={"heard": Stored.of(hearing(ended))}, due={"answer": row})
    assert awaited(told, "t", AT) is None
    assert waiting(told, "t-2").token == "t-2"
    assert len(hearing(told).tokens) == 2
