"""The page of a refund: what it makes of the order, what was refunded before, that it is final."""

from __future__ import annotations

from countersign.approvals.views.request import RequestPage, request
from countersign.web.forms import Form
from countersign.web.rendering import render
from tests.fakes.journey import Journey
from tests.fakes.world import World
from tests.unit.steps.refunds import begin, has_order, signs, world
from workflows import WORKFLOWS

CHARGED, BEFORE, ASKED = 40_000, 1_000, 32_000


def waiting() -> tuple[World, Journey]:
    """320 EUR of an order of 400 are asked for, of which 10 are refunded; so are 20 of another."""
    made = world()
    made.payments.has_refund(has_order(made, "1043", CHARGED), BEFORE)
    made.payments.has_refund(has_order(made, "1040", 9_900), 2_000)
    return made, begin(made, order="1043", amount={"minor": ASKED, "currency": "EUR"})


def view(made: World, journey: Journey) -> RequestPage:
    """What Robin is asked."""
    record = journey.record
    assert record.pending
    member = made.people.directory().member("robin")
    assert member
    now, workflow = made.clock.now(), WORKFLOWS["refund_request"]
    return request(record, record.pending, member.person, workflow, now)


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
    assert "History with this contact" in body
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
    """In the subject what and how much, and of each action that cannot be undone, that, once."""
    made, _ = waiting()
    (mail,) = made.mail.to("robin@countersign.example")
    refund = "Refund 320.00 EUR of order 1043 to the card it was paid with"
    assert mail.subject == f"Sign: {refund} (+2 actions)"
    assert f"1. {refund}. Cannot be undone.\n" in mail.text
    assert mail.text.count("annot be ") == 3


def test_what_is_shown_forbids_nothing() -> None:
    """Ten euros more by hand while it waits, and enough left: it is asked anew with what is there
    now, and runs."""
    made, journey = waiting()
    charge = journey.record.ledger[0].content()["params"]["charge"]
    made.payments.has_refund(charge, BEFORE)
    for _ in range(2):
        signs(made, journey, "robin")
        journey.answered()
    assert journey.statuses()["payments.refund"] == "verified"
    assert [one.amount for one in made.payments.journal] == [ASKED]
