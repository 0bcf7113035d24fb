"""A share of an order: computed by us, shown with its computation, signed by a person."""

from __future__ import annotations

from decimal import Decimal

import pytest

from countersign.domain.money import Money
from tests.unit.workflows.refunds import asked, judge, mailed, records
from workflows.refund_request import facts
from workflows.refund_request.shares import computed

PAID = Money(amount=Decimal("149.90"), currency="EUR")


@pytest.mark.parametrize(
    ("text", "amount", "words"),
    [
        ("Two of six mugs at 24.50 came broken, please refund.", "49.00", "2 × 24.50"),
        ("2 of the 6 mugs (EUR 24.50 each) broke. Please refund them.", "49.00", "2 × 24.50"),
        ("Zwei von sechs Tassen zu je 24,50 € sind kaputt. Bitte erstatten.", "49.00", "2 × 24.50"),
        ("Trois des six tasses à 24,50 € sont cassées, remboursez-les.", "73.50", "3 × 24.50"),
        ("Dos de las seis tazas a 24,50 € llegaron rotas: reembólsenlas.", "49.00", "2 × 24.50"),
        ("Una delle due lampade a 24,50 euro è rotta. Chiedo il rimborso.", "24.50", "1 × 24.50"),
        ("3 van de 5 kopjes à 10 euro zijn stuk; graag terugbetalen.", "30.00", "3 × 10"),
        ("Duas das quatro canecas a 12,00 € partiram-se; peço o reembolso.", "24.00", "2 × 12.00"),
        (
            "6個のうち2個が割れました。1個あたり24.50 EURです。返金してください。",
            "49.00",
            "2 × 24.50",
        ),
        ("Please refund twenty percent.", "29.98", "20 % of 149.90"),
        ("Bitte erstatten Sie mir 20 % von 80 EUR.", "16.00", "20 % of 80"),
        ("Reembolsen el 15 por ciento.", "22.48", "15 % of 149.90"),
        ("Merci de me rembourser la moitié.", "74.95", "1/2 of 149.90"),
        ("Bitte erstatten Sie ein Drittel.", "49.96", "1/3 of 149.90"),
        ("Rimborsatemi la differenza tra 49,90 e 39,90 EUR.", "10.00", "49.90 − 39.90"),
        ("I paid 49.90 EUR, it costs 39.90 EUR. Refund the gap.", "10.00", "49.90 − 39.90"),
    ],
)
def test_a_share_is_computed_from_what_the_text_says(text: str, amount: str, words: str) -> None:
    """Items by the price of one, percent, fractions and differences, down to whole minor units."""
    found = computed(text, "1042", PAID, PAID)
    assert found is not None
    assert (f"{found.amount.amount:f}", found.words) == (amount, words)


@pytest.mark.parametrize(
    "text",
    [
        "Please refund one third, or half.",
        "Please refund 49.90 EUR.",
        "The difference in colour is large. Please refund 49.90 EUR.",
        "Half of the lamps came late.",
        "Please refund the difference between 49, 39 and 29 EUR.",
        "Two of the lamps broke. Please refund me.",
        "Two of six at 200.00 EUR each broke. Please refund me.",
        "Please refund the postage only.",
        "Please refund 0 %.",
    ],
)
def test_what_can_be_computed_in_two_ways_or_none_is_not(text: str) -> None:
    """No guess: several shares, no price, more than is left, or a word that is no wish."""
    assert computed(text, "1042", PAID, PAID) is None


def test_the_rest_is_what_did_not_go_back_before() -> None:
    """Of an order that nothing of went back, a rest says nothing."""
    left = Money(amount=Decimal("109.90"), currency="EUR")
    found = computed("Please refund me the rest.", "1042", PAID, left)
    assert found is not None
    assert found.words == "149.90 − 40.00 that went back before"
    assert computed("Please refund me the rest.", "1042", PAID, PAID) is None


ALL = {"amount": {"amount": "49.90", "currency": "EUR", "quotes": ["49.90 EUR"]}}


def test_a_share_is_proposed_with_its_computation_and_asks() -> None:
    """Whatever a model says: of its sum and ours the smaller is proposed, and a person signs."""
    given = mailed("Order #1042 cost 49.90 EUR. Please refund me half of it.")
    for answer in (None, ALL):
        outcome = judge(given, records(), answer)
        assert outcome.params("payments.refund")["amount"]["minor"] == 2495
        assert outcome.verdicts["payments.refund"] == "ask"
        (told,) = (one for one in outcome.found if one.rule == "amount.computed")
        assert told.value == "1/2 of 49.90 = 24.95 EUR"


@pytest.mark.parametrize(
    "text",
    [
        "Two of the lamps of order 1042 broke. Please refund me for them.",
        "Please refund order 1042, but keep the postage.",
        "Bitte erstatten Sie einen Teil der Bestellung 1042.",
        "Remboursez une partie de la commande 1042.",
    ],
)
def test_a_part_of_which_nobody_knows_how_much_it_is_is_never_the_whole(text: str) -> None:
    """No refund is planned; a person reads the reply, and may state the sum."""
    outcome = judge(mailed(text))
    assert "payments.refund" not in outcome.verdicts
    assert outcome.verdicts["email.send_reply"] == "ask"
    assert "amount.part_unstated" in outcome.rules
    assert not outcome.rules & {"refund.none", "amount.unstated"}


def test_a_form_that_states_the_whole_beside_a_share_gets_the_share() -> None:
    """The shop's form says 49.90 EUR and its text half: the stricter counts, and asks."""
    outcome = judge(asked(message="The lamp has a scratch, please refund me half."))
    assert outcome.params("payments.refund")["amount"]["minor"] == 2495
    assert outcome.verdicts["payments.refund"] == "ask"


@pytest.mark.control
def test_the_order_is_made_once_for_all_rules() -> None:
    """All rules of one judgement see one order; control: an equal look at a job makes its own."""
    once, again = judge(asked()).situation, judge(asked()).situation
    assert facts.order(once) is facts.order(once)
    assert facts.order(once) == facts.order(again)
    assert facts.order(once) is not facts.order(again)
