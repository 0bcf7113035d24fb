"""Order numbers as people write them: `#1042`, `Bestellnummer 1042`, `commande n° 1042`, `INV-7`."""
# ruff: noqa: E501 - words for orders and numbers in many languages

from __future__ import annotations

import re

_ORDER = (
    "order|purchase|invoice|receipt|"
    "bestellung|bestellnummer|bestell-?nr|auftrag|auftragsnummer|rechnung|rechnungsnummer|rechnungs-?nr|"
    "commande|facture|pedido|encomenda|factura|fatura|compra|ordine|fattura|acquisto|"
    "bestelling|ordernummer|bestelnummer|factuur|factuurnummer"
)
_NUMBER = r"no|nr|num|number|id|ref|reference|code|nummer|numéro|numero|número|numer|n°|nº|n\.º|№"
_SHAPE = r"[a-z]{0,5}-?\d[\da-z]*(?:-\d[\da-z]*){0,3}"
_NAMED = re.compile(
    rf"(?<!\w)(?:{_ORDER})(?!\w)\W{{0,3}}(?:(?:{_NUMBER})(?!\w)[.:]?\s?)?(?:[a-zà-ÿ]{{2,4}}\s)?[:#]?\s?({_SHAPE})(?![\w%])",
    re.IGNORECASE,
)
_SIGNED = re.compile(
    r"(?<![\w#])#\s?([a-z]{0,5}-?\d[\da-z]*(?:-\d[\da-z]*){0,3})(?!\w)", re.IGNORECASE
)
_PREFIXED = re.compile(r"(?<![\w-])((?:inv|ord|order|po|re|fac|so)-\d[\da-z]*(?:-\d[\da-z]*){0,3})(?![\w-])", re.IGNORECASE)  # fmt: skip
_MONEY = re.compile(
    r"\s?(?:[.,]\d|€|\$|£|(?:eur|euros?|usd|gbp|chf|dollars?|pounds?)\b)", re.IGNORECASE
)
_DAY = re.compile(r"(?:19|20)\d\d-\d\d(?:-\d\d)?|\d{1,2}(?:st|nd|rd|th)|\d+x", re.IGNORECASE)
_LEADING = re.compile(r"^\W+|\W+$")
_LONGEST = 40


def normal(stated: str) -> str:
    """The number as the shop's records have it: capitals, no `#`, nothing around it."""
    return _LEADING.sub("", stated.strip()).upper()[:_LONGEST]


def found(text: str) -> tuple[tuple[str, str], ...]:
    """(number, the words as they stand) of every order named in `text`, in order, once each."""
    places = sorted(
        (match.start(), normal(match[1]), match[0])
        for pattern in (_NAMED, _SIGNED, _PREFIXED)
        for match in pattern.finditer(text)
        if _is_number(match[1]) and not _MONEY.match(text, match.end())
    )
    numbers: dict[str, str] = {}
    for _, number, words in places:
        numbers.setdefault(number, words.strip())
    return tuple(numbers.items())


def supports(quote: str, number: str) -> bool:
    """Whether `quote` names the order `number`, not just digits that are part of another one."""
    whole = re.compile(rf"(?<![\w-])#?\s?{re.escape(normal(number))}(?![\w-])", re.IGNORECASE)
    return bool(normal(number)) and bool(whole.search(quote))


def _is_number(stated: str) -> bool:
    return not _DAY.fullmatch(stated)
