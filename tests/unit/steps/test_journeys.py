"""Whole jobs through the real steps, on fakes: what ends where, and what took effect."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from countersign.domain.approvals.approval import Choice
from countersign.domain.errors import (
    Ambiguous,
    ContractBroken,
    DefinitionBroken,
    Refused,
    Throttled,
    Unavailable,
)
from countersign.domain.jobs.audit import verify
from countersign.domain.jobs.unread import UNREAD, Unread
from countersign.domain.policy.calls import calls_of
from countersign.domain.policy.proposal import Proposal
from countersign.domain.policy.rules import Findings
from countersign.entrypoints.tick import tick
from tests.fakes.journey import Journey, accept, form
from tests.fakes.world import World
from workflows import WORKFLOWS

SENDER = "anna.lindner@hafenwerk.example"
CRM = ("crm.upsert_contact", "crm.create_lead", "crm.request_callback")


def offline(shown: str) -> Mapping[str, Any]:
    return WORKFLOWS["lead_intake"].offline(shown)


@pytest.fixture
def world() -> World:
    return World(offline)


def begin(world: World, **fields: Any) -> Journey:
    journey = Journey(world, accept(world, form(**fields)))
    journey.goes()
    return journey


def ends(journey: Journey) -> tuple[str, str]:
    job = journey.record.job
    faults = verify(journey.record.audit, length=job.audit_length, head=job.audit_head)
    assert faults == []
    return job.status.value, job.reason


def test_a_clear_form_is_in_the_crm_before_anybody_signs_and_the_reply_waits(world: World) -> None:
    """What policy lets run runs at once; what needs a signature waits, and nothing is mailed."""
    journey = begin(world)
    assert journey.record.job.status == "WAITING_FOR_REVIEW"
    assert [journey.statuses()[a] for a in CRM] == ["verified"] * 3
    assert len(world.crm.journal) == 3
    assert world.mail.to(SENDER) == []


def test_an_approved_reply_is_sent_exactly_as_it_was_shown(world: World) -> None:
    """The mail that leaves has the very text of the signed bytes."""
    journey = begin(world)
    signed = journey.record.ledger[3].content()["params"]
    journey.is_decided(Choice.APPROVE)
    assert journey.answered() == "Close"
    assert ends(journey) == ("COMPLETED", "")
    (mail,) = world.mail.to(SENDER)
    assert (mail.subject, mail.text) == (signed["subject"], signed["text"])


def test_a_rejected_reply_leaves_the_job_completed_with_that_action_rejected(world: World) -> None:
    """The CRM was written before; only the reply does not happen."""
    journey = begin(world)
    journey.is_decided(Choice.REJECT, reason="wrong tone")
    journey.answered()
    assert ends(journey)[0] == "COMPLETED"
    assert journey.statuses()["email.send_reply"] == "rejected"
    assert world.mail.to(SENDER) == []


def test_nobody_decides_is_not_approved_and_becomes_a_case(world: World) -> None:
    """Time decides by the same write as a person; the job is handed over, nothing is mailed."""
    journey = begin(world)
    for _ in range(2):
        world.clock.passes(hours=9)
        tick(world.deps)
    assert world.executions.succeeded
    assert journey.answered() == "Escalate"
    assert ends(journey) == ("ESCALATED", "nobody decided in time")
    assert world.mail.to(SENDER) == []
    assert "nobody decided in time" in world.mail.sent[-1].text


def test_broken_input_is_a_case_with_its_body_and_the_fields_that_broke_it(world: World) -> None:
    """The reason names the fields and never their values; the body is kept, masked, for who takes
    the case up, and nothing ran."""
    card = "4111 1111 1111 1111"
    journey = Journey(world, accept(world, form(email=None, phone=7, company=card)))
    assert journey.goes() == "Escalate"
    status, reason = ends(journey)
    assert status == "ESCALATED"
    held = journey.record.results[UNREAD].as_(Unread)
    assert "40 licences" in held.text
    assert card not in held.text
    assert any("email" in one for one in held.problems)
    assert "email" in reason
    assert "phone" in reason
    assert world.crm.journal == []


class Broken(dict[str, Any]):
    """Workflows of which a stage file says nonsense."""

    def __getitem__(self, name: str) -> Any:
        raise DefinitionBroken(f"{name}/stages/prod.toml: max_output_tokens: too many")

    def get(self, name: str, default: Any = None) -> Any:  # noqa: ARG002 - a dict's shape
        return self[name]


def test_a_stage_file_that_cannot_be_read_is_no_fault_of_the_sender(world: World) -> None:
    """The job becomes a case of operations that names the file; it is not rejected, and counts as
    a defect of ours."""
    job_id = accept(world, form())
    world.workflows = Broken()
    journey = Journey(world, job_id, world.deps_again())
    journey.goes()
    assert journey.visited == ["Prepare", "Escalate"]
    status, reason = ends(journey)
    assert (status, "prod.toml: max_output_tokens" in reason) == ("ESCALATED", True)
    assert journey.record.case
    assert journey.record.case.owner == "operations"


def test_bytes_that_nobody_can_read_become_a_case(world: World) -> None:
    """They are quarantined with a reason; the raw bytes stay where they are."""
    journey = Journey(world, accept(world, b"\x00\x01\x02PK\x03\x04", door="upload"))
    assert journey.goes() == "Escalate"
    assert ends(journey)[0] == "ESCALATED"
    assert "raw/evt-1" in world.payloads.keys()  # noqa: SIM118 - a method of the fake


def test_a_wrong_answer_is_repaired_once(world: World) -> None:
    """The second request shows the model its own answer and what is wrong with it."""
    world.model.answers('{"contract": "broken"}')
    journey = begin(world)
    assert len(world.model.asked) == 2
    assert [role for role, _ in world.model.asked[1].messages][-2:] == ["assistant", "user"]
    assert journey.record.job.status == "WAITING_FOR_REVIEW"


def test_an_answer_that_stays_wrong_becomes_a_case(world: World) -> None:
    """Invalid after its repair and from the larger model: no effect, and a person gets the job,
    with every answer."""
    world.model.answers("not json", '{"still": "wrong"}', "[]")
    journey = begin(world)
    kept = calls_of(journey.record.results)
    assert [(one.size, one.repairs, one.content) for one in kept] == [
        ("small", False, "not json"),
        ("small", True, '{"still": "wrong"}'),
        ("large", False, "[]"),
    ]
    assert all(one.faults for one in kept)
    assert ends(journey)[0] == "ESCALATED"
    assert world.crm.journal == []


def test_a_quote_that_the_source_does_not_contain_is_not_believed(world: World) -> None:
    """An answer with an invented quote goes to repair; then nothing runs, and a person sees what
    the model said."""
    shown = json.loads(json.dumps(offline(_prompt(world))))
    shown["need"]["quotes"] = ["a sentence that nobody wrote"]
    world.model.answers(json.dumps(shown), json.dumps(shown))
    journey = begin(world)
    found = journey.record.results["findings"].as_(Findings).found
    assert "need" in {one.rule: one.value for one in found}["facts.dropped"]
    assert set(journey.statuses().values()) == {"planned"}
    assert journey.record.job.status == "WAITING_FOR_REVIEW"


def test_when_the_model_is_down_everything_is_asked(world: World) -> None:
    """The heuristics answer with a confidence of 0.3 at most: no action runs by itself."""
    world.model.broken = Unavailable("the model is down")
    journey = begin(world)
    assert "Fallback" in journey.visited
    assert set(journey.statuses().values()) == {"planned"}
    assert world.crm.journal == []
    journey.is_decided(Choice.APPROVE)
    assert journey.answered() == "Close"
    assert len(world.crm.journal) == 3


def breaks(_shown: str) -> Mapping[str, Any]:
    """A reader of our own that breaks a contract itself."""
    raise ContractBroken("lead_intake.answer: need: missing")


@pytest.mark.parametrize("reader", [breaks, lambda _shown: {"need": 3}], ids=["raises", "says"])
def test_a_fallback_that_breaks_its_contract_is_no_fault_of_the_sender(reader: Any) -> None:
    """The model is down and our own reader fails: a person gets the job; it is not rejected."""
    flow = replace(WORKFLOWS["lead_intake"], offline=reader)
    world = World(offline, {flow.id: flow})
    world.model.broken = Unavailable("the model is down")
    journey = begin(world)
    assert journey.visited[-2:] == ["Fallback", "Escalate"]
    status, reason = ends(journey)
    assert (status, "heuristics' answer breaks its contract" in reason) == ("ESCALATED", True)


def test_a_contact_who_opts_out_while_the_reply_waits_is_not_mailed(world: World) -> None:
    """Records are read again after the wait and policy judges again: stricter wins over signed."""
    journey = begin(world)
    (contact,) = world.crm.all("contacts")
    world.crm.somebody_edits(contact.id, hs_email_optout="true")
    journey.is_decided(Choice.APPROVE)
    journey.answered()
    assert journey.statuses()["email.send_reply"] == "forbidden"
    assert world.mail.to(SENDER) == []


def test_a_second_message_of_one_contact_joins_the_earlier_lead(world: World) -> None:
    """The same words again end as one lead: the second's job has no plan of its own."""
    begin(world)
    second = Journey(world, accept(world, form(), event="evt-2"))
    second.goes()
    assert (ends(second)[0], second.statuses()) == ("COMPLETED", {})
    assert len(world.crm.all("deals")) == len(world.crm.all("tasks")) == 1


