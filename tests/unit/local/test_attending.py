"""The player's people do what an expectation says, once each and in turn."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import pytest

from infra.local.front.samples import ByColleague, Expectation
from infra.local.player.attending import REJECTION, Attending, open_request
from infra.local.player.colleague import Colleague
from infra.local.player.provider import Provider
from infra.local.player.signer import Signer, SignError

EXPECT = Expectation(
    door="webhook",
    workflow="refund_request",
    deliveries=1,
    answer=202,
    after=(),
    decision="approve",
    status="COMPLETED",
    actions={},
    mails_to_sender=1,
    crm_writes=0,
    reason="it is approved",
)
EDIT = {"by": "robin", "action": "payments.refund", "field": "amount", "text": "600.00 EUR"}


class Links(Signer):
    """Notes what is typed instead of opening links; `taken` is what an edit's page says."""

    def __init__(self, *, taken: bool | None = None) -> None:
        super().__init__("http://127.0.0.1")
        self.said: list[tuple[str, ...]] = []
        self.taken = taken

    def decide(self, job_id: str, choice: str, reason: str, by: str = "") -> bool:
        self.said.append((job_id, choice, reason, by))
        return True

    def edit(self, job_id: str, number: int, texts: Mapping[str, str], by: str) -> bool | None:
        self.said.append((job_id, str(number), *next(iter(texts.items())), by))
        return self.taken


class Account(Provider):
    """Counts what colleagues give back."""

    made: ClassVar[list[str]] = []

    def refunds(self, by: ByColleague) -> None:
        self.made.append(by.order)


class Busy(Colleague):
    """Counts whom colleagues mail."""

    mailed: ClassVar[list[str]] = []
    changed: ClassVar[list[tuple[str, ...]]] = []

    def answers(self, address: str) -> None:
        self.mailed.append(address)

    def changes(self, kind: str, record_id: str, properties: Mapping[str, str]) -> None:
        self.changed.append((kind, record_id, *properties))


def job(*signed: str, status: str = "WAITING_FOR_REVIEW") -> dict[str, Any]:
    """A job that waits for a signature on a reply and a refund; `signed` have signed."""
    return {
        "job_id": "j-1",
        "status": status,
        "actions": [
            {"action": "payments.refund", "digest": "d-2"},
            {"action": "email.send_reply", "digest": "d-1"},
        ],
        "approvals": [
            {"digests": ["d-0"], "decision": None, "superseded": True, "signatures": []},
            {
                "digests": ["d-1", "d-2"],
                "decision": None,
                "superseded": False,
                "signatures": [{"id": one} for one in signed],
            },
        ],
    }


def people(links: Links, **expected: Any) -> Attending:
    """The people of an event with these expectations."""
    Account.made.clear()
    Busy.mailed.clear()
    Busy.changed.clear()
    expect = Expectation.model_validate({**EXPECT.model_dump(), **expected})
    colleague = Busy("", "")
    return Attending(
        expect,
        links,
        Account("", ""),
        colleague,
        lambda one: f"{one}@example.com",
        lambda job_id, wanted: links.said.append((job_id, "roll back", wanted.by, wanted.reason)),
        lambda wanted: links.said.append(("", "raise", wanted.by, wanted.reason)),
        lambda job_id, wanted: links.said.append((job_id, "take up", wanted.by, wanted.team)),
        lambda job_id, text: links.said.append((job_id, "answer", text)),
    )


def test_each_signer_signs_in_turn_by_their_own_link() -> None:
    """The first who has not signed is next; who signed is not asked again."""
    links = Links()
    attending = people(links, signers=("ines", "sam"))
    attending.look(job())
    attending.look(job("ines"))
    assert [said[3] for said in links.said] == ["ines@example.com", "sam@example.com"]


def test_without_signers_whoever_was_asked_answers() -> None:
    """A rejection carries its reason."""
    links = Links()
    people(links, decision="reject").look(job())
    assert links.said == [("j-1", "reject", REJECTION, "")]


def test_what_was_rejected_is_taken_up_once_and_its_answer_signed() -> None:
    """By whoever the event names; the second request has a decision and signers of its own."""
    links = Links()
    answer = {"by": "robin", "text": "No.", "decision": "approve", "signers": ["jonas"]}
    attending = people(links, decision="reject", taken_up=answer)
    for status in ("WAITING_FOR_REVIEW", "REJECTED", "REJECTED", "WAITING_FOR_REVIEW"):
        attending.look(job(status=status))
    assert [(said[1], said[-2:]) for said in links.said] == [
        ("reject", (REJECTION, "")),
        ("take up", ("robin", "")),
        ("approve", ("", "jonas@example.com")),
    ]


