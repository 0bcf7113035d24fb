"""The first release: the prompt's model and the numbers that the rules compare with."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache
from importlib import resources

from countersign.domain.money import Money, exponent
from countersign.domain.release import Limits, Release

_NUMBERS = {
    "confidence.min": "0.80",
    "window.days": "30",
    "refunds.max": "3",
    "refunds.days": "30",
    "claim.days": "30",
    "attachments.max": "10",
}
# About 50 EUR in each. A currency that is not here has no limit that could allow it.
_AUTO = "EUR 50 USD 55 GBP 45 CHF 50 CAD 75 AUD 85 NZD 90 PLN 210 JPY 8000"
_TIMES = {
    "auto.max": 1,  # up to here a refund runs by itself
    "single.max": 10,  # up to here one person signs, above two different ones
    "cap.daily": 40,  # the sum of refunds that run by themselves, of the workflow in a day
    "cap.customer": 2,  # the same for one customer
}
_LISTS = {"reply.own_domains": ("example.com",)}


def limits() -> Limits:
    """The numbers, amounts and lists of this release."""
    words = _AUTO.split()
    base = dict(zip(words[::2], words[1::2], strict=True))
    return Limits(
        numbers={name: Decimal(number) for name, number in _NUMBERS.items()},
        amounts={
            name: tuple(_money(Decimal(auto) * times, code) for code, auto in base.items())
            for name, times in _TIMES.items()
        },
        lists=_LISTS,
    )


@lru_cache(maxsize=1)
def release() -> Release:
    """Prompt, model and limits. The prompt is a packaged text file, read once when first asked for:
    it ships with this code under one digest, so reading it is not reaching outside."""
    prompt = resources.files(__package__).joinpath("prompt.md").read_text(encoding="utf-8")
    return Release(
        workflow="refund_request",
        prompt=prompt,
        model="gpt-4.1-mini",
        temperature=Decimal(0),
        max_output_tokens=2_000,
        usd_per_million_input=Decimal("0.40"),
        usd_per_million_output=Decimal("1.60"),
        limits=limits(),
    )


def _money(amount: Decimal, currency: str) -> Money:
    return Money(amount=amount.quantize(Decimal(1).scaleb(-exponent(currency))), currency=currency)
