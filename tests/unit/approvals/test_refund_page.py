"""The page of a refund: what it makes of the order, what was refunded before, that it is final."""

from __future__ import annotations

import re

import pytest

from countersign.approvals.outcome import decided
from countersign.approvals.views.request import RequestPage, request, said_before
from countersign.domain.approvals.approval import Person
from countersign.web.forms import Form
from countersign.web.paths import path
from countersign.web.rendering import render
from tests.fakes.journey import Journey
from tests.fakes.world import World
from tests.unit.steps.refunds import amounts, begin, has_order, signs, world
from tests.unit.steps.refunds import member as signer
from tests.unit.web.member import MemberBrowser
from workflows import WORKFLOWS

CHARGED, BEFORE, ASKED = 40_000, 1_000, 32_000


def waiting(*also: str) -> tuple[World, Journey]:
    """320 EUR of an order of 400 are asked for, of which 10 are refunded; so are 20 of another.
    `also` may sign it as Robin may."""
    made = world()
    for key in also:
        made.people.save(signer(key, "refunds", 500))
    made.payments.has_refund(has_order(made, "1043", CHARGED), BEFORE)
    made.payments.has_refund(has_order(made, "1040", 9_900), 2_000)
    return made, begin(made, order="1043", amount={"minor": ASKED, "currency": "EUR"})


def view(made: World, journey: Journey) -> RequestPage:
    """What Robin is asked."""
    record = journey.record
    assert record.pending
    now, workflow = made.clock.now(), WORKFLOWS["refund_request"]
    return request(record, record.pending, member(made, "robin"), workflow, now)


def member(made: World, person_id: str) -> Person:
    """Somebody of the directory."""
    found = made.people.directory().member(person_id)
    assert found
    return found.person


def page(made: World, journey: Journey) -> str:
    """The whole page."""
    return render("approval.html.j2", it=view(made, journey), form=Form(shown="", code="ABCDE"))


def changes(made: World, journey: Journey) -> dict[str, list[str]]:
    """What changes at the target of the refund, before and after."""
    found = view(made, journey).actions[0].changes
    assert found is not None
    return {one.label: ["".join(p.text for p in run.pieces) for run in one.runs] for one in found}


def test_what_is_refunded_and_what_is_left_is_shown_before_and_after() -> None:
    """From Look's record of the order: nobody has to look it up in the payments account."""
    made, journey = waiting()
    assert changes(made, journey) == {
        "Refunded": ["10.00 EUR of 400.00 EUR", "330.00 EUR of 400.00 EUR"],
        "Left to refund": ["390.00 EUR", "70.00 EUR"],
    }
    assert "What changes there" in page(made, journey)


def test_the_customers_earlier_refunds_are_the_history() -> None:
    """Of all orders of this customer, each with its sum, its state and its day."""
    body = page(*waiting())
    assert "<summary>History<" in body
    for words in ("Refund of order 1043", "10.00 EUR", "Refund of order 1040", "20.00 EUR"):
        assert words in body
    assert "succeeded · 1 Mar 2026" in body


def test_a_refund_says_once_that_it_cannot_be_undone() -> None:
    """In its tag; the sentence says what happens."""
    made, journey = waiting()
    card = page(made, journey).split('<section class="card')
    (of_refund,) = [
        one for one in card if '<h2 class="text" dir="auto">1. Refund 320.00 EUR' in one
    ]
    assert of_refund.count("annot be undone") == 1


def test_the_mail_names_the_refund_and_says_that_it_is_final() -> None:
    """In the subject what, for whom and how much; of each action that it is final, once."""
    made, _ = waiting()
    (mail,) = made.mail.to("robin@countersign.example")
    refund = "Refund 320.00 EUR of order 1043 to the card it was paid with"
    about = "refund for ada.quill@example.com · 320.00 EUR · order 1043"
    assert mail.subject == f"Sign: {about} (+2 actions)"
    assert f"1. {refund}. Cannot be undone.\n" in mail.text
    assert mail.text.count("annot be ") == 3


def charge_of(journey: Journey) -> str:
    """The charge that is refunded."""
    return str(journey.record.ledger[0].content()["params"]["charge"])