@pytest.mark.parametrize("field", ["body", "digest"])
def test_bytes_changed_after_the_signature_never_run(world: World, field: str) -> None:
    """Act recomputes the digest from the stored bytes: a changed byte is a failed action."""
    journey = begin(world)
    journey.is_decided(Choice.APPROVE)
    record = journey.record
    reply = record.ledger[3]
    changed = {"body": reply.body.replace("hafenwerk", "hafenwelt"), "digest": "0" * 64}[field]
    forged = reply.model_copy(update={field: changed})
    world.store.put(replace(record, ledger=(*record.ledger[:3], forged)))
    journey.answered()
    assert ends(journey)[0] == "ESCALATED"
    assert world.mail.to(SENDER) == []


def test_a_lost_answer_of_a_target_without_keys_is_unknown_and_never_sent_twice(
    world: World,
) -> None:
    """Mail may have left: the job becomes a case, and resuming it is refused."""
    journey = begin(world)
    journey.is_decided(Choice.APPROVE)
    world.mail.fails_with(Ambiguous("the answer was lost"), after_sending=True)
    journey.answered()
    assert ends(journey)[0] == "ESCALATED"
    assert journey.statuses()["email.send_reply"] == "unknown"
    assert len(world.mail.to(SENDER)) == 1


def test_a_throttled_mail_is_put_back_and_sent_by_the_retry(world: World) -> None:
    """Nothing was sent, so the retry may send: it must not read its own claim as unknown."""
    journey = begin(world)
    journey.is_decided(Choice.APPROVE)
    world.mail.fails_with(Throttled("slow down", 1200.0))
    assert journey.answered() == "Park"
    world.clock.passes(minutes=20)
    tick(world.deps)
    journey.goes()
    assert ends(journey)[0] == "COMPLETED"
    assert len(world.mail.to(SENDER)) == 1


