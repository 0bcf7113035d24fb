"""Resuming: a new execution, what may try again, and facts that a person set."""

from __future__ import annotations

import pytest

from countersign.domain.approvals.approval import apply_decision, decide
from countersign.domain.approvals.directory import Directory, Member
from countersign.domain.errors import ContractBroken
from countersign.domain.jobs.change import Due, transition
from countersign.domain.jobs.job import Status, execution_name
from countersign.domain.ledger.entry import ActionStatus
from countersign.domain.planning.corrections import corrected
from countersign.domain.planning.resume import AGAIN, freed, resumed, settled
from countersign.domain.policy.policy import Answer
from countersign.domain.policy.proposal import Usage
from tests.builders import ANA, AT, JOB_ID, approval, decision, fact, held, job, proposal, record

A = ActionStatus
NOBODY = Directory(members=())


def test_resuming_is_a_new_execution() -> None:
    """The next attempt gets a name of its own, and a due row in case it does not begin."""
    change = resumed(record(job=job(Status.PARKED, attempt=4)), "system:tick", AT, parked=0)
    assert (change.attempt, change.execution) == (5, execution_name(JOB_ID, 5))
    assert (change.status, change.actor, change.parked) == (Status.RETRYING, "system:tick", 0)
    assert change.due == (Due(kind="parked", at=AT + AGAIN),)


def test_resuming_clears_why_the_job_waited() -> None:
    """The reason of the case or of the parking holds no more once the job goes on."""
    stuck = job(Status.ESCALATED, reason="no rule for this country")
    change = resumed(record(job=stuck), "person:ana", AT)
    assert transition(stuck, change, AT, lambda: "salt")[0].reason == ""


def test_resuming_takes_back_a_request_that_still_waits() -> None:
    """The old execution's request is superseded: the new one asks anew, with new links."""
    asked = approval(held(answer=Answer.ASK, status=A.PLANNED))
    change = resumed(record(approvals={asked.approval_id: asked}), "person:ana", AT)
    assert change.approvals == (asked.model_copy(update={"superseded": True}),)
    assert resumed(record(), "person:ana", AT).approvals == ()


@pytest.mark.parametrize("status", [A.FAILED, A.EXPIRED])
@pytest.mark.parametrize(
    ("answer", "expected"), [(Answer.RUN, A.AUTHORISED), (Answer.ASK, A.PLANNED)]
)
def test_failed_and_expired_actions_try_again(
    status: ActionStatus, answer: Answer, expected: ActionStatus
) -> None:
    """Policy's own leave still holds; what needed a signature needs a new one."""
    stuck = held(1, answer=answer, status=status, approval="a-1", note="it failed")
    (again,) = freed(record([held(0, status=A.VERIFIED), stuck]), NOBODY)
    assert (again.index, again.status, again.approval, again.note) == (1, expected, "", "")
    assert (again.body, again.digest) == (stuck.body, stuck.digest)


@pytest.mark.parametrize("status", sorted(set(A) - {A.FAILED, A.EXPIRED, A.UNKNOWN}))
def test_what_is_settled_or_open_stays(status: ActionStatus) -> None:
    """Resuming repeats nothing that ran, was rejected or forbidden, and frees nothing open."""
    assert freed(record([held(status=status)]), NOBODY) == ()


@pytest.mark.parametrize("others", [(), (A.FAILED,), (A.VERIFIED, A.EXPIRED)])
def test_an_unknown_outcome_is_never_tried_again(others: tuple[ActionStatus, ...]) -> None:
    """While one outcome is unknown, nothing is freed: the message says what to do."""
    ledger = [held(i, status=status) for i, status in enumerate((*others, A.UNKNOWN))]
    with pytest.raises(ContractBroken, match=r"find out at the target.*done"):
        freed(record(ledger), NOBODY)


def test_what_was_signed_by_somebody_who_left_is_asked_anew() -> None:
    """Of a plan whose signer is gone nothing runs on: what is authorised waits again; what was
    claimed keeps its claim, since it may have happened."""
    waits = [held(n, answer=Answer.ASK, status=A.PLANNED, text=str(n)) for n in range(2)]
    signed = decide(approval(*waits), decision(approval(*waits)))
    first, second = apply_decision(signed, waits)
    claimed = second.model_copy(update={"status": A.CLAIMED})
    one = record([first, claimed], approvals={signed.approval_id: signed})
    (again,) = freed(one, NOBODY)
    assert (again.index, again.status, again.approval) == (0, "planned", "")
    there = Directory(members=(Member(person=ANA, roles=("sales",)),))
    assert freed(one, there) == ()


def test_who_corrected_a_fact_is_kept_when_somebody_corrects_it_again() -> None:
    """Nobody's part in a plan is forgotten because another person changed a letter after them."""
    once = corrected(proposal({"sum": fact("30")}), {"sum": "320"}, "ana")
    twice = corrected(once, {"sum": "320.00", "name": "Zoë"}, "ben")
    assert (once.correctors, twice.correctors) == (("ana",), ("ana", "ben"))
    assert proposal({"sum": fact("30")}).correctors == ()


def test_corrected_facts_are_a_persons_word() -> None:
    """A corrected fact has the new value and says who set it; the others and the cost stay."""
    before = proposal(
        {"name": fact("Zoe"), "phone": fact("+1 555 0100")}, usage=Usage(calls=1, input_tokens=9)
    )
    after = corrected(before, {"name": "Zoë", "company": "Example Ltd"}, "ana")
    assert after.value("name") == "Zoë"
    assert after.value("company") == "Example Ltd"
    assert {after.facts[name].by for name in ("name", "company")} == {"ana"}
    assert after.facts["phone"].by == ""
    assert [after.corrected(n) for n in ("name", "phone", "city")] == ["Zoë", None, None]
    assert after.facts["phone"] == before.facts["phone"]
    assert after.usage == before.usage
    assert before.value("name") == "Zoe"


def test_no_correction_changes_nothing() -> None:
    """Resuming without corrections keeps the proposal."""
    assert corrected(proposal({"name": fact("Zoe")}), {}, "ana") == proposal({"name": fact("Zoe")})


@pytest.mark.parametrize(
    ("happened", "status", "note"),
    [
        (True, A.VERIFIED, "settled by ana: seen in the CRM"),
        (False, A.FAILED, "settled by ana (it did not happen): seen in the CRM"),
    ],
)
def test_a_person_settles_what_nobody_knew(happened: bool, status: ActionStatus, note: str) -> None:
    """Only unknown and claimed actions take the person's word; each keeps who said it and why."""
    ledger = [held(i, status=known) for i, known in enumerate(A)]
    changed = settled(ledger, by="ana", words="seen in the CRM", happened=happened)
    assert {ledger[one.index].status for one in changed} == {A.UNKNOWN, A.CLAIMED}
    assert {(one.status, one.note) for one in changed} == {(status, note)}
    assert all(one.digest == ledger[one.index].digest for one in changed)
