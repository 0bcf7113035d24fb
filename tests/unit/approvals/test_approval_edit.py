"""Editing before signing: what may change, what it voids, who signs then, and what heals."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from countersign.domain.approvals.approval import Choice
from countersign.domain.approvals.directory import Away
from countersign.domain.errors import StoreConflict
from countersign.domain.jobs.audit import Entry
from countersign.domain.jobs.change import Change
from countersign.domain.jobs.job import Job
from countersign.entrypoints.tick import tick
from tests.fakes.journey import Journey, accept, form
from tests.fakes.store import FakeStore
from tests.fakes.world import ANA, BEN, CLEO, START, World
from tests.unit.steps.test_journeys import SENDER, offline
from tests.unit.web.visitor import Browser

NEW = "Dear Ms Lindner,\n\nthank you. I will call you tomorrow.\n\nKind regards\nAna Costa"
TEXT = "field-text"


def asked_job(store: FakeStore | None = None) -> tuple[World, Journey]:
    """A job whose drafted reply waits for Ana or Ben."""
    world = World(offline)
    world.store = store or world.store
    world.deps = world.deps_again()
    journey = Journey(world, accept(world, form()))
    journey.goes()
    return world, journey


def at_work(world: World, address: str, **query: str) -> Browser:
    """Somebody opens the newest link that was mailed to them, at the page that `query` names."""
    mail = world.mail.to(address)[-1]
    url = next(line for line in mail.text.splitlines() if "/approvals/" in line)
    link, secret = url.split("/")[-2:]
    browser = Browser(world)
    browser.params = {"link": link, "secret": secret}
    browser.goes_to(**query)
    return browser


def edits(world: World, address: str = ANA.address, **changed: str) -> Browser:
    """Somebody edits the reply."""
    browser = at_work(world, address, edit="1")
    response = browser.posts(browser.fields(**({TEXT: NEW} | changed)))
    assert (response.status, "Your edit is recorded" in response.body) == (200, True)
    return browser


def reply(journey: Journey) -> dict[str, str]:
    """The reply's parameters as they are stored."""
    params: dict[str, str] = journey.record.ledger[3].content()["params"]
    return params


def test_an_edit_is_signed_by_somebody_else_and_sent_as_edited() -> None:
    """Ana edits, only Ben is asked, sees what she changed, signs, and those very bytes are sent."""
    world, journey = asked_job()
    before = reply(journey)
    edits(world)
    assert journey.answered() == "Ask"
    assert [mail.to for mail in world.mail.sent[-1:]] == [BEN.address]
    pending = journey.record.pending
    assert pending
    assert [p.id for p in pending.approvers] == ["ben"]
    page = at_work(world, BEN.address).page
    for words in ("Edited by", "Ana Costa", "tomorrow", "[was: "):
        assert words in page
    journey.is_decided(Choice.APPROVE, by="ben")
    assert journey.answered() == "Close"
    (mail,) = world.mail.to(SENDER)
    assert (mail.text, mail.subject) == (NEW, before["subject"])


def test_one_commit_voids_the_request_and_names_what_changed() -> None:
    """Entry, superseded request, due rows and audit entry are one write; values stay out of it."""
    world, journey = asked_job()
    old = journey.record.ledger[3]
    browser = at_work(world, ANA.address, edit="1")
    world.store.writes = 0
    browser.posts(browser.fields(**{TEXT: NEW}))
    held = journey.record
    assert world.store.writes == 1
    assert (held.pending, set(held.due), held.ledger[3].edited_by) == (None, {"callback"}, "ana")
    entry = held.audit[-1]
    assert (entry.event, entry.actor) == ("edited by a person", "person:ana")
    said = {name: field.value for name, field in entry.fields.items()}
    assert (said["changed"], said["old digest"]) == ("text", old.digest)
    assert said["action"].startswith("4 ")
    assert said["new digest"] == held.ledger[3].digest != old.digest
    assert "tomorrow" not in str(said)
    assert held.ledger[3].content()["expires_at"] == old.content()["expires_at"]


