"""Money: exact to the minor unit of its currency, or refused."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from pydantic import TypeAdapter, ValidationError

from countersign.domain.money import Money, exponent
from tests.unit.domain.strategies import money

MONEY = TypeAdapter(Money)


@given(money())
def test_money_survives_json(amount: Money) -> None:
    """An amount comes back equal from its JSON form, as number and as text."""
    back = Money.model_validate_json(amount.model_dump_json())
    assert back == amount
    assert (back.minor, str(back)) == (amount.minor, str(amount))
    assert hash(back) == hash(amount)


@pytest.mark.parametrize(
    ("currency", "amount", "minor", "words"),
    [
        ("EUR", "1250", 125000, "1,250.00 EUR"),
        ("JPY", "1250", 1250, "1,250 JPY"),
        ("KWD", "1.234", 1234, "1.234 KWD"),
        ("USD", "-0.01", -1, "-0.01 USD"),
    ],
)
def test_each_currency_has_its_decimals(currency: str, amount: str, minor: int, words: str) -> None:
    """Yen have no minor unit, dinars have three decimals, most have two (ISO 4217)."""
    given_ = Money(amount=Decimal(amount), currency=currency)
    assert (given_.minor, str(given_)) == (minor, words)
    assert exponent(currency) == len(words.partition(".")[2].partition(" ")[0])
    assert given_.model_dump() == {"minor": minor, "currency": currency}


def test_trailing_zeros_change_nothing() -> None:
    """50 and 50.00 are the same amount."""
    one, other = (Money(amount=Decimal(text), currency="EUR") for text in ("50", "50.00"))
    assert one == other
    assert (one.minor, str(one)) == (other.minor, str(other))


@pytest.mark.parametrize("amount", ["0.001", "1E-7", "1E-999999", "NaN", "Infinity", "1E+18"])
def test_what_is_not_exact_is_refused(amount: str) -> None:
    """Fractions of a cent, non-numbers and sums beyond 18 digits are no amounts."""
    with pytest.raises(ValidationError):
        Money(amount=Decimal(amount), currency="EUR")


@pytest.mark.parametrize("currency", ["eur", "EURO", "E1R", "A.B", "EU", "", "ÄÖÜ", "EUR\n"])
def test_a_currency_is_three_capital_letters(currency: str) -> None:
    """Nothing else is a code."""
    with pytest.raises(ValidationError):
        Money(amount=Decimal(1), currency=currency)


@pytest.mark.parametrize(
    "text",
    [
        '{"minor": 1.5, "currency": "EUR"}',
        '{"minor": "150", "currency": "EUR"}',
        '{"minor": true, "currency": "EUR"}',
        '{"minor": 1000000000000000000, "currency": "EUR"}',
        '{"minor": 1234567890123456789012345678901, "currency": "EUR"}',
        '{"minor": 150, "currency": 978}',
        '{"minor": 150}',
        '{"minor": 150, "currency": "EUR", "amount": "1.50"}',
        '{"amount": "1E+999999", "currency": "EUR"}',
        '{"amount": "1E-999999999999", "currency": "EUR"}',
        '"1.50 EUR"',
        "[]",
    ],
)
def test_hostile_json_is_refused_and_never_rounded(text: str) -> None:
    """Whatever is not whole minor units and a code ends as a validation error."""
    with pytest.raises(ValidationError):
        MONEY.validate_json(text)


@pytest.mark.control
def test_decimal_arithmetic_alone_rounds() -> None:
    """Control: scaling 31 digits with Decimal loses the last ones without a word."""
    minor = 1234567890123456789012345678901
    assert Decimal(minor).scaleb(-2).scaleb(2) != minor
