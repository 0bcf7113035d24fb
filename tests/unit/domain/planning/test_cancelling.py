"""Cancelling: what becomes of a job that a person ends."""

from __future__ import annotations

from typing import Any

import pytest

from countersign.domain.errors import ContractBroken
from countersign.domain.jobs.change import Due
from countersign.domain.jobs.job import ENDED, Status
from countersign.domain.ledger.entry import ActionStatus
from countersign.domain.planning.cancelling import cancelled, reason_of, withdrawn
from countersign.domain.policy.policy import Answer
from tests.builders import AT, JOB_ID, approval, case, held, job, record

WAITS = (Status.PARKED, Status.WAITING_FOR_REVIEW, Status.WAITING_FOR_SENDER)
PLANNED, DONE = held(0, "crm.memo", Answer.ASK), held(1, status=ActionStatus.VERIFIED)
DUE = {kind: Due(kind=kind, at=AT) for kind in ("approval", "parked", "reservation")}


def waiting(status: Status, *ledger: Any, **parts: Any) -> Any:
    """A job that waits, with its due rows."""
    return record(ledger, job=job(status), due=DUE, **parts)


@pytest.mark.parametrize("status", WAITS)
def test_where_nothing_ran_it_is_rejected(status: Status) -> None:
    """The request is void, nothing is due any more, and another execution owns the job."""
    asked = approval(PLANNED)
    change = cancelled(
        waiting(status, PLANNED, approvals={"a-1": asked}, case=case()), "kim", "settled", AT
    )
    assert (change.status, change.reason) == (Status.REJECTED, "cancelled: settled")
    assert [one.superseded for one in change.approvals] == [True]
    assert [(one.status, one.note) for one in change.ledger] == [("dropped", "cancelled")]
    assert (change.execution, set(change.done)) == (f"{JOB_ID}-2", set(DUE))
    assert change.case
    assert change.case.resolution
    assert cancelled(waiting(status), "kim", "settled", AT).case is None


@pytest.mark.parametrize("status", WAITS)
def test_where_something_ran_it_is_closed_by_its_ledger(status: Status) -> None:
    """A new execution closes it: what was done stays as it is, what is left is dropped, and what it
    reserved is settled later."""
    change = cancelled(waiting(status, PLANNED, DONE), "kim", "settled", AT)
    assert (change.event, change.status, change.attempt) == ("cancelled", Status.RETRYING, 2)
    assert [one.index for one in change.ledger] == [0]
    assert set(change.done) == {"approval"}
    order = record((), results={"cancelled": change.results["cancelled"]})
    assert reason_of(record()) == ""
    assert order.results


@pytest.mark.parametrize("status", sorted(set(Status) - {*WAITS}))
def test_what_runs_or_has_ended_is_not_cancelled(status: Status) -> None:
    """The refusal says what to do instead."""
    why = "roll it back" if status in ENDED else "pause its workflow"
    with pytest.raises(ContractBroken, match=why):
        cancelled(waiting(status), "kim", "settled", AT)


def test_a_reason_is_needed_and_an_unknown_effect_is_in_the_way() -> None:
    """Nobody ends a job of which nobody knows what it did."""
    with pytest.raises(ContractBroken, match="needs a reason"):
        cancelled(waiting(Status.PARKED), "kim", " ", AT)
    for status in (ActionStatus.UNKNOWN, ActionStatus.CLAIMED):
        with pytest.raises(ContractBroken, match="took effect"):
            cancelled(waiting(Status.PARKED, held(status=status)), "kim", "settled", AT)


def test_a_caller_takes_back_what_is_open_and_nothing_twice() -> None:
    """Nobody can sign it any more, `tick` goes on at once, and the same again is nothing new."""
    asked = approval(PLANNED)
    for ledger, status in (((PLANNED,), Status.REJECTED), ((PLANNED, DONE), Status.RETRYING)):
        here = waiting(Status.WAITING_FOR_REVIEW, *ledger, approvals={"a-1": asked})
        change = withdrawn(here, "assistant", "solved otherwise", AT)
        assert change
        assert (change.status, change.actor) == (status, "sender:assistant")
        assert change.reason == "cancelled: withdrawn by assistant: solved otherwise"
        assert [one.superseded for one in change.approvals] == [True]
        assert {one.at for one in change.due} == {AT}
        assert "withdrawn" in {one.kind for one in change.due}
        again = record(ledger, job=job(Status.REJECTED), results=dict(change.stored))
        assert withdrawn(again, "assistant", "once more", AT) is None
    with pytest.raises(ContractBroken, match="it is COMPLETED by now: what ran stays"):
        withdrawn(record((DONE,), job=job(Status.COMPLETED)), "assistant", "too late", AT)
    nobody = withdrawn(waiting(Status.PARKED, PLANNED), "assistant", "solved", AT)
    assert nobody
    assert nobody.results["withdrawn"].model_dump()["approval"] == ""
