"""The budgets that a message itself names, whatever a model says of it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import replace

from countersign.domain.policy.proposal import flat
from countersign.domain.policy.release import Limits
from countersign.extraction.patterns import amounts
from countersign.extraction.patterns.amounts import Sum
from countersign.extraction.readers.words import sentences
from workflows.lead_intake.keywords import BUDGET, OTHER_MONEY
from workflows.lead_intake.sellers import is_priced

_LIMIT = "budget.max"
_DOLLARS = {
    "AU": "AUD",
    "CA": "CAD",
    "NZ": "NZD",
    "SG": "SGD",
    "HK": "HKD",
    "TW": "TWD",
    "MX": "MXN",
}
_CROWNS = {"SE": "SEK", "NO": "NOK", "DK": "DKK", "IS": "ISK"}
_CROWN_SIGN = re.compile(r"\s?(?:kr\.?|kronor|kroner)(?!\w)", re.IGNORECASE)
_COUNT = re.compile(r"(?<![\d.,])\d{1,6}(?![\d.,]*\d)")
_FEWEST = 2
_CLAUSE = re.compile(r"[,;:](?=\s)|[.!?、。](?!\d)")


def above(text: str, limits: Limits, places: Collection[str]) -> Sum | None:
    """The first budget in `text` above what runs by itself; None when there is none.

    A sum in a currency without a limit is above it. A number without a currency counts beside a
    word for budgets, against the lowest limit of any currency; a price of one counts as many times
    as things are counted in its sentence. `places` are countries that the sender may be in: a
    sign that several currencies share means the one of the place.
    """
    return next((one for one in _named(text, places) if _is_above(one, limits)), None)


def in_place(found: Sum, sentence: str, place: str) -> Sum:
    """The sum as somebody in the country `place` means it: `$` in Canada, `kr` in Sweden."""
    after = sentence[found.at + len(found.words) :]
    if not found.currency and _CROWN_SIGN.match(after):
        return replace(found, currency=_CROWNS.get(place, ""))
    is_dollar = found.currency == "USD" and "us" not in found.words.lower()
    return replace(found, currency=_DOLLARS[place]) if is_dollar and place in _DOLLARS else found


def is_price(words: str, text: str) -> bool:
    """Whether a sum that stands in these words is a price in `text` wherever it stands: one that
    somebody asks, paid or advertised, and not what the sender would spend."""
    told = [one for one in sentences(text) if flat(words) in one]
    clauses = [_around(flat(words), one) for one in told]
    return bool(clauses) and all(map(is_priced, clauses))


def _around(words: str, sentence: str) -> str:
    """The clause in which the words stand."""
    at = sentence.find(words)
    start = max((one.end() for one in _CLAUSE.finditer(sentence, 0, at)), default=0)
    end = next((one.start() for one in _CLAUSE.finditer(sentence, at + len(words))), None)
    return sentence[start:end]


def _named(text: str, places: Collection[str]) -> Iterator[Sum]:
    for sentence in sentences(text):
        about = bool(BUDGET.search(sentence))
        for found in amounts.plain(sentence):
            other = OTHER_MONEY.search(sentence) and not about
            if not other and (found.currency or about):
                meant = _local(found, sentence, places)
                yield _times(meant, sentence) if found.per_item else meant


def _local(found: Sum, sentence: str, places: Collection[str]) -> Sum:
    meant = (in_place(found, sentence, place) for place in sorted(places))
    return next((one for one in meant if one.currency != found.currency), found)


def _times(price: Sum, sentence: str) -> Sum:
    """What all of the things cost that the price of one is named for."""
    rest = sentence.replace(price.words, " ")
    most = max((int(one[0]) for one in _COUNT.finditer(rest)), default=0)
    if most < _FEWEST:
        return price
    return replace(price, amount=price.amount * most, words=f"{most} times {price.words}")


def _is_above(found: Sum, limits: Limits) -> bool:
    known = limits.amounts[_LIMIT]
    if not found.currency:
        return found.amount > min(limit.amount for limit in known)
    limit = limits.amount(_LIMIT, found.currency)
    return limit is None or found.amount > limit.amount
