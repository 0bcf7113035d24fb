"""A reply is not sent when a colleague has answered already."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from countersign.domain.approvals.approval import Choice
from countersign.domain.policy.policy import Answer
from countersign.domain.policy.rules import findings
from tests.fakes.journey import Journey, accept, form
from tests.fakes.world import World
from tests.unit.steps.test_journeys import SENDER, offline
from tests.unit.workflows.bench import NOW
from tests.unit.workflows.pipeline import WORKFLOW, judge, read

RULE = "reply.already_answered"
RECEIVED = NOW - timedelta(hours=3)


def mail(minutes: float, **fields: str) -> dict[str, str]:
    """A mail of a colleague, so long after the message was received."""
    at = (RECEIVED + timedelta(minutes=minutes)).isoformat()
    return {"hs_timestamp": at, "hs_email_direction": "EMAIL", **fields}


@pytest.mark.parametrize(
    ("sent", "answered"),
    [
        ([], False),
        ([mail(5)], True),
        ([mail(0)], True),
        ([mail(-1), mail(-600)], False),
        ([mail(-1), mail(90)], True),
        ([mail(5, hs_email_direction="INCOMING_EMAIL")], False),
        ([mail(5, hs_email_direction="FORWARDED_EMAIL")], False),
        ([mail(5, hs_email_direction="")], False),
        ([mail(5, hs_email_status="BOUNCED")], False),
        ([mail(5, hs_timestamp="yesterday")], False),
    ],
)
def test_only_a_mail_of_ours_since_the_message_is_an_answer(
    sent: list[dict[str, str]], answered: bool
) -> None:
    """Not what was sent before, not what came in, not what did not arrive; the reply is then
    forbidden with that reason, whatever else allows it, and the CRM is not concerned."""
    outcome = judge(read(form()), {"sent": sent})
    seen = replace(outcome.situation, received_at=RECEIVED)
    found = findings(WORKFLOW.rules, seen)
    assert any(one.rule == RULE for one in found) is answered
    verdict = WORKFLOW.policy.verdict("email.send_reply", found)
    assert (verdict.answer is Answer.FORBID) is answered
    assert WORKFLOW.policy.verdict("crm.create_lead", found).answer is Answer.RUN
    if answered:
        assert [reason.rule for reason in verdict.reasons] == [RULE]


@pytest.fixture
def world() -> World:
    return World(offline)


def test_a_colleague_who_answers_while_the_reply_waits_makes_it_needless(world: World) -> None:
    """Records are read again after the signature: what was signed is not sent any more."""
    journey = Journey(world, accept(world, form()))
    journey.goes()
    world.clock.passes(minutes=20)
    world.crm.somebody_mails(SENDER, world.clock.now())
    journey.is_decided(Choice.APPROVE)
    assert journey.answered() == "Close"
    assert journey.statuses()["email.send_reply"] == "forbidden"
    assert journey.record.job.status == "COMPLETED"
    assert journey.record.job.reason == "a colleague has answered since the message came"
    assert world.mail.to(SENDER) == []


@pytest.mark.control
def test_an_older_mail_or_the_persons_own_keeps_nobody_from_replying(world: World) -> None:
    """Control: of the same correspondence, what is no answer to this message does not count."""
    world.crm.has_contact(SENDER)
    world.crm.somebody_mails(SENDER, world.clock.now() - timedelta(hours=1))
    journey = Journey(world, accept(world, form()))
    journey.goes()
    world.clock.passes(minutes=20)
    incoming = {"hs_email_direction": "INCOMING_EMAIL"}
    world.crm.somebody_mails(SENDER, world.clock.now(), **incoming)
    journey.is_decided(Choice.APPROVE)
    assert journey.answered() == "Close"
    assert journey.statuses()["email.send_reply"] == "verified"
    assert len(world.mail.to(SENDER)) == 1
