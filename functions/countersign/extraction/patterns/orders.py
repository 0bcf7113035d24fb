"""Order numbers as people write them: `#1042`, `Bestellnummer 1042`, `commande n° 1042`, `INV-7`."""
# ruff: noqa: E501, RUF001 - words for orders and numbers in many languages

from __future__ import annotations

import re

_ORDER = (
    r"order|purchase|invoice|receipt|bestellung|auftrag|rechnung|commande|facture|pedido|encomenda|factura|fatura|"
    r"compra|ordine|fattura|acquisto|bestelling|factuur|zamówieni\w{1,2}|faktur\w|sipariş\w{0,5}"
)
_WITH_NUMBER = r"(?:bestell|auftrags|rechnungs|order|bestel|factuur)-?(?:nummer|nr)"
_NUMBER = (
    r"no|nr|num|number|id|ref|reference|code|nummer|numéro|numero|número|n|numer|numara\w{0,3}"
)
_SIGN = "n°|nº|n\\.º|n\\.°|№"
_IS = "is|ist|est|es|è|é"
_REST = r"[\da-z]*(?:-\d[\da-z]*){0,3}"
_SHORT, _LONG = rf"[a-z]{{0,5}}-?\d{_REST}", rf"[a-z]{{0,5}}-?\d{{3}}{_REST}"
_NUMBERED = rf"(?:{_ORDER})(?!\w)\W{{0,3}}(?:(?:{_NUMBER})(?!\w)|(?:{_SIGN}))|{_WITH_NUMBER}(?!\w)"
_NAMED = re.compile(
    rf"(?<!\w)(?:(?:{_NUMBERED})[.:]?\s?(?:(?:{_IS})\s)?[:#]?\s?({_SHORT})"
    rf"|(?:{_ORDER})(?!\w)\W{{0,3}}({_LONG}))(?![\w%])",
    re.IGNORECASE,
)
"""A number of one or two digits counts only where a word says that it is one: “order 2 lamps”."""
_SIGNED = re.compile(rf"(?<![\w#])#\s?({_SHORT})(?!\w)", re.IGNORECASE)
_DENSE = re.compile(
    rf"(?:注文|オーダー|订单|訂單|주문)(?:番号|号|號|\s?번호)?(?:は|が|:|：)?\s?[#№]?\s?({_LONG})(?![a-z0-9%])",
    re.IGNORECASE,
)
"""In scripts that set no spaces."""
_PREFIXED = re.compile(
    rf"(?<![\w-])((?:inv|ord|order|po|re|fac|so)-\d{_REST})(?![\w-])", re.IGNORECASE
)
_MONEY = re.compile(
    r"\s?(?:[.,]\d|€|\$|£|(?:eur|euros?|usd|gbp|chf|dollars?|pounds?)\b)", re.IGNORECASE
)
_DAY = re.compile(r"(?:19|20)\d\d-\d\d(?:-\d\d)?|\d{1,2}(?:st|nd|rd|th)|\d+x", re.IGNORECASE)
_YEAR = re.compile(r"(?:19|20)\d\d")
_ALSO = (
    r"(?<!\w)(?:for|and|of|für|und|von|pour|et|de|du|por|y|del|per|e|di|voor|en|van|pel[oa]|d[oae]|with|plus|also|auch|&|\+)"
    r"\s(?:(?:the|die|der|das|la|le|el|il|lo|l'|de|het|o|a|no\.?|nr\.?|n[°º]|#)\s?)?#?"
)
_ENDS = r"(?=\s*(?:$|[,;!?)\n]|\.(?!\d)|(?:and|und|et|y|e|en|too|as|also|auch|aussi|también|anche|ook|também)\b))"
"""What stands before and after a number that is a noun of its own."""
_LEADING = re.compile(r"^\W+|\W+$")
_LONGEST = 40
_PART = r"0-9A-Za-z_\u00c0-\u024f-"
"""What goes on with a number; scripts that set no spaces do not."""


def normal(stated: str) -> str:
    """The number as the shop's records have it: capitals, no `#`, nothing around it."""
    return _LEADING.sub("", stated.strip()).upper()[:_LONGEST]


def found(text: str) -> tuple[tuple[str, str], ...]:
    """(number, the words as they stand) of every order named in `text`, in order, once each."""
    places = sorted(
        (match.start(), normal(match[match.lastindex or 0]), match[0])
        for pattern in (_NAMED, _SIGNED, _DENSE, _PREFIXED)
        for match in pattern.finditer(text)
        if not _is_else(match)
    )
    numbers: dict[str, str] = {}
    for _, number, words in places:
        numbers.setdefault(number, words.strip())
    return tuple(numbers.items())


def alike(text: str, number: str) -> tuple[str, ...]:
    """The bare numbers in `text` that are as long as the order `number` and are said where another
    order may be: “and the same for 1043”. A year is none."""
    if not number.isdecimal():
        return ()
    said = re.compile(rf"{_ALSO}(\d{{{len(number)}}}){_ENDS}", re.IGNORECASE)
    named = (one[1] for one in said.finditer(text))
    return tuple(one for one in named if one != number and not _YEAR.fullmatch(one))


def supports(quote: str, number: str) -> bool:
    """Whether `quote` names the order `number`, not just digits that are part of another one."""
    whole = re.compile(
        rf"(?<![{_PART}])#?\s?{re.escape(normal(number))}(?![{_PART}])", re.IGNORECASE
    )
    return bool(normal(number)) and bool(whole.search(quote))


def _is_else(match: re.Match[str]) -> bool:
    """Whether the number is a day, a count or a sum of money."""
    stated = match[match.lastindex or 0]
    return bool(_DAY.fullmatch(stated) or _MONEY.match(match.string, match.end()))
