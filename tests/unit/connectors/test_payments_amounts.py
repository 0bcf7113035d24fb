"""Stripe's amounts and ISO 4217's minor units are the same money."""

from __future__ import annotations

import pytest

from countersign.connectors.stripe.records import from_stripe, to_stripe

SAME = ("EUR", "USD", "GBP", "JPY", "KRW", "XAF", "SEK", "XTS")


@pytest.mark.parametrize("currency", SAME)
def test_most_currencies_count_alike(currency: str) -> None:
    """Cents are cents and yen are yen."""
    for minor in (1, 99, 100, 4990, 10**15):
        assert to_stripe(minor, currency) == from_stripe(minor, currency) == minor


@pytest.mark.parametrize(
    ("currency", "minor", "stripes"),
    [("ISK", 5, 500), ("UGX", 5, 500), ("MGA", 500, 5), ("KWD", 5120, 5120), ("TND", 10, 10)],
)
def test_the_others_are_converted_both_ways(currency: str, minor: int, stripes: int) -> None:
    """docs.stripe.com/currencies: zero-decimal currencies and special cases."""
    assert to_stripe(minor, currency) == stripes
    assert from_stripe(stripes, currency) == minor


@pytest.mark.parametrize(
    ("currency", "minor"),
    [("KWD", 5124), ("BHD", 1), ("JOD", 11), ("OMR", 999), ("MGA", 550), ("EUR", 0), ("EUR", -1)],
)
def test_an_amount_that_stripe_cannot_move_is_refused(currency: str, minor: int) -> None:
    """Nothing is rounded: another amount than the signed one would move."""
    with pytest.raises(ValueError, match="amount"):
        to_stripe(minor, currency)


def test_a_part_of_the_smallest_unit_is_not_read() -> None:
    """An old charge over half a króna has no whole amount."""
    with pytest.raises(ValueError, match="whole"):
        from_stripe(550, "ISK")


@pytest.mark.control
def test_taking_stripes_number_as_it_is_would_be_wrong_by_a_hundred() -> None:
    """The naive design refunds 4,800 krónur as 48."""
    assert to_stripe(4800, "ISK") == 100 * 4800
