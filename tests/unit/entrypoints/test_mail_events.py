"""Mails that come back: replies fail and become cases, approvers out of reach bring a next tier."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from countersign.domain.approvals.approval import Choice
from countersign.domain.approvals.directory import Member
from countersign.domain.errors import Ambiguous, StoreConflict
from countersign.domain.jobs.audit import Entry
from countersign.domain.jobs.change import Change
from countersign.domain.jobs.job import Job
from countersign.domain.jobs.mail_events import returned
from countersign.domain.mail import Email
from countersign.entrypoints.mail_events import came_back, count
from countersign.entrypoints.tick import tick
from countersign.jobs.cases import take_out
from countersign.jobs.rollback import roll_back
from countersign.runtime.deps import UPDATE_TRIES
from countersign.runtime.step import Call, run
from countersign.steps.act.handler import act
from countersign.steps.decide import decide
from countersign.steps.look import look
from tests.fakes.journey import Journey, accept, form
from tests.fakes.returns import event
from tests.fakes.store import FakeStore
from tests.fakes.world import ANA, BEN, CLEO, FakeMail, World
from tests.unit.steps.test_journeys import SENDER, offline


@pytest.fixture
def world() -> World:
    return World(offline)


@pytest.fixture
def waiting(world: World) -> Journey:
    """A job whose reply waits for Ana or Ben."""
    journey = Journey(world, accept(world, form()))
    journey.goes()
    return journey


@pytest.fixture
def replied(waiting: Journey) -> Journey:
    """A job that is complete, its reply accepted by the provider."""
    waiting.is_decided(Choice.APPROVE)
    assert waiting.answered() == "Close"
    return waiting


def comes(world: World, told: dict[str, Any]) -> bool:
    """The event comes to the door, and time goes on: whether the door changed anything."""
    value = returned(told)
    assert value
    changed = came_back(world.deps, value)
    tick(world.deps)
    return changed


def reply(world: World) -> Email:
    (mail,) = world.mail.to(SENDER)
    return mail


def sent_as(journey: Journey) -> str:
    """The provider's id of the reply."""
    receipt = journey.record.ledger[3].receipt
    return receipt.id if receipt else "mail-3"


def asked(world: World, journey: Journey, *people: str) -> list[Email]:
    """The requests that were mailed about the job."""
    by_job = [mail for mail in world.mail.sent if mail.about.get("job") == journey.job_id]
    links = [mail for mail in by_job if mail.about["part"].startswith("link-")]
    return [mail for mail in links if not people or mail.to in people]


def test_every_mail_of_a_job_says_what_it_is_about(world: World, replied: Journey) -> None:
    """A reply names its action by key, a request its link by id; no secret is in a tag."""
    held = replied.record.ledger[3]
    assert reply(world).about == {"job": replied.job_id, "part": held.key}
    for mail in asked(world, replied):
        link, _, secret = mail.text.partition("/approvals/")[2].split()[0].partition("/")
        assert mail.about == {"job": replied.job_id, "part": f"link-{link}"}
        assert secret
        assert secret not in str(mail.about)


@pytest.mark.parametrize(
    ("word", "note"),
    [
        ("bounce", "bounced: Permanent/General"),
        ("suppressed", "bounced: Permanent/OnAccountSuppressionList"),
        ("complaint", "complaint: abuse"),
    ],
)
def test_a_reply_that_comes_back_has_failed_and_its_job_becomes_a_case(
    world: World, replied: Journey, word: str, note: str
) -> None:
    """Acceptance was the receipt until then; the workflow's owner gets the case, and a mail."""
    before = len(world.mail.sent)
    assert comes(world, event(reply(world), sent_as(replied), word))
    record = replied.record
    assert (record.ledger[3].status, record.ledger[3].note) == ("failed", note)
    assert record.job.status == "ESCALATED"
    assert record.case
    assert (record.case.owner, note in record.case.reason) == ("sales-ops", True)
    assert [one.event for one in record.audit][-3:] == [
        "mail came back",
        "escalated",
        "returned settled",
    ]
    (notice,) = world.mail.sent[before:]
    assert (notice.to, notice.about["part"]) == (ANA.address, "case")


def test_the_same_event_again_changes_nothing(world: World, replied: Journey) -> None:
    """EventBridge delivers at least once: one failure, one case, one mail."""
    told = event(reply(world), sent_as(replied))
    comes(world, told)
    record, mails = replied.record, len(world.mail.sent)
    for _ in range(3):
        assert not comes(world, told)
    assert replied.record == record
    assert len(world.mail.sent) == mails


