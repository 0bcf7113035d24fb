"""The sums that a request itself names, whatever a model says was asked."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from countersign.extraction.patterns import amounts, orders
from countersign.extraction.patterns.amounts import Sum
from countersign.extraction.readers.hearing import is_wish
from countersign.extraction.readers.words import sentences

_DAY = re.compile(
    r"(?<!\w)(?:vom|am|seit|bis|on|since|dated|du|le|del|el|dal|il|op|van|sinds|em|dia|de)\s$",
    re.IGNORECASE,
)
_CENTS = re.compile(r"\d[.,]\d\d$")
_DATED = re.compile(r"\d{1,2}[./]\d{1,2}")


def asked_for(text: str, order: str) -> tuple[Sum, ...]:
    """The sums in the sentences of `text` that speak of money back; without any, all sums of the
    text. `order` is the number that is none of them."""
    said = sentences(text)
    near = tuple(
        one for sentence in said if is_wish(sentence, text) for one in _of(sentence, order)
    )
    return near or named(text, order)


def named(text: str, order: str) -> tuple[Sum, ...]:
    """All sums of `text`."""
    return tuple(one for sentence in sentences(text) for one in _of(sentence, order))


def prices(text: str, order: str, each: re.Pattern[str]) -> Iterator[Sum]:
    """The prices of one of something in `text`; `each` is what may stand before one."""
    for sentence in sentences(text):
        for found in _all(sentence, order, amounts.bare):
            is_money = found.currency or _CENTS.search(found.words)
            if is_money and (found.per_item or each.search(sentence[: found.at])):
                yield found


def _of(sentence: str, order: str) -> Iterator[Sum]:
    return (found for found in _all(sentence, order, amounts.plain) if not found.per_item)


def _all(sentence: str, order: str, read: Callable[[str], Iterator[Sum]]) -> Iterator[Sum]:
    for _, words in orders.found(sentence):
        sentence = sentence.replace(words, " " * len(words))
    for found in read(sentence):
        is_order = bool(order) and orders.supports(found.words, order)
        if not is_order and not _is_day(sentence, found):
            yield found


def _is_day(sentence: str, found: Sum) -> bool:
    dated = not found.currency and _DATED.fullmatch(found.words)
    after = sentence[found.at + len(found.words) :]
    return bool(dated and (_DAY.search(sentence[: found.at]) or after.startswith(".")))
