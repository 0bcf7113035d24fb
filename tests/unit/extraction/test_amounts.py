"""Sums as people write them: in words, with every sign, without a space, and what is no sum."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest

from countersign.extraction.answers import SaidMoney
from countersign.extraction.grounding import money
from countersign.extraction.patterns import amounts

SPELLINGS = [
    ("EUR75000", "75000", "EUR"),
    ("75000EUR", "75000", "EUR"),
    ("£75k", "75000", "GBP"),
    ("120 TEUR", "120000", "EUR"),
    ("k€ 75", "75000", "EUR"),
    ("CHF 90´000", "90000", "CHF"),
    ("90’000 CHF", "90000", "CHF"),
    ("EUR 75.000,-", "75000", "EUR"),
    ("Rs 50,000/-", "50000", "INR"),
    ("12 lakh rupees", "1200000", "INR"),
    ("60 grand in pounds", "60000", "GBP"),
    ("half a million euros", "500000", "EUR"),
    ("three quarters of a million dollars", "750000", "USD"),
    ("one and a half million dollars", "1500000", "USD"),
    ("two hundred and fifty thousand pounds", "250000", "GBP"),
    ("eine halbe Million Euro", "500000", "EUR"),
    ("fünfundsiebzigtausend Euro", "75000", "EUR"),
    ("anderthalb Millionen Franken", "1500000", "CHF"),
    ("un demi-million d'euros", "500000", "EUR"),
    ("un million et demi d'euros", "1500000", "EUR"),
    ("soixante-quinze mille euros", "75000", "EUR"),
    ("medio millón de euros", "500000", "EUR"),
    ("quinientos mil euros", "500000", "EUR"),
    ("mezzo milione di euro", "500000", "EUR"),
    ("duecentocinquantamila euro", "250000", "EUR"),
    ("een half miljoen euro", "500000", "EUR"),
    ("vijfenzeventigduizend euro", "75000", "EUR"),
    ("meio milhão de euros", "500000", "EUR"),
    ("trezentos mil euros", "300000", "EUR"),
    ("五十万円", "500000", "JPY"),
    ("fifteen eurosの返金", "15", "EUR"),
    ("返金はfifty eurosです", "50", "EUR"),
    ("请退还quinze euros给我", "15", "EUR"),
    ("환불은 fünfzig Euro를", "50", "EUR"),
    ("５０万円", "500000", "JPY"),
    ("2千万円", "20000000", "JPY"),
    ("fifty euros", "50", "EUR"),
    ("Many thanks\nFive hundred euros went missing", "500", "EUR"),
    ("Vielen Dank\nZweihundert Euro Schadenersatz", "200", "EUR"),
    ("90 thousand quid", "90000", "GBP"),
    ("eighty thousand bucks", "80000", "USD"),
    ("75 thou euros", "75000", "EUR"),
    ("60,000-odd euros", "60000", "EUR"),
    ("$ 2.500.000 MXN", "2500000", "MXN"),
    ("EUR: 75,000", "75000", "EUR"),
    ("75.000 Stutz", "75000", "CHF"),
    ("80 000 balles", "80000", "EUR"),
    ("80 mil pavos", "80000", "EUR"),
    ("un cuarto de millón de euros", "250000", "EUR"),
    ("un quarto di milione di euro", "250000", "EUR"),
    ("80k euri", "80000", "EUR"),
    ("osiemdziesiąt tysięcy złotych", "80000", "PLN"),
    ("pół miliona złotych", "500000", "PLN"),
    ("dwa i pół miliona złotych", "2500000", "PLN"),
    ("sto dwadzieścia tysięcy zł", "120000", "PLN"),
    ("250 tysięcy euro", "250000", "EUR"),
    ("500.000 TL", "500000", "TRY"),
    ("500 bin TL", "500000", "TRY"),
    ("iki yüz elli bin TL", "250000", "TRY"),
    ("yarım milyon lira", "500000", "TRY"),
    ("bir buçuk milyon euro", "1500000", "EUR"),
    ("on beş bin euro", "15000", "EUR"),
    ("75.000 Avro", "75000", "EUR"),
    ("500 tkr", "500000", "SEK"),
    ("en halv miljon kronor", "500000", "SEK"),
    ("sjuttiofem tusen kronor", "75000", "SEK"),
    ("полмиллиона рублей", "500000", "RUB"),
    ("полтора миллиона евро", "1500000", "EUR"),
    ("25 millió forint", "25000000", "HUF"),
    ("300 000 lei", "300000", "RON"),
    ("10万ドル", "100000", "USD"),
    ("9천만원", "90000000", "KRW"),
    ("1/2 Mio. Euro", "500000", "EUR"),
    ("1½ million euros", "1500000", "EUR"),
    ("$1/4 million", "250000", "USD"),
    ("dvě stě tisíc korun", "200000", "CZK"),
    ("1,5 mil. Kč", "1500000", "CZK"),
    ("1,5 mil euros", "1500", "EUR"),
    ("50万人民币", "500000", "CNY"),
    ("100 ألف يورو", "100000", "EUR"),
    ("מאה אלף שקל", "100000", "ILS"),
    ("٥٠٬٠٠٠ يورو", "50000", "EUR"),
    ("trecentomila euro", "300000", "EUR"),
    ("2,5 milionu Kč", "2500000", "CZK"),
]


@pytest.mark.parametrize(("words", "amount", "currency"), SPELLINGS)
def test_a_sum_is_read_however_it_is_written(words: str, amount: str, currency: str) -> None:
    """Words, scales, apostrophes and missing spaces give the amount, and a right answer stands."""
    text = f"Well, it is {words}, as I said."
    (found,) = amounts.sums(text)
    assert (found.amount, found.currency) == (Decimal(amount), currency)
    assert text[found.at :].startswith(found.words)
    said = SaidMoney(amount=amount, currency=currency, quotes=(text,))
    assert all(fact and fact.quotes == (text,) for fact in money(said, "budget").values())


@pytest.mark.parametrize(
    ("words", "lower", "upper"),
    [
        ("EUR 50k to 80k", "50000", "80000"),
        ("50.000 € bis 80.000 €", "50000", "80000"),
        ("between £50,000 and £80,000", "50000", "80000"),
        ("50 oder 80 Tsd. Euro", "50000", "80000"),
        ("50万〜80万円", "500000", "800000"),
    ],
)
def test_a_range_has_two_ends(words: str, lower: str, upper: str) -> None:
    """A limit is compared with the upper end; the lower one stands beside it."""
    (found,) = amounts.sums(words)
    assert (found.lower, found.amount) == (Decimal(lower), Decimal(upper))


@pytest.mark.parametrize(
    "text", ["order 1042 and 49.90 EUR", "order 1042 - 49.90 EUR", "order 1042, 49.90 EUR"]
)
def test_an_order_beside_a_sum_is_no_range(text: str) -> None:
    """Numbers that fall, or that only "and" joins, are two."""
    (found,) = amounts.sums(text)
    assert (found.lower, found.amount) == (Decimal("49.90"), Decimal("49.90"))


@pytest.mark.parametrize("between", [" and ", " or ", ", ", " und ", " bis "])
def test_of_two_sums_that_fall_both_are_read(between: str) -> None:
    """The larger one first is no range: each keeps its currency."""
    found = [f"{one.amount} {one.currency}" for one in amounts.plain(f"900 EUR{between}300 EUR")]
    assert found == ["900 EUR", "300 EUR"]


NO_SUMS = [
    "250 drivers and the budget for 2027 is not fixed",
    "100 % by 5 pm on 12.11.2026",
    "zwei Büros, 40 Tablets und 3 Tage",
    "refund me at once, as the two others",
    "we won 3 deals on the 1st",
    "pour 12 utilisateurs et 20 %",
    "24.50 each",
]


@pytest.mark.parametrize("text", NO_SUMS)
def test_what_is_counted_is_no_sum(text: str) -> None:
    """Head counts, years, shares, times, days and prices without a currency are no budget."""
    assert list(amounts.plain(text)) == []


@pytest.mark.parametrize(
    "text",
    [
        *("12 scanners at 900 EUR each", "EUR 900 per head", "je 900 EUR", "900 EUR pro Stück"),
        *("900 € l'unité", "900 EUR cada una", "900 EUR per persona", "900 euro per stuk"),
        *("900 EUR por pessoa", "単価900円"),
    ],
)
def test_a_price_of_one_is_known_as_one(text: str) -> None:
    """What one item or one head costs is no budget."""
    (found,) = amounts.sums(text)
    assert found.per_item


@pytest.mark.parametrize("text", ["60,000 EUR per year", "60.000 € pro Monat", "60 000 € par an"])
def test_a_sum_of_a_time_is_no_price_of_one(text: str) -> None:
    """A yearly budget is one."""
    (found,) = amounts.sums(text)
    assert not found.per_item


@pytest.mark.parametrize(
    ("quote", "code", "stands"),
    [
        ("EUR 900,000", "JPY", False),
        ("EUR 900,000", "EUR", True),
        ("$900,000", "CAD", True),
        ("US$900,000", "CAD", False),
        ("900,000", "EUR", True),
    ],
)
def test_a_quote_in_another_currency_is_no_support(quote: str, code: str, stands: bool) -> None:
    """A sum relabelled by the model has no quote for its currency; a shared sign allows it."""
    said = SaidMoney(amount="900000", currency=code, quotes=(quote,))
    fact = money(said, "budget")["budget_currency"]
    assert fact
    assert bool(fact.quotes) is stands


@pytest.mark.control
def test_control_digits_alone_miss_what_people_write() -> None:
    """Control: the plain number with its currency finds a few of these only."""
    plain = re.compile(r"(?:EUR|€|£)\s?[\d.,]+|[\d.,]+\s(?:EUR|CHF|USD)")
    assert sum(bool(plain.fullmatch(words)) for words, _, _ in SPELLINGS) < len(SPELLINGS) / 4
