"""Sums of money as people write them: `€12.500`, `USD 40k`, `zwischen 5 und 10 Tsd. Euro`.

Our own, because price-parser reads `50k EUR` as 50, `1,5 Mio EUR` as 1.5, and of a range one end.
"""
# ruff: noqa: E501, RUF001 - signs and words for money in many scripts

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

_CODES = (
    "EUR USD GBP CHF JPY INR CNY AUD CAD NZD SEK NOK DKK PLN CZK HUF RON BGN TRY BRL MXN ARS CLP "
    "COP PEN ZAR NGN KES EGP MAD AED SAR QAR KWD ILS SGD HKD TWD KRW THB MYR IDR PHP VND UAH RUB"
)
_BY_CURRENCY: Mapping[str, str] = {
    "EUR": "€|euro|euros|eur.|евро|欧元|ユーロ|유로",
    "USD": "$|us$|usd$|u$s|us dollars|us dollar|us-dollar|dollars|dollar|dólares|dollari|долларов|美元",
    "GBP": "£|pounds|pound|pfund|livres|libras|sterling",
    "CHF": "sfr|sfr.|fr.|franken|francs suisses",
    "JPY": "¥|yen|円|日元",
    "INR": "₹|rs|rs.|rupees|rupee",
    "CNY": "元|人民币|rmb|yuan",
    "PLN": "zł|zloty|złotych",
    "BRL": "r$|reais",
    "KRW": "₩|원|won",
    "AUD": "a$|au$",
    "CAD": "c$|ca$",
    "NZD": "nz$",
    "SGD": "s$",
    "HKD": "hk$",
    "MXN": "mx$",
    "RUB": "₽|руб|рублей",
    "TRY": "₺",
    "ILS": "₪",
    "UAH": "₴",
    "CZK": "kč",
    "ZAR": "r",
    "AED": "درهم",
    "BTC": "btc|bitcoin",
}
ISO = frozenset(_CODES.split())
"""The ISO 4217 codes that we know; anything else is no currency that a limit could allow."""
_BY_SCALE: Mapping[int, str] = {
    10**3: "k|tsd|tsd.|t|thousand|tausend|mille|mil|mila|duizend|tys|tys.|тыс|тыс.|천",
    10**4: "万|萬|만",
    10**5: "lakh|lakhs|lac|lacs",
    10
    ** 6: "m|mn|mio|mio.|million|millions|millionen|millón|millones|milioni|milione|miljoen|milhões|млн",
    10**7: "crore|crores|cr",
}
_WORDS = {
    **{code.lower(): code for code in _CODES.split()},
    **{word: code for code, words in _BY_CURRENCY.items() for word in words.split("|")},
}
_SCALES = {word: scale for scale, words in _BY_SCALE.items() for word in words.split("|")}
_NUMBER = (
    r"\d{1,3}(?:[.,'’ \u00a0\u202f]\d{3})+(?:[.,]\d{1,2})?"  # groups of three
    r"|\d{1,3}(?:,\d{2})+,\d{3}|\d{1,15}(?:[.,]\d{1,3})?(?!\d)"  # India's groups; a plain number
)
_JOIN = r"\s?(?:-|–|—|/|to|and|bis|und|à|et|a|y|e|en|tot|até|до|~|〜)\s?"
_GROUPED = re.compile(
    r"(\d{1,3}(?:[.,'’ \u00a0\u202f]\d{3})+|\d{1,3}(?:,\d{2})+,\d{3})([.,]\d{1,2})?"
)
_FRACTION = re.compile(r"0[.,]\d+")


@dataclass(frozen=True)
class Sum:
    """An amount of money in a text. Of a range it is the upper end, which is what limits judge.

    `currency` is an ISO 4217 code, or empty when the text names none that we know.
    """

    amount: Decimal
    currency: str
    words: str
    lower: Decimal


def sums(text: str) -> Iterator[Sum]:
    """Every sum in `text` that names its currency, in order."""
    for match in _pattern().finditer(text):
        known = match["before"] or match["after"]
        if known:
            yield _read(match, _WORDS[known.lower()])


def bare(text: str) -> Iterator[Sum]:
    """Every number in `text` with its scale, whether or not it names a currency."""
    for match in _pattern().finditer(text):
        known = match["before"] or match["after"] or ""
        yield _read(match, _WORDS.get(known.lower(), ""))


def currency_code(stated: str) -> str:
    """The ISO 4217 code of a currency's name, sign or code; empty when unknown."""
    return _WORDS.get(stated.strip().lower(), "")


def supports(quote: str, amount: Decimal) -> bool:
    """Whether `quote` names `amount`: as a sum, as an end of a range, or as a plain number."""
    return any(amount in {found.amount, found.lower} for found in bare(quote))


def _read(match: re.Match[str], currency: str) -> Sum:
    low = _decimal(match["low"]) * _scale(match["scale"] or match["high_scale"])
    high = _decimal(match["high"]) * _scale(match["high_scale"]) if match["high"] else low
    return Sum(max(low, high), currency, match[0].strip(), min(low, high))


def _decimal(number: str) -> Decimal:
    grouped = _GROUPED.fullmatch(number)
    if grouped and not _FRACTION.fullmatch(number):
        return Decimal(re.sub(r"\D", "", grouped[1]) + (grouped[2] or "").replace(",", "."))
    return Decimal(number.replace(",", "."))


def _scale(word: str | None) -> int:
    return _SCALES[word.lower()] if word else 1


@lru_cache(maxsize=1)
def _pattern() -> re.Pattern[str]:
    money = "|".join(re.escape(word) for word in sorted(_WORDS, key=len, reverse=True))
    scale = "|".join(re.escape(word) for word in sorted(_SCALES, key=len, reverse=True))
    after = "(?:(?<=[円元원€$£¥₹])|(?!\\w))"
    end = "(?![^\\W円元원])"  # a scale ends its word, but for signs that stand without a space
    return re.compile(
        rf"(?:(?<!\w)(?P<before>{money})\s?)?(?<![A-Za-z\u00c0-\u024f0-9.,])(?P<low>{_NUMBER})"
        rf"(?:\s?(?P<scale>{scale}){end})?"
        rf"(?:{_JOIN}(?:{money})?\s?(?P<high>{_NUMBER})(?:\s?(?P<high_scale>{scale}){end})?)?"
        rf"(?:\s?(?:of |de )?(?P<after>{money}){after})?",
        re.IGNORECASE,
    )
