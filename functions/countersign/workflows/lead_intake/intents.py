"""What a message wants, by weighted key words: for the heuristics, and to doubt a model with."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from countersign.workflows.lead_intake import words
from countersign.workflows.lead_intake.contract import Intent

_SURE = 8
_NO_WORDS = 0.4
_DENSE = "\u3040"


def hits(intent: str, text: str) -> tuple[tuple[int, str], ...]:
    """(weight, the words as they stand) of the intent's key words in `text`, once each."""
    weights = words.INTENTS.get(intent)
    if not weights:
        return ()
    found = {match[0].lower(): match[0] for match in _pattern(intent).finditer(text)}
    return tuple((weights[key], stands) for key, stands in found.items())


def scores(text: str) -> dict[str, int]:
    """The weight of every intent in `text`."""
    return {intent: sum(weight for weight, _ in hits(intent, text)) for intent in words.INTENTS}


def likeliest(text: str) -> tuple[Intent, int]:
    """The intent with the most weight and that weight; `other` with 0 when no key word is there.

    Spam wins a tie, and sales loses it: who asks for help or work also speaks of orders and offers.
    """
    weighed = scores(text)
    order: tuple[Intent, ...] = ("spam", "job", "support", "partnership", "sales")
    best = max(order, key=lambda intent: (weighed[intent], -order.index(intent)))
    return (best, weighed[best]) if weighed[best] else ("other", 0)


def support(intent: str, text: str) -> float:
    """How much of `text` speaks for `intent`, 0 to 1: its weight, less the strongest other's."""
    weighed = scores(text)
    if intent not in weighed:  # `other`: no word speaks for it, and some may speak against it
        return _NO_WORDS if not any(weighed.values()) else 0.0
    rival = max(weight for other, weight in weighed.items() if other != intent)
    return max(0.0, min(1.0, (weighed[intent] - rival / 2) / _SURE))


@lru_cache(maxsize=8)
def _pattern(intent: str) -> re.Pattern[str]:
    return word_pattern(words.INTENTS[intent])


def word_pattern(known: Iterable[str]) -> re.Pattern[str]:
    """A pattern of whole words and phrases, longest first; scripts without spaces match inside."""
    ordered = sorted(known, key=len, reverse=True)
    spaced = "|".join(re.escape(word) for word in ordered if word[0] < _DENSE)
    dense = "|".join(re.escape(word) for word in ordered if word[0] >= _DENSE)
    return re.compile(rf"(?<!\w)(?:{spaced})(?!\w)" + (f"|{dense}" if dense else ""), re.IGNORECASE)
