"""What a model says of sums becomes a fact only where it is one that we could count with."""

from __future__ import annotations

from decimal import Decimal

import pytest

from countersign.extraction.answers import SaidMoney
from countersign.extraction.grounding import money

HUGE = ["1e999999", "9" * 16, "1." + "0" * 7, "Infinity", "NaN", "-5", "0", "１２", "1_000"]


@pytest.mark.parametrize("amount", HUGE)
def test_an_amount_that_nobody_could_mean_is_no_fact(amount: str) -> None:
    """A power of ten that would be written out, more digits than any account has, no number."""
    assert money(SaidMoney(amount=amount, currency="EUR", quotes=("it cost",)), "price") == {}


def test_an_amount_in_plain_digits_is_one() -> None:
    """Fifteen digits and six decimals are read exactly."""
    said = SaidMoney(amount="999999999999999.25", currency="EUR", quotes=())
    found = money(said, "price")
    assert found["price_amount"]
    assert found["price_amount"].value == "999999999999999.25"


@pytest.mark.control
def test_control_without_the_bound_a_few_characters_become_a_million() -> None:
    """Control: what was done before, on the first of these."""
    assert len(format(Decimal(HUGE[0]), "f")) > 900_000
