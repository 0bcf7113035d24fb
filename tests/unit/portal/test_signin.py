"""Signing in: the answer is the same for everybody, looking signs nobody in, a link works once."""

from __future__ import annotations

import pytest

from countersign.domain.approvals.session import MOST_MAILS, SignIn
from countersign.domain.errors import StoreConflict, Unavailable
from countersign.domain.jobs.change import Link
from countersign.domain.limits.pace import RateLimit
from countersign.entrypoints.pages import answer
from countersign.runtime.connectors import CODES
from countersign.web.http import Request
from countersign.web.paths import after_sign_in
from tests.fakes.sign_ins import FakeSignIns
from tests.fakes.world import ANA, BEN, World
from tests.unit.web.member import MemberBrowser, mailed
from tests.unit.web.waiting import APPROVAL, JOB, waiting

STRANGER = "nobody@example.org"
PATH = "/approvals/sign-in"


def test_a_mailed_link_signs_in() -> None:
    """Ask, open, type the code: then the inbox is shown, and everything says for whom."""
    world = waiting()
    ana = MemberBrowser(world)
    assert ana.opens().headers["location"] == PATH
    assert ana.opens(PATH).status == 200
    ana.signs_in(ANA.address)
    response = ana.opens()
    assert (response.status, "Signed in as <bdi>Ana Costa</bdi>" in response.body) == (200, True)


REQUEST = f"/approvals/requests/{JOB}/{APPROVAL}"
ELSEWHERE = (
    *("https://example.org/approvals/jobs/j-1", "//example.org/jobs/j-1", "/approvals/sign-out"),
    *("/approvals/jobs/j-1/x", "/approvals/jobs/..", "/approvals/jobs/j%0d", "/console", ""),
)


def test_who_signs_in_for_a_page_lands_on_it() -> None:
    """A request that was opened first is what one sees after signing in, and not the inbox."""
    ana = MemberBrowser(waiting())
    asked = ana.opens(REQUEST).headers["location"]
    assert asked == f"{PATH}?to={REQUEST}"
    ana.asks(ANA.address, asked)
    link = mailed(ana.world, ANA.address)
    ana.opens(link)
    assert ana.posts(link, {"code": ana.code()}).headers["location"] == REQUEST
    assert "Read and decide" not in ana.opens(REQUEST).body


def test_signing_in_leads_to_no_place_but_our_own() -> None:
    """Whatever else an address names, the inbox is next; control: a job's page is led to."""
    assert [to for to in ELSEWHERE if after_sign_in({"to": to}) != "/approvals"] == []
    assert after_sign_in({"to": "/approvals/jobs/j-1"}) == "/approvals/jobs/j-1"


def work(world: World, address: str) -> tuple[object, ...]:
    """What an observer, and a meter, can see of one asking."""
    sign_ins, began = world.sign_ins, world.clock.now()
    sign_ins.work.clear()
    writes = sign_ins.writes
    response = MemberBrowser(world).asks(address)
    took = world.clock.now() - began
    seen = (response.status, response.body, str(response.headers), response.cookies)
    return (*seen, took, tuple(sign_ins.work), sign_ins.writes - writes)


def test_the_answer_does_not_tell_who_is_a_member() -> None:
    """Member, stranger and leaver: the same bytes, the same reads and writes, the same time."""
    world = waiting()
    world.people.leaves(BEN)
    assert work(world, ANA.address) == work(world, STRANGER) == work(world, BEN.address)
    assert [mail.to for mail in world.mail.sent] == [ANA.address]


def test_a_mail_that_fails_or_takes_long_does_not_tell_either() -> None:
    """A provider that does not answer changes nothing that the asker can see."""
    world = waiting()
    plain = work(world, STRANGER)
    world.mail.fails_with(Unavailable("no answer"))
    assert work(world, ANA.address) == plain


def test_a_mail_that_waits_for_its_turn_does_not_tell_either() -> None:
    """Three seconds of other codes are ahead: a member's mail leaves after them, and who is none
    waits as long."""
    world = waiting()
    limits = {CODES: (RateLimit(requests=3, seconds=1),)}
    world.settings = world.settings.model_copy(update={"connector_limits": limits})
    world.deps = world.deps_again()
    took = []
    for address in (ANA.address, STRANGER):
        world.limits.is_busy(CODES, world.clock.now(), 3)
        began = world.clock.now()
        work(world, address)
        took.append((world.clock.now() - began).total_seconds())
    assert took == pytest.approx([5.0, 5.0])
    assert [mail.to for mail in world.mail.sent] == [ANA.address]


@pytest.mark.control
def test_the_measure_sees_a_door_that_refuses_strangers() -> None:
    """Control: the same comparison finds the difference when an address is refused."""
    world = waiting()
    assert work(world, "not an address") != work(world, STRANGER)


def test_five_mails_an_hour() -> None:
    """The sixth within an hour is not sent, and its asker sees no difference."""
    world = waiting()
    answers = {MemberBrowser(world).asks(ANA.address).body for _ in range(MOST_MAILS + 3)}
    assert (len(answers), len(world.mail.to(ANA.address))) == (1, MOST_MAILS)
    assert MemberBrowser(world).asks(ANA.address.upper()).body in answers
    assert len(world.mail.to(ANA.address)) == MOST_MAILS
    world.clock.passes(hours=1)
    MemberBrowser(world).asks(ANA.address)
    assert len(world.mail.to(ANA.address)) == MOST_MAILS + 1


