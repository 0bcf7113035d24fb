"""The player sees every way in which an event can end elsewhere, and every stray effect."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from countersign.actions.mail import ASK_SENDER
from countersign.domain.approvals.approval import Choice
from countersign.domain.jobs.handing import CLOSED
from countersign.entrypoints.tick import tick
from countersign.extraction.inquiries import reminded
from infra.cli.job_view import as_dict
from infra.local.front.samples import Expectation
from infra.local.player import checks
from infra.local.player.effects import BY_CONNECTOR
from tests import answers
from tests.fakes.journey import Journey, accept, form
from tests.fakes.world import ANA, BEN, World
from workflows import WORKFLOWS

INTERNAL = frozenset({ANA.address, BEN.address})
EXPECT = Expectation(
    door="webhook",
    workflow="lead_intake",
    deliveries=1,
    answer=202,
    after=(),
    decision="approve",
    status="COMPLETED",
    actions={
        "crm.upsert_contact": "verified",
        "crm.create_lead": "verified",
        "crm.request_callback": "verified",
        "email.send_reply": "verified",
    },
    mails_to_sender=1,
    crm_writes=3,
    reason="it is approved",
)


class Ended:
    """One approved job, and what the world outside holds of it. Tests bend it."""

    def __init__(self) -> None:
        world = World(WORKFLOWS["lead_intake"].offline)
        journey = Journey(world, accept(world, form()))
        journey.goes()
        journey.is_decided(Choice.APPROVE)
        journey.answered()
        self.job: dict[str, Any] = copy.deepcopy(as_dict(journey.record, WORKFLOWS))
        self.journal = [self.write(n, one) for n, one in enumerate(self.job["actions"][:3], 1)]
        self.mails = [
            {"to": [sent.to], "subject": sent.subject, "text": sent.text}
            for sent in world.mail.sent
        ]

    def write(self, number: int, action: dict[str, Any]) -> dict[str, Any]:
        """A line of the journal as the demo CRM keeps it: contacts have no key."""
        is_contact = action["action"] == "crm.upsert_contact"
        return {
            "n": number,
            "type": "contacts" if is_contact else "deals",
            "id": action["receipt"]["id"],
            "key": "" if is_contact else action["key"],
            "at": self.job["updated_at"],
        }

    def faults(self) -> list[str]:
        """Everything that the player says of it."""
        outside = checks.Journals(crm=self.journal, payments=[], mails=self.mails)
        outcome = checks.outcome(EXPECT, self.job, outside)
        return outcome + checks.strays([self.job], outside, INTERNAL)


def test_what_ended_as_expected_has_no_fault() -> None:
    """An approved job whose effects are exactly the signed ones passes."""
    assert Ended().faults() == []


def _other_status(it: Ended) -> None:
    it.job["status"] = "ESCALATED"


def _other_action(it: Ended) -> None:
    it.job["actions"][1]["status"] = "failed"


def _second_write(it: Ended) -> None:
    it.journal.append({**it.journal[1], "n": 9})


def _foreign_write(it: Ended) -> None:
    it.journal.append({**it.journal[1], "n": 9, "key": "cs-of-nobody"})


def _lost_write(it: Ended) -> None:
    it.journal.pop()


def _second_mail(it: Ended) -> None:
    it.mails.append(it.mails[-1])


def _other_text(it: Ended) -> None:
    it.mails[-1]["text"] = "Send money."


def _third_party(it: Ended) -> None:
    it.mails.append({"to": ["third@party.example"], "subject": "s", "text": "t"})


def _lost_mail(it: Ended) -> None:
    it.mails.pop()


def _other_bytes(it: Ended) -> None:
    it.job["actions"][3]["body"]["params"]["text"] += "!"


def _unsigned(it: Ended) -> None:
    it.job["approvals"] = []


def _rejected(it: Ended) -> None:
    choices = it.job["approvals"][0]["decision"]["choices"]
    choices.update(dict.fromkeys(choices, "reject"))


def _broken_chain(it: Ended) -> None:
    it.job["audit"] |= {"verified": False, "faults": ["entry 3 was changed"]}


def _came_back(it: Ended) -> None:
    it.job["actions"][3]["status"] = "failed"
    it.job["status"] = "ESCALATED"


def test_a_mail_that_came_back_had_left() -> None:
    """A failed reply with a receipt accounts for the mail in the mailbox; without one, nothing."""
    it = Ended()
    _came_back(it)
    ends = {**EXPECT.actions, "email.send_reply": "failed"}
    expect = {**EXPECT.model_dump(), "status": "ESCALATED", "actions": ends}
    outside = checks.Journals(crm=it.journal, payments=[], mails=it.mails)

    def faults() -> list[str]:
        wanted = Expectation.model_validate(expect)
        return checks.outcome(wanted, it.job, outside) + checks.strays([it.job], outside, INTERNAL)

    assert faults() == []
    it.job["actions"][3]["receipt"] = None
    assert faults()


def test_a_complete_job_is_not_over_where_a_case_is_expected() -> None:
    """A bounce takes its time: the player waits for it."""
    case = Expectation.model_validate({**EXPECT.model_dump(), "status": "ESCALATED"})
    assert checks.is_over(EXPECT, {"status": "COMPLETED"})
    assert not checks.is_over(case, {"status": "COMPLETED"})
    assert checks.is_over(case, {"status": "ESCALATED"})
    assert not checks.is_over(case, {"status": "PROCESSING"})


@pytest.mark.control
def test_an_approver_who_was_reached_after_all_is_seen() -> None:
    """An event that says somebody is out of reach must show it, and that others were asked."""
    it = Ended()
    gone = Expectation.model_validate({**EXPECT.model_dump(), "unreachable": ["ana"]})
    outside = checks.Journals(crm=it.journal, payments=[], mails=it.mails)
    assert len(checks.outcome(gone, it.job, outside)) == 2


@pytest.mark.control
@pytest.mark.parametrize(
    "bend",
    [
        *(_other_status, _other_action, _second_write, _foreign_write, _lost_write),
        *(_second_mail, _other_text, _third_party, _lost_mail),
        *(_other_bytes, _unsigned, _rejected, _broken_chain),
    ],
)
def test_each_difference_is_seen(bend: Callable[[Ended], None]) -> None:
    """Whatever is more, less or other than what was signed is a fault."""
    it = Ended()
    bend(it)
    assert it.faults()


@pytest.mark.parametrize("workflow", sorted({*WORKFLOWS} - CLOSED))
def test_every_action_of_every_workflow_is_judged(workflow: str) -> None:
    """The player knows how effects of its connector are seen, and its parameters are those; no
    event comes to a workflow without a door."""
    flow = WORKFLOWS[workflow]
    for action in (*flow.actions.values(), *flow.earlier):
        if action.connector != "crm":
            assert BY_CONNECTOR[action.connector].reads <= set(action.params.model_fields), (
                action.id
            )


def test_answers_of_the_door_are_compared() -> None:
    """Every delivery must get the expected answer, and all of them one job."""
    assert checks.answers(EXPECT, [202, 202], ["j-1", "j-1"]) == []
    assert checks.answers(EXPECT, [202, 500], ["j-1", ""])
    assert checks.answers(EXPECT, [202, 202], ["j-1", "j-2"])


def test_a_refused_event_must_leave_no_job() -> None:
    """Where the door should refuse, a job is a fault."""
    refused = EXPECT.model_copy(update={"status": None, "answer": 413})
    assert checks.answers(refused, [413], [""]) == []
    assert checks.answers(refused, [413], ["j-1"]) == ["there is a job, and there should be none"]


@pytest.mark.parametrize("reminded_by_us", [True, False])
def test_a_reminder_of_a_question_is_no_stray(reminded_by_us: bool) -> None:
    """The question again, under a line that says so, where the trail says that it was sent; a mail
    like it of which the trail knows nothing is one."""
    world = answers.shop()
    journey = answers.asked(world)
    if reminded_by_us:
        world.clock.passes(days=3, minutes=1)
        tick(world.deps)
    job = as_dict(journey.record, WORKFLOWS)
    asked = answers.params(journey, ASK_SENDER.id)
    again = reminded(asked["language"], asked["text"])
    mails = [
        {"to": [asked["to"]], "subject": asked["subject"], "text": text}
        for text in (asked["text"], again)
    ]
    strays = checks.strays([job], checks.Journals([], [], mails), frozenset())
    assert bool(strays) is not reminded_by_us


def test_a_campaigns_mail_was_written_down_and_each_of_them_came_once() -> None:
    """By whom it is for and the token in its link; one too many and one too few are faults."""
    mails = [
        {"to": [f"p{n}@web.de"], "subject": "x", "text": "x", "unsubscribe": f"https://c/u/t{n}"}
        for n in range(3)
    ]
    told = [checks.letter(mail) for mail in mails]
    assert checks.strays([], checks.Journals([], [], mails, letters=told), frozenset()) == []
    for seen, written in ((mails[:2], told), ([*mails, mails[0]], told), (mails, told[1:])):
        (fault,) = checks.strays([], checks.Journals([], [], seen, letters=written), frozenset())
        assert fault.startswith("a campaign's mail of ")
