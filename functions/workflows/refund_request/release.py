"""The first release: the prompt's model and the numbers that the rules compare with."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache

from countersign.domain.approvals.codes import ABOVE
from countersign.domain.policy.release import Limits, Release
from countersign.extraction.release import first_release, per_currency

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
    ABOVE: 20,  # above this, who approves types a code that is mailed at that moment
    "cap.daily": 40,  # the sum of refunds that run by themselves, of the workflow in a day
    "cap.customer": 2,  # the same for one customer
}
_LISTS = {"reply.own_domains": ("example.com",)}


def limits() -> Limits:
    """The numbers, amounts and lists of this release."""
    return Limits(
        numbers={name: Decimal(number) for name, number in _NUMBERS.items()},
        amounts={name: per_currency(_AUTO, times) for name, times in _TIMES.items()},
        lists=_LISTS,
    )


@lru_cache(maxsize=1)
def release() -> Release:
    """Prompt, model and limits, read once when first asked for."""
    return first_release(__package__, limits(), max_output_tokens=2_000)