def scanned(world: World, link: str) -> None:
    """What mail scanners do to a link."""
    scanner = MemberBrowser(world)
    for _ in range(50):
        for method in ("GET", "HEAD", "OPTIONS"):
            scanner.opens(link, method)
        scanner.posts(link, {"code": ""})
        scanner.posts(link, {})


def test_scanners_sign_nobody_in_and_use_nothing_up() -> None:
    """Whatever opens and clicks the link: no session, no write, and it still works after."""
    world = waiting()
    ana = MemberBrowser(world)
    ana.asks(ANA.address)
    link, writes = mailed(world, ANA.address), world.sign_ins.writes
    scanned(world, link)
    assert world.sign_ins.writes == writes
    ana.opens(link)
    assert ana.posts(link, {"code": ana.code().lower()}).status == 303


@pytest.mark.control
def test_scanners_see_a_link_that_signs_in_on_get() -> None:
    """Control: a door that uses the link up on GET leaves a write that the count sees."""
    world = waiting()
    MemberBrowser(world).asks(ANA.address)
    link, writes = mailed(world, ANA.address), world.sign_ins.writes
    held = world.sign_ins.link(link.split("/")[3])
    world.sign_ins.change(held, held.model_copy(update={"used": "on GET"}))
    scanned(world, link)
    assert world.sign_ins.writes > writes


def refusal(world: World, link: str) -> tuple[int, str, str]:
    response = MemberBrowser(world).opens(link)
    return response.status, response.body, str(response.headers)


def test_dead_links_are_refused_alike() -> None:
    """Unknown, wrong, used, old, tried-out and a leaver's link give the same bytes."""
    world = waiting()

    def fresh(address: str = ANA.address) -> str:
        MemberBrowser(world).asks(address)
        return mailed(world, address)

    used, wrong, unknown = fresh(), fresh()[:-3] + "xyz", f"{PATH}/nothing/secret"
    ana = MemberBrowser(world)
    ana.opens(used)
    ana.posts(used, {"code": ana.code()})
    tried = fresh()
    guesser = MemberBrowser(world)
    guesser.opens(tried)
    statuses = [guesser.posts(tried, {"code": "XXXXX"}).status for _ in range(5)]
    assert statuses == [422] * 5
    leavers = fresh(BEN.address)
    world.people.leaves(BEN)
    dead = {refusal(world, one) for one in (used, wrong, unknown, tried, leavers)}
    old = fresh()
    world.clock.passes(minutes=15)
    dead |= {refusal(world, old)}
    assert len(dead) == 1
    assert dead.pop()[0] == 404


class Racing(FakeSignIns):
    """Somebody else uses the link between our reading and our writing; or our answer is lost."""

    def __init__(self, *, ours: bool) -> None:
        super().__init__()
        self.ours = ours

    def change(self, before: SignIn, after: SignIn) -> None:
        """As the port."""
        mine = after if self.ours else before.model_copy(update={"used": "another"})
        super().change(before, mine)
        raise StoreConflict("changed meanwhile")


@pytest.mark.parametrize(("ours", "status"), [(True, 303), (False, 404)])
def test_of_two_at_once_one_is_signed_in(ours: bool, status: int) -> None:
    """The link's condition decides; a lost answer to our own write is recognised."""
    world = waiting()
    world.sign_ins = Racing(ours=ours)
    world.deps = world.deps_again()
    ana = MemberBrowser(world)
    ana.asks(ANA.address)
    link = mailed(world, ANA.address)
    ana.opens(link)
    assert ana.posts(link, {"code": ana.code()}).status == status


def test_a_link_is_stored_hashed_and_told_to_nobody_else(
    caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    """The secret is in the mail only: not in the table, in a page, in a header or in a log."""
    world = waiting()
    ana = MemberBrowser(world)
    asked = ana.asks(ANA.address)
    link = mailed(world, ANA.address)
    link_id, secret = link.split("/")[3:]
    opened = ana.opens(link)
    assert secret not in str(world.sign_ins.link(link_id))
    assert ANA.address not in str(world.sign_ins._sent)
    logs = "".join(str(vars(entry)) for entry in caplog.records) + capsys.readouterr().out
    assert secret not in asked.body + opened.body + str(opened.headers) + logs
    assert ANA.address not in logs


def test_an_approval_link_does_not_sign_in() -> None:
    """The id and secret of an approval link are nothing here."""
    world = waiting()
    link: Link = world.store.link("link-ana")
    request = Request("GET")
    path = f"{PATH}/{link.link_id}/secret-of-ana-{'a' * 20}"
    assert answer(world.deps, path, request).status == 404


@pytest.mark.parametrize("address", ["", "kim", "@", "a b@example.com", "x" * 300 + "@example.com"])
def test_what_is_no_address_is_said_so(address: str) -> None:
    """The form comes back with a sentence; nothing is stored or sent."""
    world = waiting()
    response = MemberBrowser(world).asks(address)
    assert (response.status, world.sign_ins.writes, world.mail.sent) == (422, 0, [])
    assert "Type a mail address" in response.body


def test_a_second_copy_of_the_link_works_in_another_browser() -> None:
    """Who asks on one device may sign in on another; each has its own code."""
    world = waiting()
    one, other = MemberBrowser(world), MemberBrowser(world)
    one.asks(ANA.address)
    link = mailed(world, ANA.address)
    one.opens(link)
    other.opens(link)
    assert one.code() != other.code()
    assert other.posts(link, {"code": one.code()}).status == 422
    assert one.posts(link, {"code": one.code()}).status == 303
    assert one.opens(link).status == 404
