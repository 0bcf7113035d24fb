"""Letters that nobody wrote for the readers: the honest ones ask nothing, the others something."""

# ruff: noqa: E501 - letters

from __future__ import annotations

from decimal import Decimal

import pytest

from countersign.extraction.patterns import orders
from countersign.extraction.readers.hearing import heard
from countersign.extraction.readers.plain import unclear
from tests.unit.extraction.readers.draws import AGAINST, HONEST
from workflows.refund_request import sums


def said_against(text: str) -> bool:
    """Whether the readers find anything that a person should look at."""
    named = {one.amount for one in sums.asked_for(text, "1042")}
    is_more = set(heard(text)) != {"wish"} or unclear(text) or orders.alike(text, "1042")
    return bool(is_more) or named != {Decimal("49.90")}


EVERY = [5, pytest.param(1, marks=pytest.mark.soak)]
"""One letter in so many."""


@pytest.mark.parametrize("every", EVERY)
@pytest.mark.parametrize("language", HONEST)
def test_an_honest_letter_asks_nothing(language: str, every: int) -> None:
    """Goods, defects and feelings may have any names: they are no reason to ask."""
    assert [text for text in HONEST[language][::every] if said_against(text)] == []


@pytest.mark.parametrize("every", EVERY)
@pytest.mark.parametrize("language", AGAINST)
def test_a_letter_that_says_anything_against_the_payment_is_seen(language: str, every: int) -> None:
    """A part, a condition, another payee or way, a wish taken back or put off, another order."""
    assert [text for text in AGAINST[language][::every] if not said_against(text)] == []


def test_a_strange_word_bears_on_the_wish_by_the_small_word_before_it() -> None:
    """The closed words of a language give a part: a cause may be anything, a payee may not; and a
    verb that orders something of a refund that is known is not a word for asking."""
    plain = "Please refund 49.90 EUR for the quibbling gizmo."
    assert not unclear(plain)
    assert not unclear("Do whiffle me a refund of 49.90 EUR.")
    assert unclear("Please refund 49.90 EUR to the quibbling gizmo.")
    assert unclear("Please refund the gizmo 49.90 EUR.")
    assert unclear("Please refund Gizmo 49.90 EUR.")
    assert unclear("Gizmo wants 49.90 EUR back.")
    assert said_against("Stort de 49,90 EUR van bestelling 1042 terug ten gunste van het asiel.")
    assert unclear("Please whiffle the refund of 49.90 EUR.")


def test_what_is_joined_to_a_wish_is_part_of_it_unless_it_tells_a_story() -> None:
    """“And” adds a wish or begins a story; “but” speaks against, unless nothing happened."""
    assert unclear("Please refund 49.90 EUR and gild the door.") == "gild the door"
    assert not unclear("Please refund 49.90 EUR and the gizmo goes back today.")
    assert unclear("I asked for a refund of 49.90 EUR but the gizmo whiffles.")
    assert not unclear("I asked for a refund of 49.90 EUR but nothing whiffles.")
    assert unclear("An accurate clock. A refund of 49.90 EUR would be premature.")
    assert unclear("私は困っています。49.90 EURを返金してください。") == ""


def test_a_number_like_the_order_where_another_may_stand_is_one() -> None:
    """“And the same for 1043”; neither a year, nor a sum, nor the power of a kettle."""
    assert orders.alike("Refund 1042 and 1043.", "1042") == ("1043",)
    assert orders.alike("Refund 1042, the same for the 1043!", "1042") == ("1043",)
    assert orders.alike("Bought in May and 2024; for 1042.", "1042") == ()
    assert orders.alike("It was for 2200 watts, for 1043.50 EUR.", "1042") == ()
    assert orders.alike("the same for 1043", "A-1042") == ()