def test_links_of_an_edited_request_say_who_edited_it_and_open_nothing() -> None:
    """Whoever has a link of their own learns who edited it and when; nothing can be decided, and
    a wrong secret gets the one refusal."""
    world, journey = asked_job()
    ben = at_work(world, BEN.address)
    form = ben.filled()
    ana = edits(world)
    world.store.writes = 0
    assert [ana.opens().status, ben.opens().status, ben.posts(form).status] == [200, 200, 409]
    assert "This request was replaced" in ben.page
    assert "Ana Costa edited what it asks for on Mon 2 Mar 2026" in ben.page
    assert world.store.writes == 0
    ana.opens()
    assert "You edited what it asks for" in ana.page
    assert "a new request goes out by mail" in ana.page
    journey.answered()
    ana.opens()
    assert "A new request went out; whoever may sign it has a newer mail." in ana.page
    ana.params["secret"] = "guessed"
    never = Browser(world)
    assert ana.opens().status == never.opens().status == 404
    assert ana.page == never.page


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_looking_at_the_form_changes_nothing(method: str) -> None:
    """However often the form is opened, nothing is written."""
    world, journey = asked_job()
    browser = at_work(world, ANA.address, edit="1")
    world.store.writes = 0
    for _ in range(20):
        browser.opens(method)
        browser.posts(browser.fields(code=""))
    assert (world.store.writes, journey.record.ledger[3].edited_by) == (0, "")


