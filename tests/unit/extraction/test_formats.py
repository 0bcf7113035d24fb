"""Amounts in the format of who reads them."""

from decimal import Decimal

import pytest

from countersign.domain.money import Money
from countersign.extraction import formats
from countersign.extraction.patterns.language import detect


@pytest.mark.parametrize(
    ("language", "amount", "currency", "words"),
    [
        ("en", "49.90", "EUR", "49.90 EUR"),
        ("en", "12500.50", "USD", "12,500.50 USD"),
        ("ja", "1234567", "JPY", "1,234,567 JPY"),
        ("ja", "49.90", "EUR", "49.90 EUR"),
        ("de", "49.90", "EUR", "49,90 EUR"),
        ("de", "12500.50", "CHF", "12.500,50 CHF"),
        ("de", "1234567", "JPY", "1.234.567 JPY"),
        ("es", "1250.00", "GBP", "1.250,00 GBP"),
        ("it", "1250.00", "EUR", "1.250,00 EUR"),
        ("nl", "1234567.89", "EUR", "1.234.567,89 EUR"),
        ("fr", "49.90", "EUR", "49,90 EUR"),
        ("fr", "12500.50", "EUR", "12\u202f500,50 EUR"),
        ("pt", "12500.50", "EUR", "12\u00a0500,50 EUR"),
        ("pt", "0.05", "EUR", "0,05 EUR"),
        ("de", "24.500", "KWD", "24,500 KWD"),
        ("fr", "1000", "XOF", "1\u202f000 XOF"),
        ("", "1250.00", "EUR", "1,250.00 EUR"),
        ("fi", "1250.00", "EUR", "1,250.00 EUR"),
        ("en", "0.05", "EUR", "0.05 EUR"),
        ("it", "999.99", "EUR", "999,99 EUR"),
    ],
)
def test_an_amount_is_written_as_its_reader_writes_it(
    language: str, amount: str, currency: str, words: str
) -> None:
    """As CLDR has it for the language of the text, which is English where we have no other; with
    as many decimals as the currency has."""
    assert formats.money(Money(amount=Decimal(amount), currency=currency), language) == words


@pytest.mark.parametrize(
    ("text", "language"),
    [("de la", ""), ("para que", ""), ("det och att", "sv"), ("the and for", "en"), ("x y", "")],
)
def test_a_language_that_is_as_likely_as_another_is_none(text: str, language: str) -> None:
    """Of two that share the words neither is told: the first of a table is no reason."""
    assert detect(text) == language
