"""After five wrong codes a link is dead and a new one is mailed, to its holder, three a day."""

from __future__ import annotations

import pytest

from countersign.domain.approvals.approval import Choice
from countersign.domain.approvals.codes import TRIES
from countersign.domain.approvals.links import MOST_NEW
from countersign.domain.mail import Email
from countersign.entrypoints.tick import tick
from tests.fakes.journey import Journey
from tests.fakes.world import ANA, BEN, World
from tests.unit.approvals.test_approval_edit import asked_job, at_work
from tests.unit.approvals.test_approval_question import asks, contact
from tests.unit.web.visitor import Browser

WAY = "A new link is on its way"


def closes(browser: Browser) -> str:
    """Five wrong codes at one link; the last page."""
    for _ in range(TRIES):
        browser.posts({**browser.filled(), "code": "WRONG"})
    return browser.page


def newest(world: World, address: str = ANA.address) -> Email:
    """The newest mail to somebody, after tick."""
    world.clock.passes(minutes=1)
    tick(world.deps)
    return world.mail.to(address)[-1]


def test_a_new_link_is_mailed_and_the_old_one_stays_dead() -> None:
    """The page says so, the next tick mails it in the thread, and it decides."""
    world, journey = asked_job()
    (first,) = world.mail.to(ANA.address)
    old = at_work(world, ANA.address)
    assert WAY in closes(old)
    mail = newest(world)
    assert (len(world.mail.to(ANA.address)), len(world.mail.to(BEN.address))) == (2, 1)
    assert mail.subject == f"[New link] {first.subject}"
    assert (mail.in_reply_to, "your new link" in mail.text) == (first.in_reply_to, True)
    assert old.opens().status == 404
    ana = at_work(world, ANA.address)
    assert ana.posts(ana.filled()).status == 303
    assert journey.record.pending is None
    assert "mail" not in journey.record.due
    entry = next(one for one in journey.record.audit if one.event == "link closed")
    assert (entry.actor, entry.fields["why"].value) == ("person:ana", "five wrong codes")


def test_what_is_no_code_uses_up_no_try() -> None:
    """A scanner that fills words into every field and presses closes no link, however often."""
    world, journey = asked_job()
    ana = at_work(world, ANA.address)
    for typed in ("test", "user@example.com", "1234", "hello world", "😀😀😀😀😀", "abcdef"):
        assert "did not count" in ana.posts({**ana.filled(), "code": typed}).body
    assert ana.posts(ana.filled()).status == 303
    assert journey.record.pending is None


def test_a_dead_link_names_the_inbox_on_its_page_and_in_its_mail() -> None:
    """Whoever stands before it is led to sign in; nobody needs a link to decide."""
    world, _ = asked_job()
    ana = at_work(world, ANA.address)
    for page in (closes(ana), ana.opens().body):
        assert "sign in" in page.lower()
        assert 'href="/approvals"' in page
    (first, *_) = world.mail.to(ANA.address)
    address = "https://countersign.example/approvals"
    assert f"what waits for you is there: {address}\n" in first.text
    assert f'<a href="{address}">sign in</a>' in first.html


@pytest.mark.control
def test_control_a_dead_link_without_a_new_one_locks_its_person_out() -> None:
    """Until that mail is there, the link decides nothing, with the right code either."""
    world, journey = asked_job()
    ana = at_work(world, ANA.address)
    kept = ana.filled()
    closes(ana)
    assert ana.posts(kept).status == 404
    assert journey.record.pending


def test_three_a_day_and_no_more() -> None:
    """Whoever plays with the links fills nobody's mailbox; a day later there is one again."""
    world, _ = asked_job()
    for number in range(MOST_NEW):
        assert WAY in closes(at_work(world, ANA.address))
        newest(world)
        assert len(world.mail.to(ANA.address)) == 2 + number
    page = closes(at_work(world, ANA.address))
    assert WAY not in page
    assert "This link is closed now" in page
    newest(world)
    assert len(world.mail.to(ANA.address)) == 1 + MOST_NEW
    assert WAY in closes(at_work(world, BEN.address))


def test_a_link_is_closed_once_however_many_wrong_codes_come() -> None:
    """What is posted at a dead link is refused and brings no mail."""
    world, journey = asked_job()
    ana = at_work(world, ANA.address)
    closes(ana)
    for _ in range(20):
        assert ana.posts({"code": "WRONG"}).status == 404
    newest(world)
    assert len(world.mail.to(ANA.address)) == 2
    pending = journey.record.pending
    assert pending
    assert [one.person_id for one in pending.closed] == ["ana"]


def test_a_stranger_without_the_secret_brings_no_mail() -> None:
    """Only a POST with secret and nonce counts as a try: guesses close and mail nothing."""
    world, _ = asked_job()
    stranger = at_work(world, ANA.address)
    form = {**stranger.filled(), "code": "WRONG"}
    stranger.params = {**stranger.params, "secret": "guess"}
    for _ in range(50):
        stranger.posts(form)
    stranger.params = at_work(world, ANA.address).params
    stranger.cookies = {}
    for _ in range(50):
        stranger.posts(form)
    newest(world)
    assert len(world.mail.to(ANA.address)) == 1


def test_the_page_promises_nothing_once_the_request_is_over() -> None:
    """Decided between the page and the fifth code: no new link for what is over."""
    world, journey = asked_job()
    ana = at_work(world, ANA.address)
    form = {**ana.filled(), "code": "WRONG"}
    for _ in range(TRIES - 1):
        ana.posts(form)
    world.store.__dict__["count_try"] = lambda link: _decided(world, journey, link)
    assert ana.posts(form).status == 422
    assert WAY not in ana.page
    newest(world)
    assert len(world.mail.to(ANA.address)) == 1


def _decided(world: World, journey: Journey, link: object) -> None:
    del world.store.__dict__["count_try"]
    journey.is_decided(Choice.APPROVE, by="ben")
    world.store.count_try(link)  # type: ignore[arg-type] # the store's own link


def test_another_write_at_that_moment_loses_no_link() -> None:
    """The note of the closed link is made on what is stored then."""
    world, journey = asked_job()
    world.store.refuses("link closed")
    assert WAY in closes(at_work(world, ANA.address))
    pending = journey.record.pending
    assert pending
    assert len(pending.closed) == 1


def test_a_question_has_no_second_link() -> None:
    """The link to a question closes too; its page promises no mail."""
    world, journey = asked_job()
    asks(world)
    ana = contact(world)
    for _ in range(TRIES):
        ana.posts(ana.fields(text="No.", code="WRONG"))
    assert "This link is closed now" in ana.page
    assert WAY not in ana.page
    assert journey.record.pending
    assert journey.record.pending.closed == ()
