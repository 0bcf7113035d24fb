"""Ending with an answer: what may be said to whoever wrote, and who may still sign it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from countersign.domain.approvals.approval import Choice, Person
from countersign.domain.errors import ContractBroken
from countersign.domain.jobs.change import JobRecord
from countersign.domain.jobs.job import Status
from countersign.domain.ledger.entry import ActionStatus
from countersign.domain.planning.answering import REPLY, Written, answered, offered
from countersign.domain.planning.charge import ANSWER, may_resolve, rejected
from countersign.domain.policy.policy import Answer, PolicyLine, Reason, Verdict
from tests.fakes.world import START
from tests.unit.steps import refunds
from workflows import WORKFLOWS

FLOW = WORKFLOWS["refund_request"]
FIXED = {"subject": "Your message", "text": "We cannot do it."}
OWN = {"subject": "Your lamp", "text": "It is past its warranty."}
ROBIN = Person(id="robin", name="Robin", address="robin@countersign.example")


def refused() -> JobRecord:
    """A refund and its reply, both rejected."""
    world = refunds.world()
    journey = refunds.asks_for(world, "1049", 30_000)
    refunds.signs(world, journey, by="robin", choice=Choice.REJECT)
    journey.answered()
    return journey.record


def written(**typed: str) -> Written:
    """The fixed answer, changed as said."""
    return Written(ROBIN, START, FIXED, {**FIXED, **typed})


def test_the_fixed_text_is_nobodys_edit_and_every_other_is_its_writers() -> None:
    """Who takes the fixed answer may sign it; whoever changes it has edited it."""
    record = refused()
    for typed, by in ((FIXED, ""), (OWN, "robin")):
        change = answered(FLOW, record, written(**typed))
        (made,) = change.ledger
        assert (change.status, made.status, made.edited_by) == (Status.RETRYING, "planned", by)
        assert made.content()["params"]["text"] == typed["text"]
        assert made.index == 1 + max(held.index for held in record.ledger)


def test_it_asks_whatever_policy_says_and_is_never_judged_milder() -> None:
    """A reply that was never planned asks for this reason alone; one that was asked keeps its
    reasons beside it."""
    record = refused()
    others = tuple(held for held in record.ledger if held.action != REPLY)
    runs = replace(FLOW.policy, lines=(PolicyLine("runs", (REPLY,), Answer.RUN),))
    mild = replace(FLOW, policy=runs)
    (plain,) = answered(mild, replace(record, ledger=others), written()).ledger
    assert plain.verdict.answer is Answer.ASK
    assert plain.verdict.rules == {ANSWER}
    why = Reason(line="old", rule="old", sentence="it was asked before")
    asked = Verdict(answer=Answer.ASK, reasons=(why,))
    ledger = tuple(held.model_copy(update={"verdict": asked}) for held in record.ledger)
    (again,) = answered(mild, replace(record, ledger=ledger), written()).ledger
    assert again.verdict.rules == {ANSWER, "old"}


def test_what_policy_forbids_what_was_rejected_and_what_is_broken_is_no_answer() -> None:
    """Each with a sentence for the person."""
    record = refused()
    held = next(held for held in record.ledger if held.action == REPLY).content()["params"]["text"]
    silent = replace(FLOW, policy=replace(FLOW.policy, lines=()))
    for flow, typed, said in (
        (silent, FIXED, "policy forbids an answer"),
        (FLOW, {"text": held}, "rejected exactly this text"),
        (FLOW, {"text": ""}, "text must not be empty"),
        (WORKFLOWS["front_desk"], FIXED, "nobody whom this job can answer"),
    ):
        with pytest.raises(ContractBroken, match=said):
            answered(flow, record, written(**typed))


def test_nobody_is_answered_twice() -> None:
    """After a reply that left, or may have, and after an answer that did, nothing is offered."""
    record = refused()
    assert offered(FLOW, record, START)
    unknown = {"status": ActionStatus.UNKNOWN}
    sent = tuple(h.model_copy(update=unknown if h.action == REPLY else {}) for h in record.ledger)
    assert offered(FLOW, replace(record, ledger=sent), START) is None
    (made,) = answered(FLOW, record, written()).ledger
    done = made.model_copy(update={"status": ActionStatus.VERIFIED})
    assert not rejected(replace(record, ledger=(*record.ledger, done)))


def test_who_was_asked_may_say_what_becomes_of_it() -> None:
    """Both tiers, the owner of the process and operations; nobody of another process."""
    record, said = refused(), {}
    for role in ("refunds", "refunds-lead", "payments-ops", "operations", "sales"):
        said[role] = may_resolve(refunds.member("kay", role, 0), record, FLOW).allowed
    assert [role for role, may in said.items() if not may] == ["sales"]


@pytest.mark.control
def test_control_a_job_that_nobody_rejected_is_not_answered_so() -> None:
    """It waits, and its own reply is what it says."""
    waiting = refunds.asks_for(refunds.world(), "1049", 30_000)
    assert offered(FLOW, waiting.record, START) is None
