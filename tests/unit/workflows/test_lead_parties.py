"""Whose a sum is, who sells to whom, and lines that say nothing."""
# ruff: noqa: E501 - a text per line reads as the table it is

import json
import re

import pytest

from countersign.extraction.patterns import sentences
from tests.unit.workflows.pipeline import judge, read
from workflows.lead_intake import budgets, countries, sellers

_PRICES = [
    ("Your web site says 99 EUR for one.", "99 EUR"),
    ("Your prices start at 99 EUR as advertised.", "99 EUR"),
    ("A competitor sells them from 120 EUR.", "120 EUR"),
    ("Another supplier wants 2,500 USD.", "2,500 USD"),
    ("Normally $1,299, now $999 in your newsletter.", "$999"),
    ("The list price is 1,200 USD.", "1,200 USD"),
    ("We paid 12,000 EUR last year at our old vendor.", "12,000 EUR"),
    ("Auf Ihrer Seite kosten sie ab 299 EUR.", "299 EUR"),
    ("Ein anderer Anbieter liegt bei 4.200 EUR.", "4.200 EUR"),
    ("Wir haben 8.000 EUR, der Wettbewerb verlangt 9.000 EUR.", "9.000 EUR"),
    ("Un concurrent nous propose 1 900 EUR.", "1 900 EUR"),
    ("Votre site les affiche à 220 EUR.", "220 EUR"),
    ("La competencia nos ofrece 700 EUR.", "700 EUR"),
    ("En su web cuestan 89 EUR.", "89 EUR"),
    ("Sul vostro sito costano 310 EUR.", "310 EUR"),
    ("Een andere leverancier vraagt 900 EUR.", "900 EUR"),
    ("No vosso site custam 180 EUR.", "180 EUR"),
    ("御社サイトでは99,000円です。", "99,000円"),
]
_BUDGETS = [
    ("Our budget is 9,000 EUR.", "9,000 EUR"),
    ("We would buy 10 licences for 5,000 USD.", "5,000 USD"),
    ("It should cost no more than 500 EUR.", "500 EUR"),
    ("Wir haben 8.000 EUR, der Wettbewerb verlangt 9.000 EUR.", "8.000 EUR"),
    ("Für unsere Werkstatt sind es 9.000 EUR.", "9.000 EUR"),
    ("Nous disposons de 7 000 EUR pour l'achat.", "7 000 EUR"),
    ("Disponemos de 2.500 EUR.", "2.500 EUR"),
    ("Abbiamo a disposizione 3.500 EUR per le sedie.", "3.500 EUR"),
    ("Wij hebben 1.800 EUR beschikbaar.", "1.800 EUR"),
    ("Temos 2.200 EUR para as mesas.", "2.200 EUR"),
    ("予算は900,000円です。", "900,000円"),
]


@pytest.mark.parametrize(("text", "words"), _PRICES)
def test_a_price_that_somebody_asks_is_no_budget(text: str, words: str) -> None:
    """Asked, advertised or paid: by us, by a rival, long ago."""
    assert budgets.is_price(words, text)


@pytest.mark.control
@pytest.mark.parametrize(("text", "words"), _BUDGETS)
def test_control_what_the_sender_would_spend_is_no_price(text: str, words: str) -> None:
    """Control: also beside a price in the same sentence."""
    assert not budgets.is_price(words, text)


_FORM = {"name": "Ines Alder", "email": "ines@kornfeld.example", "message": ""}


def test_a_model_s_budget_that_is_a_price_is_dropped_and_asked_about() -> None:
    """Shown as what no words of the message say; beside a real budget the real one stays."""
    text = "We need a quote for 40 tablets. Your web site says 99 EUR for one."
    said = {"budget": {"amount": "99", "currency": "EUR", "quotes": ["99 EUR"]}}
    plan = judge(read(json.dumps({**_FORM, "message": text}).encode()), answer=said)
    assert "facts.dropped" in plan.rules
    assert plan.verdicts["crm.create_lead"] == "ask"
    assert plan.params("crm.create_lead").get("budget") is None


_SELL = [
    "we are a supplier of scanners. Our prices start at 99 EUR and we would like to send you our price list.",
    "We build websites and mobile apps at affordable prices. Can we schedule a call this week?",
    "Dear purchasing manager, find attached our price list; we look forward to your order.",
    "I represent an agency. We help companies like yours to sell. Can I show you a quick demo?",
    "wir sind Hersteller von Etiketten und möchten Ihnen unser Angebot vorstellen.",
    "Wir helfen Unternehmen wie Ihrem, Kosten zu sparen. Gerne zeige ich Ihnen unser Produkt.",
    "nous sommes fournisseur de papier et souhaitons vous présenter nos produits.",
    "Nous proposons des solutions de nettoyage. Je vous propose un devis gratuit.",
    "somos fabricantes de cajas y nos gustaría presentarle nuestros productos.",
    "siamo produttori di imballaggi e vorremmo presentarvi la nostra offerta.",
    "Wij willen ons graag aan u voorstellen: wij leveren koffie op kantoor.",
    "somos fornecedores de papel e gostaríamos de lhe apresentar os nossos produtos.",
    "弊社はスキャナーのメーカーです。弊社製品のご紹介をお送りします。",
]
_BUY = [
    "we are a supplier of toys and need a quotation for 40 scanners, budget 9,000 EUR.",
    "We are a manufacturer in Leeds. Please send us your price list for label printers.",
    "I represent a school and we would like to buy 20 tablets. Can you show us a demo?",
    "Our customers ask for your scanners. Please offer us 40 of them at your best price.",
    "wir sind Hersteller von Spielzeug und suchen 12 Etikettendrucker.",
    "nous sommes fabricant de meubles et cherchons un devis pour 10 scanners.",
    "somos proveedores de hoteles y necesitamos un presupuesto de 40 tabletas.",
    "siamo produttori di vino e vorremmo un preventivo per 4 stampanti.",
    "wij zijn leverancier van bloemen en zoeken 5 scanners. Graag uw prijslijst.",
    "somos fornecedores de calçado e precisamos de um orçamento para 30 leitores.",
    "弊社は玩具メーカーです。スキャナー40台の見積をお願いします。",
    "We provide care for the elderly and want 12 beds. Who can call us?",
]


