"""Asking back: a question leaves by tick, its answer is evidence, and neither decides anything."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from countersign.domain.approvals.approval import Choice
from countersign.domain.errors import StoreConflict, Unavailable
from countersign.domain.jobs.audit import Entry
from countersign.domain.jobs.change import Change
from countersign.domain.jobs.job import Job
from countersign.entrypoints.tick import tick
from tests.fakes.journey import Journey, accept, form
from tests.fakes.store import FakeStore
from tests.fakes.world import ANA, BEN, CLEO, World
from tests.unit.approvals.test_approval_edit import asked_job, at_work, edits
from tests.unit.steps.test_journeys import offline
from tests.unit.web.elements import Elements
from tests.unit.web.visitor import Browser

QUESTION = "Is Hafenwerk the customer we lost in Bremen?"
ANSWER = "No, that was Hafenlogistik. These are new."


def asks(world: World, text: str = QUESTION, person: str = BEN.address) -> Browser:
    """Somebody asks the internal contact, who is Ana here."""
    browser = at_work(world, person, question="new")
    assert browser.posts(browser.fields(text=text)).status == 303
    return browser


def contact(world: World) -> Browser:
    """The contact at the link of the newest question."""
    tick(world.deps)
    return at_work(world, ANA.address)


def answers(world: World, text: str = ANSWER) -> Browser:
    """The contact answers the newest question."""
    browser = contact(world)
    assert browser.posts(browser.fields(text=text)).status == 200
    tick(world.deps)
    return browser


def test_a_question_is_mailed_answered_and_shown_as_evidence() -> None:
    """Ben asks, Ana answers by her own link, Ben is told and sees it marked as what it is."""
    world, journey = asked_job()
    asks(world)
    answers(world)
    told = world.mail.to(BEN.address)[-1]
    assert told.subject == "Answer from Ana Costa: Lead intake"
    assert "/approvals/" not in told.text
    mails = world.mail.sent
    world.mail.sent = [mail for mail in mails if mail is not told]
    page = at_work(world, BEN.address).page
    for words in (QUESTION, ANSWER, "Evidence, not a fact", "Ana Costa"):
        assert words in page
    facts = page[page.index("<summary>Understood<") : page.index("<summary>Questions<")]
    assert ANSWER not in facts
    events = [(entry.event, entry.actor) for entry in journey.record.audit]
    assert ("asked back", "person:ben") in events
    assert ("answered", "person:ana") in events
    assert journey.record.pending is not None


def test_the_first_question_moves_the_deadline_by_half_and_no_other_does() -> None:
    """Eight hours become twelve, once; the reminder stays where it was."""
    world, journey = asked_job()
    before = journey.record.pending
    assert before
    for number in range(3):
        asks(world, f"{QUESTION} {number}")
    after = journey.record.pending
    assert after
    assert after.deadline - before.deadline == timedelta(hours=4)
    assert journey.record.due["approval"].at == after.deadline
    world.clock.passes(hours=8, minutes=1)
    tick(world.deps)
    assert journey.record.pending == after
    world.clock.passes(hours=4)
    tick(world.deps)
    assert journey.record.pending.tier == 1


def test_a_fourth_question_is_not_taken() -> None:
    """Three per request; the page offers none after that, and a form kept open is turned away."""
    world, journey = asked_job()
    kept = at_work(world, BEN.address, question="new")
    for number in range(3):
        asks(world, f"{QUESTION} {number}")
    assert kept.posts(kept.fields(text="One more?")).status == 409
    assert kept.opens().status == 409
    assert "?question=new" not in at_work(world, BEN.address).page
    assert len(journey.record.questions) == 3


def test_the_contact_does_not_ask_themselves() -> None:
    """Ana is the contact: her page offers no question."""
    world, _ = asked_job()
    assert "?question=new" not in at_work(world, ANA.address).page
    assert at_work(world, ANA.address, question="new").page.count("<h1>No question can") == 1


def test_without_a_contact_nothing_can_be_asked() -> None:
    """A stage that names nobody has no such link on its pages."""
    world = World(offline)
    world.settings = world.settings.model_copy(update={"case_owner": None})
    world.deps = world.deps_again()
    Journey(world, accept(world, form())).goes()
    assert "?question=new" not in at_work(world, BEN.address).page
    assert "No question can" in at_work(world, BEN.address, question="new").page


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_looking_asks_and_answers_nothing(method: str) -> None:
    """Both forms can be opened and clicked without a code as often as a scanner likes."""
    world, journey = asked_job()
    asks(world)
    ben, ana = at_work(world, BEN.address, question="new"), contact(world)
    world.store.writes = 0
    for browser in (ben, ana):
        for _ in range(20):
            browser.opens(method)
            browser.posts(browser.fields(text="clicked", code=""))
    assert world.store.writes == 0
    assert [q.answer for q in journey.record.questions.values()] == [""]


def test_a_link_to_answer_decides_nothing() -> None:
    """The contact is an approver too: what their question's link opens is never a decision."""
    world, journey = asked_job()
    approver = at_work(world, ANA.address)
    asks(world)
    ana = contact(world)
    filled = approver.filled()
    for query in ({}, {"edit": "1"}, {"question": "new"}):
        ana.goes_to(**query)
        assert "A question for you" in ana.page
        sent = {**filled, "code": ana.code()}
        assert ana.posts(sent).status == 400
    assert journey.record.pending is not None


