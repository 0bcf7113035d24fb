"""Amounts as Stripe counts them, which is ISO 4217's minor unit but for a few currencies."""

from __future__ import annotations

from collections.abc import Mapping

from countersign.domain.money import exponent

# docs.stripe.com/currencies, "zero-decimal currencies" and "special cases".
_EXPONENTS: Mapping[str, int] = {"ISK": 2, "UGX": 2, "MGA": 0}
"""Stripe's decimals where they are not ISO 4217's."""
_UNITS: Mapping[str, int] = dict.fromkeys(("BHD", "JOD", "KWD", "OMR", "TND"), 10)
"""Of what an amount must be a multiple: the last of three decimals is always 0."""


def to_stripe(minor: int, currency: str) -> int:
    """`minor` units (ISO 4217) in Stripe's unit. Raises ValueError when Stripe has no such one."""
    if minor <= 0:
        raise ValueError("an amount to move is above zero")
    amount = _scaled(minor, _decimals(currency) - exponent(currency))
    if amount % _UNITS.get(currency, 1):
        raise ValueError(f"amounts in {currency} end in 0")
    return amount


def from_stripe(amount: int, currency: str) -> int:
    """Stripe's `amount` in minor units (ISO 4217). Raises ValueError when it is not whole."""
    return _scaled(amount, exponent(currency) - _decimals(currency))


def _decimals(currency: str) -> int:
    return _EXPONENTS.get(currency, exponent(currency))


def _scaled(amount: int, places: int) -> int:
    factor = int(10 ** abs(places))
    if places >= 0:
        return amount * factor
    whole, rest = divmod(amount, factor)
    if rest:
        raise ValueError("the amount is no whole number of the smaller unit")
    return whole
