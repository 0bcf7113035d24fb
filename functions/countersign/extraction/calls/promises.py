"""What is held out to a customer, heard in the text itself: the model alone may leave it out."""
# ruff: noqa: E501 - patterns in many languages

from __future__ import annotations

import re

from countersign.extraction.calls.transcripts import Call

_PROMISE = re.compile(
    # A word that binds, a price that is let go, a date that is assured.
    r"\b(?:(?:i|we)(?:'ll| will| can|) (?:personally )?(?:promise|guarantee|assure)|(?:you have|have) my word|i give you my word"
    r"|(?:free of charge|at no (?:extra|additional)? ?cost|no charge|on the house|waive (?:the|your)|refund you)"
    r"|(?:discount of|take|knock) \d{1,2} ?(?:%|per ?cent)|\d{1,2} ?(?:%|per ?cent) (?:off|discount)"
    r"|(?:ich|wir) (?:verspreche|versprechen|garantiere|garantieren|sichern? (?:ihnen|euch|dir))|ihr wort haben|kostenlos|kostenfrei|ohne aufpreis|\d{1,2} ?(?:%|prozent) (?:rabatt|nachlass)|rabatt von"
    r"|(?:je|nous) (?:vous )?(?:promets|promettons|garantis|garantissons)|gratuitement|sans frais|(?:remise|rabais) de"
    r"|(?:le|les|te)? ?(?:prometo|prometemos|garantizo|garantizamos|garanto|garantimos)|sin (?:coste|costo|cargo)|gratis|descuento de|desconto de|sem custo"
    r"|(?:le|vi)? ?(?:prometto|promettiamo|garantisco|garantiamo)|gratuitamente|senza costi|sconto d(?:i|el)"
    r"|(?:ik|wij|we) (?:beloof|beloven|garandeer|garanderen)|zonder extra kosten|korting van)\b",
    re.IGNORECASE,
)
_DENIED = re.compile(
    r"(?:\b(?:not|no|never|cannot|can't|nicht|kein\w*|ne|pas|non|niet|geen|não)\b\W*\w*\W*|n't\s+\w*\s*)$",
    re.IGNORECASE,
)
_LONGEST, _BEFORE = 160, 24


def heard(call: Call) -> str:
    """The first line in which something sounds like a promise; empty without one."""
    return next(filter(None, (sounds(line.text) for line in call.lines)), "")


def sounds(text: str) -> str:
    """The words that sound like a promise, with what stands around them; empty without any."""
    for found in _PROMISE.finditer(text):
        if not _DENIED.search(text[max(0, found.start() - _BEFORE) : found.start()]):
            start = max(0, found.start() - _LONGEST // 2)
            return text[start : start + _LONGEST].strip()
    return ""
