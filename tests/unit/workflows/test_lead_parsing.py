"""Sums, countries, phones and languages as people write them."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest

from countersign.extraction.patterns import amounts, language
from workflows.lead_intake import phones
from workflows.lead_intake.places import codes, country_code, mentioned, names


@pytest.mark.parametrize(
    ("words", "amount", "currency"),
    [
        ("€12.500", "12500", "EUR"),
        ("12,500.50 EUR", "12500.50", "EUR"),
        ("12 500 €", "12500", "EUR"),
        ("1'200 CHF", "1200", "CHF"),
        ("USD 40k", "40000", "USD"),
        ("$1.5 million", "1500000", "USD"),
        ("between $5,000 and $10,000", "10000", "USD"),
        ("zwischen 5 und 10 Tsd. Euro", "10000", "EUR"),
        ("5-10k EUR", "10000", "EUR"),
        ("EUR 5.000 bis 7.000", "7000", "EUR"),
        ("£3m", "3000000", "GBP"),
        ("₹5 lakh", "500000", "INR"),
        ("₹12,50,000", "1250000", "INR"),
        ("2 crore rupees", "20000000", "INR"),
        ("R$ 15.000,00", "15000", "BRL"),
        ("予算は50万円です", "500000", "JPY"),
        ("0,75 Mio. Euro", "750000", "EUR"),
    ],
)
def test_a_sum_is_read_in_the_notation_of_its_country(
    words: str, amount: str, currency: str
) -> None:
    """Groups, decimal marks, scales, ranges and signs give the amount that a reader understands."""
    (found,) = amounts.sums(words)
    assert (found.amount, found.currency) == (Decimal(amount), currency)
    assert found.words in words
    assert amounts.supports(words, Decimal(amount))


@pytest.mark.parametrize("words", ["3 units in 2026", "10 to 20 users", "call at 5 pm", "080.12"])
def test_a_number_without_a_currency_is_no_sum(words: str) -> None:
    """Dates, counts and times are not money."""
    assert list(amounts.sums(words)) == []


@pytest.mark.parametrize(
    ("stated", "code"),
    [
        ("de", "DE"),
        ("The Netherlands", "NL"),
        ("Côte d’Ivoire", "CI"),
        ("U.S.A.", "US"),
        ("Republic of Korea", "KR"),
        ("Schweiz (CH)", ""),
        ("Georgia", "GE"),
        ("xx", ""),
        ("", ""),
    ],
)
def test_a_country_is_normalised_by_name_or_code(stated: str, code: str) -> None:
    """What the table has becomes a code; all else becomes nothing, never a guess."""
    assert country_code(stated) == code


def test_the_table_of_countries_names_each_once() -> None:
    """No name stands for two countries."""
    table = names()
    assert len(codes()) > 180
    assert {code for code in table.values() if not re.fullmatch("[A-Z]{2}", code)} == {
        *("UA-09", "UA-14", "UA-43")
    }
    assert all(len(code) == 2 for code in codes())


def test_a_name_that_is_also_a_word_counts_only_alone() -> None:
    """“us” and “Jordan” in a text are not countries; “U.S.” is."""
    assert mentioned("Call us, says Jordan.") == ()
    found = mentioned("in the U.S. and in the United Arab Emirates")
    assert [code for code, _ in found] == ["US", "AE"]


@pytest.mark.parametrize(
    ("stated", "region", "number"),
    [
        ("+49 (0)30 23125 0142", "", "+4930231250142"),
        ("030 23125 0142", "DE", "+4930231250142"),
        ("(415) 555-0132", "US", "+14155550132"),
        ("12345", "", ""),
        ("not a phone", "DE", ""),
    ],
)
def test_a_phone_becomes_e164_or_nothing(stated: str, region: str, number: str) -> None:
    """With a prefix or a region a number is one; anything else is dropped."""
    assert phones.e164(stated, region) == number


def test_a_prefix_names_its_country() -> None:
    """The region of a number is known even where no such number can exist."""
    assert phones.region_of("+99912345678") == ""
    assert phones.region_of("+4411111111") == "GB"
    assert phones.region_of("+4930231250142") == "DE"
    assert phones.region_of("+35315550123") == "IE"
    assert phones.region_of("nonsense") == ""


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("We would like to have a quote for the desks.", "en"),
        ("Wir möchten bitte ein Angebot für die Tische.", "de"),
        ("Nous souhaitons un devis pour les tables.", "fr"),
        ("Por favor, necesitamos una oferta para las mesas.", "es"),
        ("Vorremmo un preventivo per i tavoli, grazie.", "it"),
        ("Wij willen graag een offerte voor de tafels.", "nl"),
        ("Gostaríamos de um orçamento para as mesas.", "pt"),
        ("Здравствуйте, нам нужна цена.", "ru"),
        ("Добрий день, нам потрібна ціна.", "uk"),
        ("请报价。", "zh"),
        ("견적 부탁드립니다.", "ko"),
        ("ok", ""),
        ("Hello, Where's my parcel???", "en"),
        ("Wo bleibt mein Paket?", "de"),
        ("Moin, brauche 40 Stühle bis Freitag", "de"),
        ("Colis abîmé, je veux être remboursé", "fr"),
        ("¿Dónde está mi paquete?", "es"),
        ("Ordine 1234 mai arrivato, rimborso grazie", "it"),
        ("Artikel kapot, graag 20 euro terug", "nl"),
        ("Encomenda 1234 não chegou, quero reembolso", "pt"),
        ("Bună ziua, vreau banii înapoi pentru comanda 1234", "ro"),
        ("Hello\nHej, vi behöver 10 handdatorer. Ring mig i morgon.", "sv"),
        ("Hola, order 1234 from Paris", ""),
    ],
)
def test_a_language_is_told_by_script_and_common_words(text: str, code: str) -> None:
    """Two common words, one that no other language has, or a script of its own tell the language;
    less tells nothing."""
    assert language.detect(text) == code


@pytest.mark.parametrize(
    ("stated", "code"), [("en-GB", "en"), ("Deutsch", "de"), ("klingon", ""), ("", "")]
)
def test_a_stated_language_is_a_code_that_the_crm_takes(stated: str, code: str) -> None:
    """Codes with regions and names become ISO 639-1; the unknown becomes nothing."""
    assert language.code(stated) == code


@pytest.mark.parametrize("region", ["DE", "AT", "GB", "US", ""])
@pytest.mark.parametrize("text", ["Our budget is 19,000 EUR.", "about 190,000 or 2,000,000"])
def test_the_thousands_of_a_sum_are_no_phone(text: str, region: str) -> None:
    """Three noughts after a comma look like an international prefix, and are none."""
    assert list(phones.numbers(text, region)) == []