def test_a_soft_bounce_fails_nothing(world: World, replied: Journey) -> None:
    """An automatic answer or a full mailbox is no evidence that the mail is lost."""
    record = replied.record
    assert not comes(world, event(reply(world), sent_as(replied), "ooto"))
    assert replied.record == record


@pytest.mark.parametrize(
    "forged",
    [
        {"part": "cs-" + "0" * 32},
        {"part": "link-nobody"},
        {"part": "action-3"},
        {"part": ""},
        {"job": "j-nobody"},
        {"job": ""},
    ],
    ids=str,
)
def test_a_forged_part_or_job_changes_nothing(
    world: World, replied: Journey, forged: dict[str, str]
) -> None:
    """What a mail says it is about is believed only where the tables bear it out."""
    record = replied.record
    assert not comes(world, event(reply(world), sent_as(replied), **forged))
    assert replied.record == record


def test_an_event_about_another_jobs_action_changes_neither(world: World, replied: Journey) -> None:
    """The action must be one of the job that is named: a mixture of two is refused."""
    other = Journey(world, accept(world, form(email="bo@kontor.example"), event="evt-2"))
    other.goes()
    records = replied.record, other.record
    assert not comes(world, event(reply(world), sent_as(replied), job=other.job_id))
    part = asked(world, other)[0].about["part"]
    assert not comes(world, event(reply(world), "mail-9", part=part))
    assert (replied.record, other.record) == records


def test_a_late_event_about_an_earlier_sending_does_not_fail_the_later_one(
    world: World, replied: Journey
) -> None:
    """After a resumed case the same bytes left again: the old bounce is about the old mail."""
    record = replied.record
    assert not comes(world, event(reply(world), "mail-of-long-ago"))
    assert replied.record == record


@pytest.mark.control
def test_without_the_providers_id_the_old_bounce_would_fail_the_new_mail(
    world: World, replied: Journey
) -> None:
    """Control: an entry that does not remember its sending takes the stale event for its own."""
    record = replied.record
    forgetful = record.ledger[3].model_copy(update={"receipt": None})
    world.store.put(replace(record, ledger=(*record.ledger[:3], forgetful)))
    assert comes(world, event(reply(world), "mail-of-long-ago"))


def test_a_bounce_settles_an_unknown_outcome(world: World, waiting: Journey) -> None:
    """The answer was lost, but a mail that bounces was sent: unknown becomes failed, by evidence;
    the case that is open stays the only one."""
    world.mail.fails_with(Ambiguous("lost"), after_sending=True)
    waiting.is_decided(Choice.APPROVE)
    waiting.answered()
    case = waiting.record.case
    assert waiting.statuses()["email.send_reply"] == "unknown"
    assert comes(world, event(reply(world), "mail-of-ses"))
    assert waiting.statuses()["email.send_reply"] == "failed"
    assert waiting.record.case == case


def test_a_bounce_after_a_rollback_is_told_in_its_case(world: World, replied: Journey) -> None:
    """The reply stays kept, since it was sent; the open case says that it did not arrive, once."""
    roll_back(world.deps, replied.job_id, by="ana", reason="a test")
    Journey(world, replied.job_id).goes()
    assert replied.statuses()["email.send_reply"] == "kept"
    said = event(reply(world), sent_as(replied))
    assert comes(world, said)
    assert not comes(world, said)
    held, case = replied.record.ledger[3], replied.record.case
    assert (held.status, held.note.partition(";")[0]) == ("kept", "bounced: Permanent/General")
    assert case
    assert case.reason.count("did not reach its recipient (bounced: Permanent/General") == 1


def test_a_bounce_after_that_case_was_closed_opens_another(world: World, replied: Journey) -> None:
    """Nobody looks at a job that is complete: what came back late is a case of its own."""
    roll_back(world.deps, replied.job_id, by="ana", reason="a test")
    Journey(world, replied.job_id).goes()
    take_out(world.deps, replied.job_id, "close", by="kim", words="it may stay", facts={})
    assert replied.record.job.status == "COMPLETED"
    assert comes(world, event(reply(world), sent_as(replied)))
    assert replied.record.job.status == "ESCALATED"
    assert "did not reach its recipient" in replied.record.job.reason