def test_a_question_is_answered_once_and_only_while_it_helps() -> None:
    """A second answer and one after the decision are told so, and change nothing."""
    world, journey = asked_job()
    asks(world)
    ana = contact(world)
    kept = ana.fields(text="Something else")
    assert ana.posts(ana.fields(text=ANSWER)).status == 200
    assert ana.posts(kept).status == 409
    assert "Your answer is recorded" in ana.opens().body
    asks(world, "And the phone?")
    late = contact(world)
    journey.is_decided(Choice.APPROVE, by="ben")
    assert "needs no answer any more" in late.opens().body
    assert late.posts(late.fields(text="late")).status == 409
    assert [q.answer for q in journey.record.questions.values()] == [ANSWER, ""]


def test_whoever_is_not_the_contact_any_more_is_refused() -> None:
    """The link of a former contact gives the one refusal."""
    world, _ = asked_job()
    asks(world)
    ana = contact(world)
    world.settings = world.settings.model_copy(update={"case_owner": CLEO})
    world.deps = world.deps_again()
    assert ana.opens().status == 404
    assert "does not open anything" in ana.page


def test_a_question_outlives_an_edit_of_the_request() -> None:
    """The answer to a question about the replaced request is evidence on the new one."""
    world, journey = asked_job()
    asks(world)
    ana = contact(world)
    world.mail.sent = [mail for mail in world.mail.sent if "Question from" not in mail.subject]
    edits(world)
    assert ana.posts(ana.fields(text=ANSWER)).status == 200
    journey.answered()
    assert ANSWER in at_work(world, BEN.address).page


def test_a_mail_that_fails_is_sent_later_and_each_only_once() -> None:
    """The provider is down for a tick: two minutes later the question leaves, once."""
    world, journey = asked_job()
    asks(world)
    world.mail.fails_with(Unavailable("down"))
    tick(world.deps)
    assert journey.record.due["question"].at > world.clock.now()
    world.clock.passes(minutes=3)
    for _ in range(3):
        tick(world.deps)
    subjects = [mail.subject for mail in world.mail.to(ANA.address)]
    assert subjects.count("Question from Ben Okafor: Lead intake") == 1
    assert "question" not in journey.record.due


def test_questions_of_a_job_that_went_on_are_not_mailed() -> None:
    """Decided before tick came: nobody is asked about what is over."""
    world, journey = asked_job()
    asks(world)
    journey.is_decided(Choice.APPROVE, by="ben")
    journey.answered()
    world.clock.passes(minutes=1)
    tick(world.deps)
    assert not [m for m in world.mail.sent if m.subject.startswith("Question")]


