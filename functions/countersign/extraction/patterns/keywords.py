"""What a text is about, by weighted key words: for the heuristics, and to doubt a model with."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

UNSPACED = "\u3040"
"""From here on, scripts put no spaces between words."""
_NO_WORDS = 0.4
_BEFORE = 40


@dataclass(frozen=True)
class Lexicon:
    """Key words with their weights by class. Of two equal classes the earlier in `order` wins.

    `denied`, if given, matches the end of what stands before a key word that then does not count.
    """

    words: Mapping[str, Mapping[str, int]]
    order: tuple[str, ...]
    denied: re.Pattern[str] | None = None
    sure: int = 8
    """The weight from which a class is sure."""

    def hits(self, name: str, text: str) -> tuple[tuple[int, str], ...]:
        """(weight, the words as they stand) of the class's key words in `text`, once each."""
        if name not in self.words:
            return ()
        matches = self._patterns[name].finditer(text)
        found = {match[0].lower(): match[0] for match in matches if not self._denied(match)}
        return tuple((self.words[name][key], stands) for key, stands in found.items())

    def weight(self, name: str, text: str) -> int:
        """The weight of the class's key words in `text`."""
        return sum(known for known, _ in self.hits(name, text))

    def likeliest(self, text: str) -> tuple[str, int]:
        """The class with the most weight and that weight; `other` with 0 without any key word."""
        weighed = self._weighed(text)
        best = max(self.order, key=lambda name: (weighed[name], -self.order.index(name)))
        return (best, weighed[best]) if weighed[best] else ("other", 0)

    def clear(self, text: str, least: int) -> str:
        """The class that `text` names in so many words: by a weight of `least`, and at least twice
        that of any other; empty without one."""
        weighed = self._weighed(text)
        best, rival = sorted(weighed.values(), reverse=True)[:2]
        return self.likeliest(text)[0] if best >= max(least, 2 * rival) else ""

    def support(self, name: str, text: str) -> float:
        """How much of `text` speaks for the class, 0 to 1: its weight, less half the strongest
        other's."""
        weighed = self._weighed(text)
        if name not in weighed:  # `other`: no word speaks for it, and some may speak against it
            return _NO_WORDS if not any(weighed.values()) else 0.0
        rival = max(known for other, known in weighed.items() if other != name)
        return max(0.0, min(1.0, (weighed[name] - rival / 2) / self.sure))

    def _weighed(self, text: str) -> dict[str, int]:
        return {name: self.weight(name, text) for name in self.words}

    def _denied(self, match: re.Match[str]) -> bool:
        before = match.string[max(0, match.start() - _BEFORE) : match.start()]
        return bool(self.denied and self.denied.search(before))

    @cached_property
    def _patterns(self) -> Mapping[str, re.Pattern[str]]:
        return {name: word_pattern(known) for name, known in self.words.items()}


def word_pattern(known: Iterable[str]) -> re.Pattern[str]:
    """A pattern of whole words and phrases, longest first; scripts without spaces match inside."""
    ordered = sorted(known, key=len, reverse=True)
    spaced = "|".join(re.escape(word) for word in ordered if word[0] < UNSPACED)
    dense = "|".join(re.escape(word) for word in ordered if word[0] >= UNSPACED)
    return re.compile(rf"(?<!\w)(?:{spaced})(?!\w)" + (f"|{dense}" if dense else ""), re.IGNORECASE)
