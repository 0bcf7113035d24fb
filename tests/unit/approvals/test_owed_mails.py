"""Mails of requests: what is owed is mailed, to today's people, in one thread, and counted."""

from __future__ import annotations

from datetime import timedelta

import pytest

from countersign.domain.approvals.approval import Approval, Choice
from countersign.domain.approvals.directory import Away, Member
from countersign.domain.errors import Ambiguous, Refused, Throttled, Unavailable
from countersign.domain.mail import Email
from countersign.entrypoints.tick import tick
from infra.cli.people.changes import look_again
from tests.fakes.journey import Journey, accept, form
from tests.fakes.world import ANA, BEN, CLEO, World
from tests.unit.approvals.test_approval_edit import asked_job, at_work
from tests.unit.approvals.test_approval_question import asks
from tests.unit.approvals.test_second_signer import INES
from tests.unit.steps import refunds
from tests.unit.steps.test_journeys import offline
from workflows import WORKFLOWS

Waiting = tuple[World, Journey]


@pytest.fixture
def waiting() -> Waiting:
    """A reply waits for Ana and Ben, who have their mails; none is in the box any more."""
    world, journey = asked_job()
    world.mail.sent.clear()
    return world, journey


def passes(world: World, **time: float) -> None:
    """Time passes, and tick runs."""
    world.clock.passes(**time)
    tick(world.deps)


def runs(world: World, minutes: int) -> None:
    """Tick runs every minute."""
    for _ in range(minutes):
        passes(world, minutes=1)


def reminded(world: World) -> list[str]:
    """Who was reminded, in order."""
    return [mail.to for mail in world.mail.sent if mail.subject.startswith("[Reminder]")]


@pytest.mark.parametrize("times", [1, 4])
def test_a_tier_whose_mail_was_put_off_is_mailed_a_little_later(
    waiting: Waiting, times: int
) -> None:
    """The lead is asked and the provider is busy: her mail is owed, and leaves with a link that
    works; nobody else is mailed again, and nothing stays due for it."""
    world, journey = waiting
    passes(world, hours=4, minutes=1)
    world.mail.sent.clear()
    for _ in range(times):
        world.mail.fails_with(Throttled("slow down"))
    passes(world, hours=4)
    assert journey.record.pending
    assert journey.record.pending.tier == 1
    assert world.mail.sent == []
    runs(world, 30)
    assert [mail.to for mail in world.mail.sent] == [CLEO.address]
    assert "mail" not in journey.record.due
    cleo = at_work(world, CLEO.address)
    assert cleo.posts(cleo.filled()).status == 303


@pytest.mark.control
def test_control_without_the_row_of_what_is_owed_the_lead_is_never_mailed(
    waiting: Waiting,
) -> None:
    """Committed and then mailed, with nothing that remembers: one answer of the provider is enough
    to lose her mail, and the next that she hears of is a reminder at half of her time, or never."""
    world, journey = waiting
    passes(world, hours=4, minutes=1)
    world.mail.fails_with(Throttled("slow down"))
    passes(world, hours=4)
    held = journey.record
    world.store.put(type(held)(**{**vars(held), "due": {}}))
    runs(world, 30)
    assert world.mail.to(CLEO.address) == []


def test_a_reminder_that_was_put_off_comes_once_to_each(waiting: Waiting) -> None:
    """Ana has hers when the provider asks for a pause: two minutes later Ben has his, Ana no
    second one."""
    world, _ = waiting
    world.mail.fails_with(Unavailable("a moment"))
    passes(world, hours=4, minutes=1)
    assert reminded(world) == []
    world.mail.fails_with(Ambiguous("its answer was lost"), after_sending=True)
    world.mail.fails_with(Throttled("slow down"))
    runs(world, 2)
    assert reminded(world) == [ANA.address]
    runs(world, 30)
    assert reminded(world) == [ANA.address, BEN.address]


def test_no_reminder_is_put_off_beyond_the_decision(waiting: Waiting) -> None:
    """Signed while the mail was put off: nobody is reminded of what is over."""
    world, journey = waiting
    send = world.mail.send

    def signs_meanwhile(_: Email) -> str:
        journey.is_decided(Choice.APPROVE)
        world.mail.__dict__["send"] = send
        raise Throttled("slow down")

    world.mail.__dict__["send"] = signs_meanwhile
    passes(world, hours=4, minutes=1)
    assert "reminder" not in journey.record.due
    runs(world, 5)
    assert reminded(world) == []


def test_whoever_has_signed_since_is_not_mailed(waiting: Waiting) -> None:
    """Owed to the lead, decided by Ana meanwhile: the row settles, and no mail leaves."""
    world, journey = waiting
    world.mail.fails_with(Throttled("slow down"))
    passes(world, hours=8)
    journey.is_decided(Choice.APPROVE)
    runs(world, 5)
    assert world.mail.to(CLEO.address) == []
    assert "mail" not in journey.record.due