class Hasty(Journey):
    """A journey in which the reply comes back between Act and Close."""

    def __init__(self, world: World, job_id: str) -> None:
        super().__init__(world, job_id)
        self._told = world

    def _enter(self, state: str, given: dict[str, Any], execution: str) -> Any:
        if state == "Close":
            told = returned(event(reply(self._told), sent_as(self), "suppressed"))
            assert told
            assert came_back(self._told.deps, told)
        return super()._enter(state, given, execution)


def test_a_bounce_before_the_job_has_closed_still_becomes_a_case(world: World) -> None:
    """A suppressed address bounces at once, between Act and Close: no failure is overlooked."""
    journey = Hasty(world, accept(world, form()))
    journey.goes()
    journey.is_decided(Choice.APPROVE)
    assert journey.answered() == "Close"
    tick(world.deps)
    assert journey.record.job.status == "ESCALATED"
    assert journey.record.case


def test_an_approver_whose_mail_bounces_brings_the_next_tier_at_once(
    world: World, waiting: Journey
) -> None:
    """Not after eight hours: the lead is asked now, the others keep their links, and who is out of
    reach gets no reminder."""
    (mail,) = asked(world, waiting, ANA.address)
    assert comes(world, event(mail, "mail-1"))
    approval = waiting.record.pending
    assert approval
    assert approval.unreachable == ("ana",)
    assert [mail.to for mail in asked(world, waiting)] == [ANA.address, BEN.address, CLEO.address]
    entry = next(one for one in waiting.record.audit if one.event == "mail came back")
    assert entry.fields["why"].value == "bounced: Permanent/General"
    world.clock.passes(hours=4, minutes=1)
    tick(world.deps)
    assert len(asked(world, waiting, ANA.address)) == 1
    waiting.is_decided(Choice.APPROVE, by="cleo")
    assert waiting.answered() == "Close"


@pytest.mark.control
def test_without_the_event_the_next_tier_waits_for_its_time(world: World, waiting: Journey) -> None:
    """Control: time alone asks nobody further for eight hours."""
    for _ in range(7):
        world.clock.passes(hours=1)
        tick(world.deps)
    assert asked(world, waiting, CLEO.address) == []


def test_a_second_delivery_asks_nobody_again(world: World, waiting: Journey) -> None:
    """One bounce is one step up, however often it is told."""
    (mail,) = asked(world, waiting, ANA.address)
    comes(world, event(mail, "mail-1"))
    record, mails = waiting.record, len(world.mail.sent)
    assert not comes(world, event(mail, "mail-1"))
    assert waiting.record == record
    assert len(world.mail.sent) == mails


def test_when_nobody_can_be_reached_a_case_opens_at_once(world: World, waiting: Journey) -> None:
    """All who were asked bounce and no tier is left: not approved, the waiting execution goes on
    and hands over, long before the deadline."""
    for person in (ANA, BEN, CLEO):
        (mail,) = asked(world, waiting, person.address)
        assert world.executions.succeeded == []
        assert comes(world, event(mail, "mail"))
    assert len(world.executions.succeeded) == 1
    assert waiting.answered() == "Escalate"
    assert waiting.record.job.status == "ESCALATED"
    assert waiting.statuses()["email.send_reply"] == "expired"
    assert "mail reaches too few" in waiting.record.ledger[3].note


def test_somebody_in_reach_keeps_the_request_open(world: World, waiting: Journey) -> None:
    """Two of three bounced: the third may still sign, and nobody decides instead."""
    for person in (CLEO, ANA, BEN)[1:]:
        comes(world, event(asked(world, waiting, person.address)[0], "mail"))
    assert waiting.record.pending
    waiting.is_decided(Choice.APPROVE, by="cleo")
    assert waiting.answered() == "Close"


def test_a_complaint_about_a_request_asks_nobody_else(world: World, waiting: Journey) -> None:
    """That mail arrived: it is counted, and the request stays as it is."""
    record = waiting.record
    assert not comes(world, event(asked(world, waiting)[0], "mail-1", "complaint"))
    assert waiting.record == record


def test_a_bounce_after_the_decision_changes_nothing(world: World, replied: Journey) -> None:
    """Whoever could not be reached is not needed any more."""
    record = replied.record
    assert not comes(world, event(asked(world, replied, BEN.address)[0], "mail-2"))
    assert replied.record == record


