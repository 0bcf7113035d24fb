"""The sum of a request that asks for a share and does not say what it comes to: computed by us.

Two of six at 24.50, 20 % of it, half, the difference, the rest: whatever a model made of it, the
computation is shown, and a person decides. What can be computed in two ways is not computed.
"""
# ruff: noqa: E501, RUF001 - words in many languages, signs of arithmetic

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from functools import cached_property

from countersign.domain.money import Money, exponent
from countersign.extraction.patterns.amounts import Sum
from countersign.extraction.patterns.numerals import digits, small
from countersign.extraction.readers.hearing import is_wish
from countersign.extraction.readers.words import sentences
from workflows.refund_request import sums


def _words(spaced: str, dense: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{spaced})(?!\w)|{dense}", re.IGNORECASE)


_FRACTIONS = (
    (2, _words(r"half|halbe[ns]?|halve|hälfte|moitié|mitad|metà|helft|metade", "半額|半分")),
    (3, _words(r"(?:a|one) third|drittel|un tiers|un tercio|un terzo|een derde|um terço", "三分の一|3分の1")),
    (4, _words(r"(?:a|one) quarter|viertel|un quart|un cuarto|un quarto|een kwart|um quarto", "四分の一|4分の1")),
)  # fmt: skip
"""Into how many pieces, and the words for one of them."""
_PER_CENT = re.compile(
    r"(?<![\d.,])(\d{1,2}(?:[.,]\d{1,2})?)\s?(?:[%％]|per ?cent|prozent|pour ?cent|por ciento|per cento|procent|por cento|パーセント)",
    re.IGNORECASE,
)
_UNIT = re.compile(
    r"\s?(?:[%％]|per ?cent|prozent|pour ?cent|por ciento|procent|por cento)", re.IGNORECASE
)
"""What follows a small number in words that is one."""
_DIFFERENCE = _words(
    r"difference|gap|differenz|unterschied\w*|différence|écart|diferencia|differenza|verschil|diferença", "差額"
)  # fmt: skip
_REST = _words(
    r"rest|remaining|remainder|balance|restbetrag|restliche\w*|reste|restant\w*|solde|resto|saldo|rimanente|resterende",
    "残り|残額",
)  # fmt: skip
_COUNT = re.compile(
    r"(?<![\w.,])(\w{1,12})\s(?:out )?(?:of|von|der|aus|des|sur|de|di|dei|delle|degli|van|uit|dos|das)\s"
    r"|うち(?:の)?(\d{1,2})(?:個|点|枚|本|つ|脚|台)",
    re.IGNORECASE,
)
"""How many of several."""
_EACH = re.compile(r"(?:\b(?:at|zu|je|à|a|por|voor|per|op)\s|@\s?|あたり|につき)$", re.IGNORECASE)
_TWO = 2


@dataclass(frozen=True)
class Share:
    """What the share comes to, and how that was computed."""

    amount: Money
    words: str


def computed(text: str, order: str, paid: Money, left: Money) -> Share | None:
    """The share that `text` asks for of what was `paid` for `order`; None when it asks for none, or
    for one that cannot be computed in exactly one way, or for more than is `left`."""
    meant = _Reading(text, order, paid, left)
    found = dict[Decimal, str]()
    for amount, words in meant.all():
        found.setdefault(amount.quantize(_unit(paid), rounding=ROUND_DOWN), words)
    if len(found) != 1:
        return None
    ((amount, words),) = found.items()
    whole = Money(amount=amount, currency=paid.currency)
    return Share(whole, words) if 0 < amount <= left.amount else None


def _unit(money: Money) -> Decimal:
    return Decimal(1).scaleb(-exponent(money.currency))


@dataclass(frozen=True)
class _Reading:
    """One request, read for the shares that it asks for: each an amount and its computation."""

    text: str
    order: str
    paid: Money
    left: Money

    def all(self) -> Iterator[tuple[Decimal, str]]:
        yield from self._items()
        for sentence in sentences(self.text):
            if is_wish(sentence, self.text):
                yield from self._fractions(sentence)
                yield from self._per_cent(sentence)
                yield from self._difference(sentence)
                yield from self._rest(sentence)

    def _items(self) -> Iterator[tuple[Decimal, str]]:
        """So many of several, at the one price that is named for one."""
        said = (small(one[1] or one[2]) for one in _COUNT.finditer(self.text))
        counts = {count for count in said if count}
        prices = {one.amount for one in sums.prices(self.text, self.order, _EACH)}
        if len(counts) == 1 and len(prices) == 1:
            (count,), (price,) = counts, prices
            yield count * price, f"{count} × {price:f}"

    def _fractions(self, sentence: str) -> Iterator[tuple[Decimal, str]]:
        for pieces, words in _FRACTIONS:
            if words.search(sentence) and (base := self._base(sentence)) is not None:
                yield base / pieces, f"1/{pieces} of {base:f}"

    def _per_cent(self, sentence: str) -> Iterator[tuple[Decimal, str]]:
        for found in _PER_CENT.finditer(digits(sentence, _UNIT).text):
            share = Decimal(found[1].replace(",", "."))
            if (base := self._base(sentence)) is not None:
                yield base * share / 100, f"{share:f} % of {base:f}"

    def _difference(self, sentence: str) -> Iterator[tuple[Decimal, str]]:
        """Between the only two sums of the text."""
        if _DIFFERENCE.search(sentence) and len(self._sums) == _TWO:
            more, less = self._sums
            yield more - less, f"{more:f} − {less:f}"

    @cached_property
    def _sums(self) -> tuple[Decimal, ...]:
        """Of the whole text, the largest first."""
        return tuple(sorted({one.amount for one in self._named(self.text)}, reverse=True))

    def _rest(self, sentence: str) -> Iterator[tuple[Decimal, str]]:
        if _REST.search(sentence) and self.left.amount < self.paid.amount:
            gone = self.paid.amount - self.left.amount
            yield self.left.amount, f"{self.paid.amount:f} − {gone:f} that went back before"

    def _base(self, sentence: str) -> Decimal | None:
        """What a share is of: the only sum of its sentence, else what was paid."""
        named = {one.amount for one in self._named(sentence)} or {self.paid.amount}
        return named.pop() if len(named) == 1 else None

    def _named(self, text: str) -> Iterator[Sum]:
        return (one for one in sums.named(text, self.order) if not _PER_CENT.match(one.words))