REFUSED = {
    "nothing changed": ({}, 422, "nothing was changed"),
    "only line ends": ({TEXT: "\r\n"}, 422, "must not be empty"),
    "a foreign link": ({TEXT: "See https://elsewhere.example/x"}, 422, "policy forbids this"),
    "a foreign address": ({TEXT: "Write to me@elsewhere.example"}, 422, "policy forbids this"),
    "a foreign number": ({TEXT: "Call +1 555 010 0199 now"}, 422, "policy forbids this"),
    "two lines of subject": ({"field-subject": "Hi\x00Bcc: all"}, 422, "control character"),
    "too long": ({TEXT: "x" * 10_001}, 422, "longer than 10000"),
    "a wrong code": ({TEXT: NEW, "code": "AAAAA"}, 422, "That is not the code"),
    "no code": ({TEXT: NEW, "code": ""}, 422, "Type the code"),
    "a recipient": ({TEXT: NEW, "field-to": "me@elsewhere.example"}, 400, "could not be read"),
    "another request": ({TEXT: NEW, "shown": "0" * 64}, 409, "not up to date"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_may_not_be_edited_stays_as_it_was(name: str) -> None:
    """No change, policy, contract, code, targets: the form comes back with the reason."""
    changed, status, why = REFUSED[name]
    world, journey = asked_job()
    browser = at_work(world, ANA.address, edit="1")
    before = journey.record.ledger
    response = browser.posts(browser.fields(**changed))
    assert response.status == status
    assert why in response.body
    assert (journey.record.ledger, bool(journey.record.pending)) == (before, True)


def test_who_may_not_edit_any_more_reads_why() -> None:
    """A right that was taken away while they typed: the form comes back with the reason."""
    world, journey = asked_job()
    browser = at_work(world, ANA.address, edit="1")
    (approval,) = journey.record.approvals.values()
    own = approval.model_copy(update={"requester": ANA.address})
    world.store.put(replace(journey.record, approvals={approval.approval_id: own}))
    assert browser.posts(browser.fields(**{TEXT: NEW})).status == 422
    assert "This edit cannot be recorded: nobody approves their own request." in browser.page
    assert journey.record.ledger[3].edited_by == ""


def test_a_form_of_another_site_or_browser_edits_nothing() -> None:
    """The rules of a decision hold: origin, cookie, and an unknown action is nobody's."""
    world, journey = asked_job()
    browser = at_work(world, ANA.address, edit="1")
    fields = browser.fields(**{TEXT: NEW})
    assert browser.posts(fields, origin="https://elsewhere.example").status == 403
    browser.cookies = {}
    assert browser.posts(fields).status == 403
    for number in ("2", "0", "x", ""):
        assert browser.goes_to(edit=number).status == 409
    assert journey.record.pending is not None


def test_a_crash_before_the_execution_was_told_heals() -> None:
    """The token is lost after the commit: the due row calls again, and the new request goes out."""
    world, journey = asked_job()
    world.executions.broken = ConnectionError("gone")
    edits(world)
    assert world.executions.succeeded == []
    world.executions.broken = None
    world.clock.passes(minutes=3)
    tick(world.deps)
    assert len(world.executions.succeeded) == 1
    assert journey.answered() == "Ask"
    assert set(journey.record.due) == {"approval", "reminder"}


def test_an_edit_survives_every_later_look_and_judgement() -> None:
    """Decide keeps edited bytes however often it runs; a later edit builds on the earlier one,
    and somebody who made neither is asked."""
    world, journey = asked_job()
    edits(world)
    for _ in range(3):
        journey.answered()
    assert reply(journey)["text"] == NEW
    edits(world, BEN.address, **{"field-subject": "Your dispatch software", TEXT: NEW})
    journey.answered()
    assert (reply(journey)["text"], reply(journey)["subject"]) == (NEW, "Your dispatch software")
    assert journey.record.pending
    assert [p.id for p in journey.record.pending.approvers] == ["cleo"]
    assert "Ben Okafor" in at_work(world, CLEO.address).page


def test_the_next_tier_is_asked_when_only_the_editor_is_there() -> None:
    """Ben left: after Ana's edit her lead is asked straight away."""
    world, journey = asked_job()
    world.people.leaves(BEN)
    edits(world)
    journey.answered()
    assert journey.record.pending
    assert [p.id for p in journey.record.pending.approvers] == [CLEO.id]


def test_without_anybody_else_the_job_becomes_a_case_that_says_so() -> None:
    """Nobody signs their own edit, not even when there is nobody else."""
    world, journey = asked_job()
    world.people.leaves(BEN)
    world.people.leaves(CLEO)
    edits(world)
    assert journey.answered() == "Escalate"
    assert "nobody but who edited it may decide" in journey.record.job.reason
    assert world.mail.to(SENDER) == []


def test_a_fixed_acknowledgement_becomes_a_draft_when_it_is_edited() -> None:
    """What a person wrote is not the fixed text any more, and the page says so."""
    world, journey = asked_job()
    edits(world)
    assert reply(journey)["template"] == "draft"


class Racing(FakeStore):
    """The answer to the next write is lost, or somebody else writes first."""

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
def test_a_lost_answer_edits_once(applied: bool) -> None:
    """Our own landed write is recognised; one that did not land is written again."""
    store = Racing(applied=applied)
    world, journey = asked_job(store)
    browser = at_work(world, ANA.address, edit="1")
    store.armed = True
    assert "Your edit is recorded" in browser.posts(browser.fields(**{TEXT: NEW})).body
    events = [entry.event for entry in journey.record.audit]
    assert events.count("edited by a person") == 1
    assert len(world.executions.succeeded) == 1


def test_of_an_edit_and_a_decision_at_once_the_first_counts() -> None:
    """Ben decides while Ana types: her edit is told who decided, and changes nothing."""
    world, journey = asked_job()
    ana, ben = at_work(world, ANA.address, edit="1"), at_work(world, BEN.address)
    fields = ana.fields(**{TEXT: NEW})
    assert ben.posts(ben.filled()).status == 303
    late = ana.posts(fields)
    assert (late.status, "Already decided by" in late.body) == (409, True)
    assert journey.record.ledger[3].edited_by == ""


@pytest.mark.control
def test_an_edit_that_kept_the_signature_would_be_refused_at_act() -> None:
    """Control: had an edit replaced the bytes under a given signature, nothing would be sent."""
    world, journey = asked_job()
    journey.is_decided(Choice.APPROVE, by="ben")
    record = journey.record
    held = record.ledger[3]
    body = json.dumps(json.loads(held.body) | {"params": {**reply(journey), "text": NEW}})
    forged = held.model_copy(update={"body": body})
    world.deps.commit(record, Change("forged", "nobody", ledger=(forged,)))
    journey.answered()
    assert journey.statuses()["email.send_reply"] == "failed"
    assert world.mail.to(SENDER) == []


def test_a_deputy_is_named_with_whom_they_stand_in_for() -> None:
    """Out of office: the page tells for whom the deputy signs, by name."""
    world = World(offline)
    away = Away(since=START, until=START.replace(month=4), deputy="cleo")
    world.people.becomes(ANA, away=(away,))
    Journey(world, accept(world, form())).goes()
    assert "Cleo Marsh for Ana Costa" in at_work(world, CLEO.address).page