@pytest.mark.parametrize(
    "odd",
    [
        {},
        {"detail-type": "Email Delivered", "detail": {}},
        {"detail-type": "Email Bounced"},
        {"detail-type": "Email Bounced", "detail": "text"},
        {"detail-type": ["Email Bounced"], "detail": {}},
    ],
    ids=str,
)
def test_what_is_no_returned_mail_is_none(odd: dict[str, Any]) -> None:
    """Anything else on the bus is not read as one."""
    assert returned(odd) is None


def test_what_the_provider_says_is_bounded_and_plain() -> None:
    """The words go into notes, mails and pages: no sign of markup, at most forty letters each."""
    told = returned(
        {
            "detail-type": "Email Rejected",
            "detail": {
                "reject": {"reason": "<b>Bad</b>\r\n" + "x" * 500},
                "mail": {"messageId": 7, "tags": {"job": "j-1", "part": ["a b"]}},
            },
        }
    )
    assert told
    assert told.words.startswith("rejected: bBadbxxx")
    assert len(told.words) <= 60
    assert (told.message_id, told.job_id, told.part) == ("", "", "")


def test_a_member_without_a_later_tier_is_enough(world: World, waiting: Journey) -> None:
    """Where the next tier is empty, the colleague in reach keeps the request open."""
    world.people.leaves(CLEO)
    comes(world, event(asked(world, waiting, ANA.address)[0], "mail-1"))
    assert waiting.record.pending
    assert isinstance(world.people.directory().member("ben"), Member)
    assert comes(world, event(asked(world, waiting, BEN.address)[0], "mail-2"))
    assert waiting.record.pending is None


class Hurried(FakeMail):
    """A provider whose bounce is told before its answer is stored."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self._world = world

    def send(self, email: Email) -> str:
        message_id = super().send(email)
        told = returned(event(email, message_id, "suppressed"))
        assert told
        assert came_back(self._world.deps, told)
        return message_id


def test_a_bounce_that_overtakes_its_own_answer_is_kept(world: World, waiting: Journey) -> None:
    """The write of Act that says "accepted" loses, its retry finds the failure and hands over:
    nothing is sent twice."""
    waiting.is_decided(Choice.APPROVE)
    world.mail = mail = Hurried(world)
    world.deps = world.deps_again()
    hasty = Journey(world, waiting.job_id)
    call = Call(job_id=hasty.job_id, execution=hasty.job_id, state="Look")
    run(world.deps, look, call)
    run(world.deps, decide, call)
    call = call.model_copy(update={"state": "Act", "input": {"connector": "mail"}})
    with pytest.raises(StoreConflict):
        run(world.deps, act, call)
    assert run(world.deps, act, call)["next"] == "Escalate"
    held = hasty.record.ledger[3]
    assert (held.status, held.note) == ("failed", "bounced: Permanent/OnAccountSuppressionList")
    assert held.receipt
    assert len(mail.sent) == 1


@pytest.mark.parametrize(
    ("word", "metric"),
    [("bounce", "MailsBounced"), ("complaint", "MailComplaints"), ("ooto", "MailsDelayed")],
)
def test_every_mail_that_comes_back_is_counted(
    capsys: pytest.CaptureFixture[str], word: str, metric: str
) -> None:
    """Also those that are about no job, a sign-in link for one: without any id in a dimension."""
    told = returned(event(Email(to="ann@example.com", subject="s", text="t"), "mail-1", word))
    assert told
    count(told)
    line = json.loads(capsys.readouterr().out.splitlines()[-1])
    (emf,) = line["_aws"]["CloudWatchMetrics"]
    assert [one["Name"] for one in emf["Metrics"]] == [metric]
    assert set(emf["Dimensions"][0]) <= {"service"}


class Contended(FakeStore):
    """A store in which others write first, as often as is said."""

    def __init__(self, held: FakeStore, times: int) -> None:
        self.__dict__ = held.__dict__
        self.others = times

    def write(self, before: Job, after: Job, entry: Entry, change: Change) -> None:
        if self.others:
            self.others -= 1
            raise StoreConflict("the job changed meanwhile")
        super().write(before, after, entry, change)


def test_a_job_that_others_write_is_read_again(world: World, replied: Journey) -> None:
    """A few conflicts are waited out; more are left to the next delivery of the event."""
    told = returned(event(reply(world), sent_as(replied)))
    assert told
    world.store = Contended(world.store, UPDATE_TRIES)
    world.deps = world.deps_again()
    with pytest.raises(StoreConflict):
        came_back(world.deps, told)
    world.store.others = UPDATE_TRIES - 1
    assert came_back(world.deps, told)
    assert replied.statuses()["email.send_reply"] == "failed"