def test_a_lost_answer_of_a_target_with_keys_is_found_again(world: World) -> None:
    """The CRM applied the write; the next attempt finds it by its key and writes no second one."""
    journey = Journey(world, accept(world, form()))
    world.crm.loses_the_answer()
    journey.goes()
    world.clock.passes(minutes=3)
    tick(world.deps)
    journey.goes()
    assert journey.record.job.status == "WAITING_FOR_REVIEW"
    assert len(world.crm.all("deals")) == 1
    assert len(world.crm.all("contacts")) == 1


def test_a_target_that_lies_is_not_believed(world: World) -> None:
    """An answer of 200 that applied nothing fails on reading back, in every plan that is made."""
    journey = Journey(world, accept(world, form()))
    world.crm.lies(times=3)
    journey.goes()
    assert ends(journey)[0] == "ESCALATED"
    assert journey.statuses()["crm.upsert_contact"] == "failed"


def test_a_refusing_crm_hands_the_job_over(world: World) -> None:
    """What the other side will refuse again is for a person."""
    journey = Journey(world, accept(world, form()))
    world.crm.fails_with(Refused("property country is not allowed"))
    journey.goes()
    assert ends(journey) == ("ESCALATED", "property country is not allowed")


def test_a_crm_that_is_down_parks_the_job_and_a_person_gets_it_in_the_end(world: World) -> None:
    """Six waits, each a new execution that asks the model nothing; then a case."""
    journey = Journey(world, accept(world, form()))
    world.crm.fails_with(Unavailable("down"), times=100)
    journey.goes()
    for _ in range(6):
        assert journey.record.job.status == "PARKED"
        world.clock.passes(hours=25)
        tick(world.deps)
        journey.goes()
    assert ends(journey)[0] == "ESCALATED"
    assert len(world.model.asked) == 1


def test_an_execution_that_lost_its_job_touches_nothing(world: World) -> None:
    """After a redrive the old execution's next step ends quietly."""
    journey = begin(world)
    world.executions.dead.add(journey.job_id)
    record = journey.record
    renamed = record.job.model_copy(update={"execution": "somebody-else"})
    before = world.store.writes
    world.store.put(replace(record, job=renamed))
    journey_of_old = Journey(world, journey.job_id)
    journey_of_old._enter("Look", {}, journey.job_id)
    assert world.store.writes == before


def _prompt(world: World) -> str:
    """What the model is shown for the clear form."""
    other = World(offline)
    begin(other)
    del world
    return next(text for role, text in other.model.asked[0].messages if role == "user")


def _quoting(name: str, quote: str) -> World:
    """A model that gives a quote for one fact that nobody wrote, and stays with it."""

    def answers(shown: str) -> Mapping[str, Any]:
        said = json.loads(json.dumps(offline(shown)))
        return {**said, name: {**said[name], "quotes": [quote]}}

    return World(answers)


def test_one_bad_quote_costs_one_fact(world: World) -> None:
    """The fact is dropped and named, the confidence is lower, and the others do what they do."""
    clear = begin(world).record.results["proposal"].as_(Proposal)
    journey = begin(_quoting("company", "Never written Ltd"))
    proposal = journey.record.results["proposal"].as_(Proposal)
    assert set(proposal.dropped) == {"company"}
    assert set(proposal.facts) == set(clear.facts) - {"company"}
    assert proposal.confidence < clear.confidence
    assert [journey.statuses()[a] for a in CRM] == ["verified"] * 3


@pytest.mark.control
def test_control_an_answer_that_is_none_goes_to_a_person() -> None:
    """Control: dropping facts is not believing everything; without an answer there is no plan."""
    journey = begin(World(lambda _shown: {"facts": "none"}))
    assert ends(journey)[0] == "ESCALATED"