def test_another_payee_is_asked_about_again_with_only_that() -> None:
    """Robin signs, and the order turns out to be somebody else's: no money moves. Robin sees what
    changed, the rest folded, and their choice still chosen; with it, it runs."""
    made, journey = waiting()
    signs(made, journey, "robin")
    made.payments.is_somebody_elses(charge_of(journey), "Eve Quill")
    assert journey.answered() == "Ask"
    assert amounts(made) == []
    (item,) = view(made, journey).actions
    assert [one.label for one in item.since] == ["Customer"]
    body = page(made, journey)
    changed, _, rest = body.partition("All of it, as it is now")
    assert "Changed since Robin approved it" in changed
    assert "Eve Quill, ada.quill@example.com" in changed
    assert "Left to refund" not in changed
    assert "Left to refund" in rest
    asked = journey.record.pending
    assert asked
    again = said_before(journey.record, asked, member(made, "robin"))
    assert again == {item.digest: "approve"}
    signs(made, journey, "robin")
    journey.answered()
    assert amounts(made) == [ASKED]


def asked_anew() -> tuple[World, Journey, str]:
    """Robin has signed, somebody else turns out to be the payee, and it is asked again, of Robin
    and Kim."""
    made, journey = waiting("kim")
    signs(made, journey, "robin")
    made.payments.is_somebody_elses(charge_of(journey), "Eve Quill")
    assert journey.answered() == "Ask"
    assert journey.record.pending
    return made, journey, path(journey.record.pending)


def form(browser: MemberBrowser) -> dict[str, str]:
    """The form of the page as it came, sent by one click."""
    one = browser.page
    chosen = re.findall(r'name="(choice-[0-9a-f]+)" value="(\w+)" required[^>]* checked', one)
    return {**browser.hidden(), **dict(chosen), "cause": "", "reason": ""}


def test_signed_in_it_is_approved_again_by_one_click() -> None:
    """Who approved it before sees only what changed, chosen already: no code is asked for."""
    made, journey, place = asked_anew()
    robin = MemberBrowser(made).signs_in("robin@countersign.example")
    robin.opens(place)
    assert 'id="code-shown"' not in robin.page
    assert robin.posts(place, form(robin)).status == 303
    journey.answered()
    assert amounts(made) == [ASKED]


@pytest.mark.control
def test_control_one_click_is_for_who_approved_it_and_by_session_alone() -> None:
    """Somebody else signed in types the code of the page, and so does Robin by the mailed link; a
    form that another page of the session opened is refused."""
    made, journey, place = asked_anew()
    other = MemberBrowser(made).signs_in("kim@countersign.example")
    other.opens(place)
    assert 'id="code-shown"' in other.page
    (digest,) = journey.record.pending.digests if journey.record.pending else ()
    blind = {"shown": digest, f"choice-{digest}": "approve", "cause": "", "reason": "", "code": ""}
    assert other.posts(place, blind).status == 422
    robin = MemberBrowser(made).signs_in("robin@countersign.example")
    assert robin.posts(place, blind).status == 403
    mail = next(one for one in reversed(made.mail.sent) if "Read and decide" in one.html)
    link = re.findall(r"https?://[^/]+(/approvals/\S+)", mail.text)[0]
    robin.opens(link)
    assert 'id="code-shown"' in robin.page
    assert robin.posts(link, blind).status == 422
    assert amounts(made) == []


def test_the_mail_and_the_old_link_say_that_it_is_asked_again() -> None:
    """The new mail begins with what changed; the page of the old decision says that one follows."""
    made, journey = waiting()
    old = signs(made, journey, "robin")
    made.payments.has_refund(charge_of(journey), BEFORE)
    journey.answered()
    mail = made.mail.to("robin@countersign.example")[-1]
    assert mail.subject.startswith("[Asked again] Sign: refund for ")
    first = mail.text.split("\n\n")[2]
    for told in ("4th refund within 30 days; Refunded", "Left to refund: 390.00 EUR → 380.00 EUR"):
        assert told in first
    assert old.decision
    robin, workflow = member(made, "robin"), WORKFLOWS["refund_request"]
    after = decided(journey.record, old, old.decision, robin, workflow)
    assert (after.moving, "asked again" in after.now) == (False, True)


def test_what_is_shown_forbids_nothing() -> None:
    """Ten euros more by hand while it waits, and enough left: it is asked anew with what is there
    now, and runs."""
    made, journey = waiting()
    made.payments.has_refund(charge_of(journey), BEFORE)
    for _ in range(2):
        signs(made, journey, "robin")
        journey.answered()
    assert journey.statuses()["payments.refund"] == "verified"
    assert amounts(made) == [ASKED]