@pytest.mark.parametrize(
    ("changed", "status"),
    [({"shown": "another"}, 409), ({"more": "fields"}, 400), ({"code": "AAAAA"}, 422)],
)
def test_only_our_own_form_asks_and_answers(changed: dict[str, str], status: int) -> None:
    """Another request's form, other fields and a wrong code are turned away by both pages."""
    world, journey = asked_job()
    asks(world)
    for browser in (at_work(world, BEN.address, question="new"), contact(world)):
        assert browser.posts(browser.fields(text="Hello?", **changed)).status == status
        browser.cookies = {}
        assert browser.posts(browser.fields(text="Hello?")).status == 403
    assert [q.answer for q in journey.record.questions.values()] == [""]


def test_when_the_answer_comes_together_with_the_decision_the_decision_counts() -> None:
    """Decided between the contact's page and its write: no answer is needed any more."""
    world, journey = asked_job(Deciding())
    asks(world)
    ana = contact(world)
    assert isinstance(world.store, Deciding)
    world.store.first = lambda: journey.is_decided(Choice.APPROVE, by="ben")
    response = ana.posts(ana.fields(text=ANSWER))
    assert (response.status, "needs no answer" in response.body) == (409, True)


def test_when_a_question_comes_together_with_the_decision_none_is_asked() -> None:
    """Decided between the page and the write of a question: nothing is asked."""
    world, journey = asked_job(Deciding())
    ben = at_work(world, BEN.address, question="new")
    assert isinstance(world.store, Deciding)
    world.store.first = lambda: journey.is_decided(Choice.APPROVE, by="ana")
    assert ben.posts(ben.fields(text=QUESTION)).status == 409
    assert journey.record.questions == {}


class Deciding(FakeStore):
    """Before the next write, something else happens first."""

    def __init__(self) -> None:
        super().__init__()
        self.first: Callable[[], None] | None = None

    def write(self, before: Job, after_: Job, entry: Entry, change: Change) -> None:
        """As the port."""
        first, self.first = self.first, None
        if first:
            first()
        super().write(before, after_, entry, change)


class Lost(FakeStore):
    """The answer to one write is lost, applied or not."""

    def __init__(self, *, applied: bool) -> None:
        super().__init__()
        self.applied, self.armed = applied, False

    def write(self, before: Job, after_: Job, entry: Entry, change: Change) -> None:
        """As the port."""
        armed, self.armed = self.armed, False
        if not armed or self.applied:
            super().write(before, after_, entry, change)
        if armed:
            raise StoreConflict("somebody wrote first")


@pytest.mark.parametrize("applied", [True, False])
def test_a_lost_answer_asks_and_answers_once(applied: bool) -> None:
    """Our own landed write is recognised, for the question and for its answer."""
    store = Lost(applied=applied)
    world, journey = asked_job(store)
    ben = at_work(world, BEN.address, question="new")
    store.armed = True
    assert ben.posts(ben.fields(text=QUESTION)).status == 303
    ana = contact(world)
    store.armed = True
    assert ana.posts(ana.fields(text=ANSWER)).status == 200
    events = [entry.event for entry in journey.record.audit]
    assert (events.count("asked back"), events.count("answered")) == (1, 1)


@pytest.mark.parametrize(("text", "why"), [("  ", "Write the"), ("x" * 5_000, "longer than")])
def test_empty_and_endless_texts_come_back(text: str, why: str) -> None:
    """Question and answer say something, within their limits; what was typed stays."""
    world, _ = asked_job()
    ben = at_work(world, BEN.address, question="new")
    back = ben.posts(ben.fields(text=text))
    assert (back.status, why in back.body) == (422, True)
    asks(world)
    ana = contact(world)
    back = ana.posts(ana.fields(text=text))
    assert (back.status, why in back.body) == (422, True)


def test_hostile_text_stays_text_on_every_page() -> None:
    """Markup in a question or answer adds no element."""
    world, _ = asked_job()
    asks(world, "<img src=x onerror=alert(1)>")
    page = contact(world).page
    assert "img" not in Elements(page).tags
    answers(world, "</textarea><script>alert(1)</script>")
    world.mail.sent = [m for m in world.mail.sent if not m.subject.startswith("Answer")]
    assert {"script", "img"}.isdisjoint(Elements(at_work(world, BEN.address).page).tags)
