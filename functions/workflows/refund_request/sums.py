"""The sums that a request itself names, whatever a model says was asked."""

from __future__ import annotations

import re
from collections.abc import Iterator

from countersign.extraction.patterns import amounts
from countersign.extraction.patterns.amounts import Sum
from countersign.extraction.readers.hearing import is_wish, sentences
from workflows.refund_request import orders

_DAY = re.compile(
    r"(?<!\w)(?:vom|am|seit|bis|on|since|dated|du|le|del|el|dal|il|op|van|sinds|em|dia|de)\s$",
    re.IGNORECASE,
)
_DATED = re.compile(r"\d{1,2}[./]\d{1,2}")


def asked_for(text: str, order: str) -> tuple[Sum, ...]:
    """The sums in the sentences of `text` that speak of money back; without any, all sums of the
    text. `order` is the number that is none of them."""
    said = sentences(text)
    near = tuple(
        one for sentence in said if is_wish(sentence, text) for one in _of(sentence, order)
    )
    return near or tuple(one for sentence in said for one in _of(sentence, order))


def _of(sentence: str, order: str) -> Iterator[Sum]:
    for _, words in orders.found(sentence):
        sentence = sentence.replace(words, " " * len(words))
    for found in amounts.plain(sentence):
        is_order = bool(order) and orders.supports(found.words, order)
        if not is_order and not found.per_item and not _is_day(sentence, found):
            yield found


def _is_day(sentence: str, found: Sum) -> bool:
    dated = not found.currency and _DATED.fullmatch(found.words)
    after = sentence[found.at + len(found.words) :]
    return bool(dated and (_DAY.search(sentence[: found.at]) or after.startswith(".")))
