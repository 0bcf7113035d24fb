"""Moving: how a misrouted child ends, and what its parent is asked to do instead."""

from __future__ import annotations

from dataclasses import replace

import pytest

from countersign.actions.desk import HAND_OVER
from countersign.domain.approvals.directory import Directory, Member
from countersign.domain.errors import ContractBroken, NotPermitted
from countersign.domain.jobs.cases import Case
from countersign.domain.jobs.change import Change, Due, JobRecord
from countersign.domain.jobs.handing import MOST_CHILDREN, children, parent_of
from countersign.domain.jobs.job import Status
from countersign.domain.ledger.action import Receipt
from countersign.domain.ledger.entry import ActionStatus, LedgerEntry, entry
from countersign.domain.planning.moving import ended, handed_anew
from countersign.domain.policy.policy import Answer
from tests.builders import (
    ANA,
    AT,
    BEN,
    EXPIRES,
    JOB_ID,
    approval,
    held,
    job,
    record,
    source,
    verdict,
)
from tests.flows import workflow

PEOPLE = Directory(members=(Member(person=ANA, roles=("sales",)),))
FLOW = replace(workflow(), actions={HAND_OVER.id: HAND_OVER})
CHOICES = ("letters", "parcels", "team:press")


def handed(number: int = 1, child: str = "j-child") -> LedgerEntry:
    """A hand-over that took effect."""
    wanted = HAND_OVER.proposed(
        target=f"matter {number}",
        number=number,
        destination="letters",
        about=("sales",),
        quotes=("a quote",),
        choices=CHOICES,
    )
    made = entry(
        number - 1,
        wanted,
        HAND_OVER,
        verdict(Answer.RUN),
        job_id=JOB_ID,
        policy="p/1",
        expires_at=EXPIRES,
    )
    done = {"status": ActionStatus.VERIFIED, "receipt": Receipt(id=child)}
    return made.model_copy(update=done)


def parent(*ledger: LedgerEntry, status: Status = Status.COMPLETED) -> JobRecord:
    """The job that handed over."""
    return record(ledger or (handed(),), job=job(status))


def anew(held_by: JobRecord, child: str = "j-child", to: str = "team:press") -> Change:
    """Ana moves the child."""
    return handed_anew(FLOW, held_by, child, to, by=ANA, people=PEOPLE, reason="no letter", now=AT)


def test_the_parent_hands_over_under_the_next_number_signed_by_the_mover() -> None:
    """New bytes, a new key, the person's own approval over exactly them, in a new execution."""
    change = anew(parent(handed(1, "j-other"), handed(2)))
    (made,) = change.ledger
    params = made.content()["params"]
    assert (params["number"], params["destination"]) == (3, "team:press")
    assert (made.status, made.index) == (ActionStatus.AUTHORISED, 2)
    signed = next(one for one in change.approvals if one.decision)
    assert signed.signers(made.digest) == {"ana"}
    assert signed.approval_id == made.approval
    assert (change.status, change.attempt) == (Status.RETRYING, 2)


@pytest.mark.parametrize(
    ("child", "to", "told"),
    [
        ("j-stranger", "team:press", "did not hand j-stranger over"),
        ("j-child", "moon", "it can be moved to parcels, team:press"),
        ("j-child", "letters", "it can be moved to parcels, team:press"),
    ],
)
def test_what_cannot_be_moved_says_why(child: str, to: str, told: str) -> None:
    """Another job's child, no destination, the same one."""
    with pytest.raises(ContractBroken, match=told):
        anew(parent(), child, to)


def test_a_parent_under_way_and_one_with_too_many_children_hand_over_no_more() -> None:
    """Its own execution comes first; and its session may create so many."""
    with pytest.raises(ContractBroken, match="is PROCESSING"):
        anew(parent(status=Status.PROCESSING))
    many = [handed(number, f"j-{number}") for number in range(1, MOST_CHILDREN + 1)]
    with pytest.raises(ContractBroken, match="at most 6 times"):
        anew(parent(*many), "j-1")


def test_who_is_not_in_the_directory_moves_nothing() -> None:
    """The mover's signature is judged as any other."""
    with pytest.raises(NotPermitted):
        handed_anew(
            FLOW, parent(), "j-child", "parcels", by=BEN, people=PEOPLE, reason="why", now=AT
        )


def test_a_child_of_which_nothing_ran_ends_with_all_that_waits() -> None:
    """Its request, its case, its deadlines and its actions; another execution owns it."""
    asked = held(0, "crm.memo", Answer.ASK)
    case = Case(job_id=JOB_ID, reason="r", owner="sales", opened_at=AT, due_at=AT)
    waits = record(
        (asked,),
        job=job(Status.WAITING_FOR_REVIEW),
        approvals={"a-1": approval(asked)},
        case=case,
        due={"approval": Due(kind="approval", at=AT)},
    )
    change = ended(waits, "ana", "no letter", AT)
    assert change
    assert (change.status, change.reason) == (Status.REJECTED, "moved: no letter")
    assert [one.status for one in change.ledger] == [ActionStatus.DROPPED]
    assert [one.superseded for one in change.approvals] == [True]
    assert change.case
    assert change.case.resolution
    assert change.done == ("approval",)
    assert change.execution == f"{JOB_ID}-2"
    bare = ended(record((), job=job(Status.PARKED)), "ana", "why", AT)
    assert bare
    assert (bare.approvals, bare.case) == ((), None)


@pytest.mark.parametrize("status", [Status.REJECTED, Status.ROLLED_BACK])
def test_a_child_that_has_ended_without_an_effect_is_left_as_it_is(status: Status) -> None:
    """The same order again goes on with the parent."""
    assert ended(record((), job=job(status)), "ana", "why", AT) is None


def test_a_child_that_runs_or_did_something_is_not_ended() -> None:
    """Wait; or roll it back first."""
    with pytest.raises(ContractBroken, match="still runs"):
        ended(record((), job=job(Status.PROCESSING)), "ana", "why", AT)
    wrote = held(0, status=ActionStatus.VERIFIED)
    with pytest.raises(ContractBroken, match="roll it back first"):
        ended(record((wrote,), job=job(Status.COMPLETED)), "ana", "why", AT)


def test_a_job_and_its_children_know_each_other() -> None:
    """The parent by its ledger, the child by where it came from."""
    assert children(parent()) == (("j-child", "letters"),)
    assert parent_of(record((), job=job(source=source(door="desk", sender="j-p")))) == "j-p"
    assert parent_of(parent()) == ""