@pytest.mark.parametrize("text", _SELL)
def test_who_sells_to_us_is_heard(text: str) -> None:
    """Two words of a seller's, and no wish."""
    assert sellers.offers(text)


@pytest.mark.control
@pytest.mark.parametrize("text", _BUY)
def test_control_who_buys_is_no_seller_whatever_they_sell(text: str) -> None:
    """Control: a manufacturer that wants something is a customer."""
    assert not sellers.offers(text)


def test_an_offer_to_us_becomes_no_lead_by_itself() -> None:
    """However sure a model is that it is a sale: a person sees the words of the offer."""
    said = {"intent": {"value": "sales", "quotes": ["supplier"]}, "confidence": 99}
    plan = judge(read(json.dumps({**_FORM, "message": _SELL[0]}).encode()), answer=said)
    assert "text.sells" in plan.rules
    assert set(plan.verdicts.values()) == {"ask"}


@pytest.mark.parametrize(
    "line",
    [
        *("-" * 26, "=" * 20, "*** *** ***", "_" * 28, "~" * 10, "- - - - - - -", "#" * 9, "| | | | |"),
        *("<!-- p {margin:0} -->", "<!--[if gte mso 9]><![endif]-->", "-->", "<![endif]>"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("said", ["We need a quote for 40 tablets.", "Wir brauchen 5 Drucker."])
def test_a_rule_or_a_comment_is_no_need(line: str, said: str) -> None:
    """Around a sentence it is no part of it, and what a model makes of it alone is no fact."""
    assert said in sentences.split(f"{line}\n{said}\n{line}")
    plan = judge(
        read(json.dumps({**_FORM, "message": f"{line}\n{said}"}).encode()),
        answer={"need": {"value": line, "quotes": [line]}},
    )
    assert not re.search(r"[-=_~#*|]{3}|<!|-->", plan.facts.get("need", ""))


@pytest.mark.parametrize(
    "text",
    [
        "Name: Ada\nMessage: We need 12 desks, please quote.",
        "[EXTERNAL]\nWe need 12 desks, please quote.",
        "View this email in your browser\nWe need 12 desks, please quote.",
        "CAUTION: This email originated from outside the organization.\nWe need 12 desks, please quote.",
        "***\nWe need 12 desks, please quote.\n***",
    ],
)
def test_what_a_form_or_a_server_puts_before_them_is_no_need(text: str) -> None:
    """A field's name, a server's warning and a row of stars are not the sender's words."""
    assert sentences.split(text)[-1] == "We need 12 desks, please quote."


@pytest.mark.control
@pytest.mark.parametrize("text", ["- 40 tablets, please", "> 40 tablets, please", "A -- B, please"])
def test_control_signs_of_a_list_stay(text: str) -> None:
    """Control: a bullet, a quote's mark and a dash are no rule."""
    assert sentences.split(text) == [text]


@pytest.mark.parametrize(
    "clause",
    [
        "Spend 100 EUR and get 20 off",
        "20 EUR off every bench",
        "Ab 100 EUR Bestellwert 20 Rabatt",
        "dès 100 EUR d'achats",
        "por compras superiores a 100 EUR",
        "bij besteding van 100 EUR",
    ],
)
def test_what_a_shop_wants_to_have_spent_is_no_budget(clause: str) -> None:
    """A sum that earns a discount; a writer who would spend the same names a budget."""
    assert sellers.is_priced(clause)
    assert not sellers.is_priced("We would spend 100 EUR on benches")


@pytest.mark.parametrize(
    ("text", "weight"),
    [
        ("We met at the trade fair in Shanghai.", countries.NAMED),
        ("We met at the Shanghai book fair.", countries.NAMED),
        ("Wir trafen uns auf der Fachmesse in Shanghai und sprachen lange.", countries.NAMED),
        ("Nos vimos en la feria de Shanghai y hablamos.", countries.NAMED),
        ("After the fair please deliver the benches to Shanghai.", countries.HINT),
        ("Our office in Shanghai needs twelve of the benches soon.", countries.STATED),
    ],
)
def test_where_a_fair_was_is_nobodys_address(text: str, weight: int) -> None:
    """People meet there who are from elsewhere; what is delivered to the place says more."""
    assert [sign.weight for sign in countries.in_text(text)] == [weight]
