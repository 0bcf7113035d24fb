"""The first release: the prompt's model and the numbers that the rules compare with."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache

from countersign.domain.policy.release import Limits, Release
from countersign.extraction.release import first_release, per_currency

_EMEA = (
    "AT BE BG CH CY CZ DE DK EE ES FI FR GB GR HR HU IE IS IT LI LT LU LV MC MT NL NO PL PT RO SE "
    "SI SK SM AE EG IL KE MA NG QA RS SA TN TR UA ZA"
)
_AMERICAS = "US CA MX BR AR CL CO PE UY CR PA DO EC PR"
_APAC = "AU NZ JP KR SG HK TW IN ID MY PH TH VN"

_NUMBERS = {
    "confidence.min": "0.80",
    "lost.days": "90",
    "duplicate.days": "30",
    "attachments.max": "10",
    "callback.hours.high": "2",
    "callback.hours.normal": "8",
    "callback.hours.low": "24",
    # Minutes east of UTC in winter. A callback's due hour needs no better, and no zone table.
    "zone.1001": "60",
    "zone.1002": "-300",
    "zone.1003": "480",
}
# About 50,000 EUR in each. A currency that is not here has no limit that could allow it.
_BUDGETS = (
    "EUR 50000 USD 55000 GBP 45000 CHF 50000 CAD 75000 AUD 85000 NZD 90000 SEK 550000 NOK 580000 "
    "DKK 370000 PLN 210000 CZK 1250000 JPY 8000000 INR 4800000 SGD 70000 BRL 300000 MXN 1000000 "
    "AED 200000 ZAR 950000"
)
_LISTS = {
    # Which countries a seller looks after; the union is what we serve.
    "owner.1001": tuple(_EMEA.split()),
    "owner.1002": tuple(_AMERICAS.split()),
    "owner.1003": tuple(_APAC.split()),
    "owner.default": ("1001",),
    "countries.not_served": ("BY", "CN", "MM", "RU", "VE"),
    "countries.sanctioned": ("CU", "IR", "KP", "SY"),
    "stages.lost": ("closedlost",),  # HubSpot's default pipeline
    "reply.own_domains": ("example.com",),
}


def limits() -> Limits:
    """The numbers, amounts and lists of this release."""
    return Limits(
        numbers={name: Decimal(number) for name, number in _NUMBERS.items()},
        amounts={"budget.max": per_currency(_BUDGETS)},
        lists=_LISTS,
    )


@lru_cache(maxsize=1)
def release() -> Release:
    """Prompt, model and limits, read once when first asked for."""
    return first_release(__package__, limits(), max_output_tokens=3_000)