def test_an_address_refused_at_sending_brings_the_next_tier_at_once() -> None:
    """As a bounce: out of reach, and the lead is asked by the next tick, not after eight hours."""
    world, journey = asked_job_refusing(1)
    pending = journey.record.pending
    assert pending
    assert pending.unreachable == ("ana",)
    tick(world.deps)
    assert [mail.to for mail in world.mail.sent] == [BEN.address, CLEO.address]
    entry = next(one for one in journey.record.audit if one.event == "mail came back")
    assert entry.fields["why"].value == "refused by the provider"


def test_when_every_address_is_refused_a_case_opens_at_once() -> None:
    """Three refusals in two tiers: not approved within minutes, and the execution goes on."""
    world, journey = asked_job_refusing(3)
    tick(world.deps)
    assert journey.record.pending
    runs(world, 2)
    assert journey.record.pending is None
    assert len(world.executions.succeeded) == 1
    assert journey.answered() == "Escalate"
    assert "mail reaches too few" in journey.record.ledger[3].note


def asked_job_refusing(times: int) -> Waiting:
    """The provider refuses the next `times` addresses."""
    world = World(offline)
    for _ in range(times):
        world.mail.fails_with(Refused("no such address"))
    journey = Journey(world, accept(world, form()))
    journey.goes()
    return world, journey


def test_a_refused_address_is_noted_although_somebody_else_writes(waiting: Waiting) -> None:
    """Another write comes between: the note is made on what is there then."""
    world, journey = waiting
    world.mail.fails_with(Refused("no such address"))
    world.store.refuses("mail came back")
    passes(world, hours=8)
    assert journey.record.pending
    assert journey.record.pending.unreachable == ("cleo",)


def test_nobody_who_left_is_mailed_and_the_address_is_todays(waiting: Waiting) -> None:
    """Ana left and Ben has a new address: the reminder goes to that one alone."""
    world, _ = waiting
    world.people.leaves(ANA)
    moved = BEN.model_copy(update={"address": "ben@moved.example"})
    world.people.becomes(BEN, person=moved)
    passes(world, hours=4, minutes=1)
    assert reminded(world) == ["ben@moved.example"]
    assert world.mail.to(ANA.address) == []


def test_a_question_goes_to_nobody_who_left() -> None:
    """The contact left before tick came: no mail."""
    world, journey = asked_job()
    asks(world)
    world.people.leaves(ANA)
    world.mail.sent.clear()
    tick(world.deps)
    assert world.mail.sent == []
    assert "question" not in journey.record.due


def test_an_answer_goes_to_todays_address_of_who_asked() -> None:
    """Ben has moved since he asked."""
    world, _ = asked_job()
    asks(world)
    tick(world.deps)
    ana = at_work(world, ANA.address)
    world.people.becomes(BEN, person=BEN.model_copy(update={"address": "ben@moved.example"}))
    assert ana.posts(ana.fields(text="They are new.")).status == 200
    tick(world.deps)
    assert [m.subject for m in world.mail.to("ben@moved.example")] == [
        "Answer from Ana Costa: Lead intake"
    ]


def test_a_question_goes_to_who_answers_for_the_workflow() -> None:
    """Lead intake's owner has a member in the directory: she is asked, not the stage's contact;
    her link ends with her role."""
    world, journey = asked_job()
    owner = CLEO.model_copy(update={"id": "dora", "address": "dora@countersign.example"})
    member = Member(person=owner, roles=(WORKFLOWS["lead_intake"].owner,))
    world.people.save(member)
    asks(world)
    tick(world.deps)
    dora = at_work(world, owner.address)
    assert "A question for you" in dora.page
    (question,) = journey.record.questions.values()
    assert question.contact == owner
    world.people.leaves(owner)
    assert dora.opens().status == 404