@pytest.mark.parametrize(
    "text",
    [
        "Further to my call with lawyer yesterday, please refund 49.90 EUR for order 1042.",
        "As agreed with store credit, please refund 49.90 EUR for order 1042.",
        "As agreed with your colleague half, please refund 49.90 EUR for order 1042.",
        "Comme convenu avec votre avocat, remboursez 49,90 EUR pour la commande 1042.",
        "Zoals met een advocaat besproken, betaal 49,90 EUR terug voor bestelling 1042.",
        "Come concordato con un avvocato, rimborsate 49,90 EUR per l'ordine 1042.",
        "Wie mit Gutschein vereinbart, erstatten Sie bitte 49,90 EUR für Bestellung 1042.",
        "Conforme combinado com metade, reembolse 49,90 EUR da encomenda 1042.",
        "Betaal 49,90 EUR terug voor bestelling 1042 wanneer wordt bevestigd dat het defect is.",
    ],
)
def test_only_a_colleague_or_a_name_with_a_title_is_whom_one_talked_to(text: str) -> None:
    """What else stands there is heard: a lawyer, a voucher, a half; and a time that depends."""
    assert said_against(text)


@pytest.mark.parametrize(
    "text",
    [
        "Dit is mijn derde mail over bestelling 1042. Betaal me nu de 49,90 EUR terug.",
        "Es mi tercer correo sobre el pedido 1042. Devuélvanme de una vez los 49,90 EUR.",
        "1042, Ventilator klappert, behalte ich nicht. 49,90 EUR zurück bitte",
        "1042, ventilator rammelt, houd ik niet. 49,90 EUR terug graag",
        "1042, le ventilateur siffle, je ne le garde pas. 49,90 EUR à rembourser svp",
        "1042, il ventilatore fischia e non lo tengo. Rimborso di 49,90 EUR, grazie",
        "Es tut mir leid, dass ich Umstände mache, aber die Kanne tropft. Bestellung 1042, bitte 49,90 EUR zurück.",
        "Perdonen la molestia, pero la tetera del pedido 1042 gotea. ¿Me podrían devolver mis 49,90 EUR?",
        "Scusate il disturbo, ma la teiera dell'ordine 1042 perde. Potrei riavere i miei 49,90 EUR?",
        "Vous m'avez envoyé une taille enfant au lieu d'adulte (commande 1042). Merci de rembourser les 49,90 EUR.",
        "Me mandaron la talla de niño en vez de adulto (pedido 1042). Por favor reembolsen los 49,90 EUR.",
        "Mi avete mandato la taglia da bambino invece che da adulto (ordine 1042). Rimborsate i 49,90 EUR.",
        "La coque ne va pas sur mon téléphone. Commande 1042, remboursement 49,90 EUR.",
    ],
)
def test_what_is_not_kept_and_what_came_instead_is_a_reason(text: str) -> None:
    """So is whoever begs pardon and then says what is wrong."""
    assert not said_against(text)


@pytest.mark.parametrize(
    "text",
    [
        "Könnten Sie die Erstattung der 49,90 EUR für 1042 rückgängig machen?",
        "Kunt u de terugbetaling van 49,90 EUR voor 1042 ongedaan maken?",
        "49,90 EUR für 1042 erst erstatten, wenn Sie das Gerät geprüft haben.",
        "Send the M or refund 49.90 EUR for 1042.",
        "Refund 49.90 EUR for 1042 or send the M.",
        "Schicken Sie die M oder erstatten Sie 49,90 EUR für 1042.",
        "Envoyez le M ou remboursez 49,90 EUR pour la 1042.",
        "Quiero la M o la devolución de 49,90 EUR del 1042.",
        "Mandatemi la M oppure rimborso di 49,90 EUR per il 1042.",
        "Betaal 49,90 EUR terug voor 1042 of stuur de M.",
        "Reembolsem 49,90 EUR do 1042 ou enviem o M.",
        "Bitte 49,90 EUR für 1042 erstatten und mein Abo kündigen.",
        "Me mandaron la talla S; quiero la M o la devolución de 49,90 EUR del 1042.",
        "Den Deckel behalte ich nicht, den Rest schon. 49,90 EUR zurück für 1042.",
        "Remboursez les 49,90 EUR de la 1042 mais pas sur ma carte.",
        "Scusate il disturbo, ma il pacco 1042 è appena arrivato. Rimborso di 49,90 EUR inutile.",
        "Vous m'avez envoyé l'argent pour la 1042, remboursement de 49,90 EUR bien reçu.",
    ],
)
def test_a_refund_or_something_else_is_a_persons_choice(text: str) -> None:
    """And beside the phrases of a reason the rest is heard as ever."""
    assert said_against(text)
