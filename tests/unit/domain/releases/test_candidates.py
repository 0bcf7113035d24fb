"""Candidate cases: what people made of a job, field by field, out of what is stored."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from countersign.domain.approvals.approval import Choice
from countersign.domain.contract import Stored
from countersign.domain.jobs.change import JobRecord
from countersign.domain.jobs.reviews import Review, ReviewAnswer
from countersign.domain.ledger.entry import ActionStatus
from countersign.domain.policy.calls import ModelCall
from countersign.domain.policy.policy import Answer
from countersign.domain.policy.proposal import Usage
from countersign.domain.releases.candidates import candidate
from countersign.domain.releases.cases import Said
from countersign.domain.workflow import Draft, Workflow
from tests.builders import AT, JOB_ID, approval, decision, fact, held, proposal
from tests.flows import workflow
from tests.unit.domain.releases.test_comparing import asked, past


def flow() -> Workflow[Any]:
    """Letters whose model says the text."""

    def draft(_: Any, answer: Any) -> Draft:
        return Draft(facts={"text": fact(answer.text)}, wishes=(), drafts={}, confidence=Decimal(1))

    return replace(workflow(), draft=draft)


def said(record: JobRecord, review: Review | None = None) -> tuple[Said, ...]:
    """What people made of it."""
    found = candidate(flow(), record, review)
    return found.said if found else ()


def call(content: str, *faults: str) -> Stored:
    """What a model answered."""
    made = ModelCall(
        plan=0,
        number=0,
        size="small",
        why="",
        asked=(),
        request="r",
        model="m",
        offline=False,
        ended="completed",
        content=content,
        faults=faults,
        usage=Usage(),
        milliseconds=1,
        at=AT,
    )
    return Stored.of(made)


def corrected(*answers: Stored) -> JobRecord:
    """Ana set the text to `hi`."""
    theirs = proposal({"text": fact("hi").model_copy(update={"by": "ana"})})
    held_ = past(results={"proposal": theirs}).record
    calls = {f"call.0.{number}": one for number, one in enumerate(answers)}
    return replace(held_, results={**held_.results, **calls})


def review(verdict: Any, **parts: Any) -> Review:
    """Somebody looked at what ran by itself."""
    answer = ReviewAnswer(by="kim", at=AT + timedelta(days=1), verdict=verdict, why="a partner")
    usual: dict[str, Any] = {
        "review_id": "r",
        "job_id": JOB_ID,
        "workflow": "letters",
        "planted": False,
    }
    return Review(**usual | parts, sampled_at=AT, answer=answer)


def test_nothing_was_overruled_is_no_candidate() -> None:
    """Nor is what was never judged."""
    assert candidate(flow(), past(held()).record) is None
    assert candidate(flow(), replace(past().record, results={})) is None


def test_a_rejection_has_its_reason_and_an_edit_each_field() -> None:
    """With what the model said and what the person made of it."""
    no = asked(None, status=ActionStatus.REJECTED, note="not ours").record
    assert said(no) == (
        Said(how="rejected", what="crm.memo", model="text call back", why="not ours"),
    )
    before = held(0, "crm.memo", text="hello").body
    entry = held(0, "crm.memo", Answer.ASK, text="hi", edited_by="ben", edited_from=before)
    request = approval(entry)
    signed = decision(request, Choice.APPROVE, reason="shorter")
    request = request.model_copy(update={"decision": signed})
    entry = entry.model_copy(update={"approval": request.approval_id})
    theirs = past(entry, approvals={request.approval_id: request}).record
    assert said(theirs) == (
        Said(how="edited", what="crm.memo text", model="hello", person="hi", why="shorter"),
    )
    mailed = replace(theirs, approvals={})
    assert said(mailed)[0].why == ""


def test_what_only_follows_from_an_edit_is_nobodys_word() -> None:
    """It runs by itself and was made anew; what was asked about, somebody may have typed into."""
    old = held(0, "crm.memo", text="hello").body
    theirs: dict[str, Any] = {"edited_by": "ben", "edited_from": old}
    led = held(0, "crm.memo", Answer.ASK, text="hi", **theirs)
    anew = [held(n, "crm.task", answer, text="hi", **theirs) for n, answer in enumerate(Answer, 1)]
    told = [(one.what, one.person) for one in said(past(led, *anew).record)]
    assert told == [("crm.memo text", "hi"), ("crm.task text", "hi"), ("crm.task text", "hi")]
    by_itself = held(1, "crm.task", text="hi", **theirs)
    assert [one.what for one in said(past(by_itself).record)] == ["crm.task text"]
    for another in ({"plan": 1}, {"edited_by": "cleo"}):
        elsewhere = led.model_copy(update=another)
        assert len(said(past(elsewhere, by_itself).record)) == 2


def test_a_corrected_fact_stands_beside_the_models_answer() -> None:
    """The last that had no fault; nothing where this code cannot read it."""
    record = corrected(call('{"text": "hello"}'), call("{}", "no text"))
    found = candidate(flow(), record)
    assert found
    assert found.answer == {"text": "hello"}
    assert found.said == (Said(how="corrected", what="text", model="hello", person="hi"),)
    assert said(corrected(call('{"other": 1}')))[0].model == ""
    assert said(corrected(call("[]")))[0].model == ""
    assert said(corrected())[0].model == ""


def test_what_ran_by_itself_and_was_wrong_is_one_and_a_planted_mistake_is_none() -> None:
    """The audit sample's error, with what the reviewer said."""
    ran = past(held(status=ActionStatus.VERIFIED)).record
    wrong = (Said(how="wrong", what="crm.memo", model="text call back", why="a partner"),)
    assert said(ran, review("wrong")) == wrong
    assert said(ran, review("ok")) == said(ran, review("wrong", planted=True)) == ()


def test_its_id_says_nothing_of_the_job() -> None:
    """And is the same at every look."""
    ran = past(held(status=ActionStatus.VERIFIED)).record
    found = [candidate(flow(), ran, review("wrong")) for _ in range(2)]
    ids = {one.id for one in found if one}
    assert len(ids) == 1
    assert JOB_ID not in ids.pop()