def test_a_lost_callback_that_tick_heals_is_counted(
    waiting: Waiting, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever decided died before the call: tick makes it within minutes, and the alarm has its
    number. The end that time decides is a first call, and counts nothing."""
    world, journey = waiting
    calls = world.executions.succeed
    world.executions.__dict__["succeed"] = dies
    ana = at_work(asked_again(world), ANA.address)
    with pytest.raises(SystemExit):
        ana.posts(ana.filled())
    world.executions.__dict__["succeed"] = calls
    runs(world, 4)
    assert len(world.executions.succeeded) == 1
    assert journey.record.pending is None
    assert "CallbacksLost" in capsys.readouterr().out


def test_time_that_decides_has_lost_no_callback(
    waiting: Waiting, capsys: pytest.CaptureFixture[str]
) -> None:
    """The deadline's own call is the first one."""
    world, _ = waiting
    for _ in range(2):
        passes(world, hours=48)
    assert len(world.executions.succeeded) == 1
    assert "CallbacksLost" not in capsys.readouterr().out


def dies(*_: object) -> bool:
    """The process ends before the call."""
    raise SystemExit


def asked_again(world: World) -> World:
    """Everybody has a link in the box again: the reminder's."""
    passes(world, hours=4, minutes=1)
    return world


def test_all_mails_of_a_request_are_one_thread() -> None:
    """Request and reminder refer to the same id, and differ by a word in brackets alone, which
    mail programs leave out when they compare subjects."""
    world, journey = asked_job()
    passes(world, hours=4, minutes=1)
    first, second = world.mail.to(ANA.address)
    assert second.subject == f"[Reminder] {first.subject}"
    assert "This is a reminder" in second.text
    assert "This is a reminder" in second.html
    assert "reminder" not in first.text
    assert journey.record.pending
    thread = f"<{journey.record.pending.approval_id}@countersign.example>"
    assert {mail.in_reply_to for mail in world.mail.sent} == {thread}


def test_nobody_is_reminded_of_a_deadline_that_has_passed(waiting: Waiting) -> None:
    """Time jumps by two days: the tier ends, and no reminder of its end goes out with that."""
    world, _ = waiting
    passes(world, hours=48)
    assert [mail.to for mail in world.mail.sent] == [CLEO.address]


def gone(world: World, deputy: str = "cleo") -> dict[str, tuple[Away, ...]]:
    """Away from now on, for a week."""
    now = world.clock.now()
    return {"away": (Away(since=now, until=now + timedelta(days=7), deputy=deputy),)}


def test_the_deputy_of_somebody_who_went_away_since_is_asked_at_the_reminder(
    waiting: Waiting,
) -> None:
    """Ana leaves for a week after she was asked: Cleo stands in, with the request and no reminder;
    no deadline moves, and she is asked once."""
    world, journey = waiting
    before = journey.record.pending
    world.people.becomes(ANA, **gone(world))
    passes(world, hours=4, minutes=1)
    runs(world, 5)
    after = journey.record.pending
    assert before
    assert after
    assert after.instead_of == {"cleo": "ana"}
    assert (after.deadline, after.tier) == (before.deadline, before.tier)
    (mail,) = world.mail.to(CLEO.address)
    assert mail.subject.startswith("Sign: ")
    cleo = at_work(world, CLEO.address)
    assert cleo.posts(cleo.filled()).status == 303


def test_a_row_of_mails_asks_deputies_straight_away(waiting: Waiting) -> None:
    """What the directory's command leaves behind: the next tick asks."""
    world, journey = waiting
    world.people.becomes(ANA, **gone(world))
    assert look_again(world.deps, ANA.id, world.clock.now()) == 1
    passes(world, minutes=1)
    assert [mail.to for mail in world.mail.sent] == [CLEO.address]
    assert "mail" not in journey.record.due


def test_where_nobody_asked_is_away_nothing_is_looked_at_again(waiting: Waiting) -> None:
    """Cleo was not asked, so her absence writes nothing."""
    world, _ = waiting
    world.store.writes = 0
    assert look_again(world.deps, CLEO.id, world.clock.now()) == 0
    assert world.store.writes == 0


def test_who_leaves_between_two_signatures_is_replaced_at_once() -> None:
    """Robin signs and leaves: the signature counts no more, and before its deadline the request
    goes to the next tier, of whom one signs it together with Kim."""
    world = refunds.world()
    robin, kim = (refunds.member(key, "refunds", 5_000) for key in ("robin", "kim"))
    for one in (robin, kim):
        world.people.save(one)
    journey = refunds.asks_for(world, "1049", 79_900)
    assert [one.id for one in _pending(journey).approvers] == ["kim", "robin"]
    signs = at_work(world, robin.person.address)
    assert signs.posts(signs.filled()).status == 303
    world.people.becomes(robin.person, left=True)
    assert look_again(world.deps, "robin", world.clock.now()) == 1
    passes(world, minutes=1)
    asked = _pending(journey)
    assert ([one.id for one in asked.approvers[2:]], asked.tier) == (["ines", "sam"], 1)
    for address in (kim.person.address, INES):
        assert journey.record.pending
        other = at_work(world, address)
        assert other.posts(other.filled()).status == 303
    assert journey.record.pending is None


def _pending(journey: Journey) -> Approval:
    assert journey.record.pending
    return journey.record.pending


@pytest.mark.control
def test_control_where_enough_are_left_nobody_else_is_asked(waiting: Waiting) -> None:
    """Control: one signature is needed and Ben is there."""
    world, journey = waiting
    before = journey.record.pending
    world.people.becomes(ANA, left=True)
    look_again(world.deps, ANA.id, world.clock.now())
    passes(world, minutes=1)
    assert (journey.record.pending, "mail" in journey.record.due) == (before, False)