@pytest.mark.parametrize("decision", [None, "expire"])
def test_nobody_answers_where_time_decides(decision: str | None) -> None:
    """Also where nobody should have been asked."""
    links = Links()
    people(links, decision=decision).look(job())
    assert links.said == []


@pytest.mark.parametrize("given", [job(status="PROCESSING"), job(status="COMPLETED")])
def test_a_job_that_does_not_wait_is_let_alone(given: dict[str, Any]) -> None:
    """Nor is one whose request is decided and that has not gone on yet."""
    assert open_request(given) is None
    decided = job()
    decided["approvals"][1]["decision"] = {"by": "ana"}
    assert open_request(decided) is None


def test_a_colleague_refunds_once_before_the_signature() -> None:
    """The record changes under the waiting request, and only once."""
    links = Links()
    meanwhile = {"system": "payments", "order": "1043", "refund": {"minor": 1, "currency": "USD"}}
    attending = people(links, meanwhile=meanwhile)
    attending.look(job())
    attending.look(job())
    assert Account.made == ["1043"]
    assert len(links.said) == 2


def test_an_edit_that_must_be_refused_is_tried_once_and_then_signed() -> None:
    """The action has the number that the request gives it."""
    links = Links(taken=False)
    attending = people(links, edit={**EDIT, "refused": True}, signers=("robin",))
    attending.look(job())
    attending.look(job())
    assert links.said[0] == ("j-1", "2", "amount", "600.00 EUR", "robin@example.com")
    assert [said[1] for said in links.said] == ["2", "approve", "approve"]


@pytest.mark.control
@pytest.mark.parametrize("refused", [True, False])
def test_control_an_edit_that_goes_otherwise_is_a_fault(refused: bool) -> None:
    """Taken where the page should say no, or refused where it should be taken."""
    attending = people(Links(taken=refused), edit={**EDIT, "refused": refused})
    with pytest.raises(SignError):
        attending.look(job())


def test_an_edit_waits_for_its_link() -> None:
    """Until the person's mail is there nothing is typed and nothing is signed."""
    links = Links(taken=None)
    people(links, edit={**EDIT, "refused": True}).look(job())
    assert [said[1] for said in links.said] == ["2"]


def test_a_colleague_answers_once_and_before_anybody_signs() -> None:
    """What happens meanwhile happens while the request is open, and not again."""
    links = Links()
    attending = people(links, meanwhile={"system": "crm", "answers": "ann@example.com"})
    for _ in range(3):
        attending.look(job())
    assert Busy.mailed == ["ann@example.com"]
    assert Account.made == []


def test_a_complete_job_is_rolled_back_once_after_what_a_colleague_changed() -> None:
    """The colleague changes what the action made, then the order is given; nothing before."""
    links = Links()
    touched = {"action": "crm.create_lead", "kind": "deals", "properties": {"dealstage": "won"}}
    order = {"by": "ines", "reason": "a test", "touched": touched}
    here = people(links, rollback=order, decision=None)
    receipt = {"id": "50007"}
    here.look(job())
    complete = {
        **job(status="COMPLETED"),
        "actions": [
            {"action": "crm.create_lead", "digest": "d-1", "receipt": receipt},
            {"action": "email.send_reply", "digest": "d-2", "receipt": None},
        ],
    }
    for _ in range(3):
        here.look(complete)
    assert Busy.changed == [("deals", "50007", "dealstage")]
    assert links.said == [("j-1", "roll back", "ines", "a test")]


def test_a_budget_is_raised_once_the_job_says_that_it_waits_for_it() -> None:
    """Once; not for a job that is parked for something else."""
    links = Links()
    wanted = {"by": "kim", "reason": "a campaign", "usd": "1", "tokens": 5}
    attending = people(links, budget=wanted, decision=None)
    for waits_for in ("its due time", "tomorrow's budget, or `countersign budget raise x`") * 2:
        attending.look({**job(status="PARKED"), "waits_for": waits_for})
    assert links.said == [("", "raise", "kim", "a campaign")]


def test_the_customer_answers_once_the_job_waits_for_it() -> None:
    """Not before the question is out, and once."""
    links = Links()
    attending = people(links, answered="It is order 1063.")
    for status in ("PROCESSING", "WAITING_FOR_SENDER", "WAITING_FOR_SENDER"):
        attending.look({**job(), "status": status})
    assert [one[1:] for one in links.said] == [("answer", "It is order 1063.")]
