"""How the tables of words are found in a text, in the languages that it is in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from countersign.extraction.patterns.language import STOP_WORDS, detect
from countersign.extraction.patterns.sentences import pieces
from countersign.extraction.readers import kinds, plain_words
from countersign.extraction.readers.kinds import Words

_WORD = re.compile(r"[^\W\d_]+")
_SPACE = re.compile(r"\s+")
_END = re.compile(r"(?<=[.!?;])\s+|(?<=[。！？])|\n\s*\n|\n(?=\s*[-*•>])")  # noqa: RUF001 - ends of sentences
_SIGNS = re.compile(r"[,:–—()](?!\d)|(?<=\s)-(?=\s)")  # noqa: RUF001 - both long dashes
_FEWEST = 3
"""Common words of a language from which a text seems to be in it."""
_COMMON_SHARE = 5
"""One word in so many is a common one, in a sentence of the language."""
ALL = frozenset(kinds.WISH)
"""The languages of the tables."""


def sentences(text: str) -> tuple[str, ...]:
    """The sentences of `text`, each on one line."""
    return tuple(filter(None, (_SPACE.sub(" ", one).strip() for one in pieces(text, _END))))


def clauses(sentence: str, spoken: frozenset[str]) -> Iterator[str]:
    """What stands between the signs and the words that join in a folded sentence."""
    start = 0
    breaks = (one.span() for one in (*_SIGNS.finditer(sentence), *each("BREAK", sentence, spoken)))
    for begins, ends in sorted(breaks):
        yield sentence[start:begins]
        start = max(start, ends)
    yield sentence[start:]


def folded(sentence: str) -> str:
    """The sentence in small letters and with one kind of apostrophe, as the tables are written."""
    return sentence.lower().replace("\u2019", "'")


@lru_cache(maxsize=256)
def languages(text: str) -> frozenset[str]:
    """The languages in whose words a text is read: those that it seems to be in, or else all."""
    return seems(text) or ALL


def seems(text: str) -> frozenset[str]:
    """The languages of the tables that `text` seems to be in; none when it is too short to tell."""
    if detect(text) == "ja":
        return frozenset({"ja"})
    words = [word.lower() for word in _WORD.findall(text)]
    known = {one: sum(word in STOP_WORDS[one] for word in words) for one in STOP_WORDS}
    best = max(known.values(), default=0)
    if best < _FEWEST:
        return frozenset()
    return frozenset(one for one in kinds.WISH if known.get(one, 0) * 2 >= best)


def foreign(sentence: str, spoken: frozenset[str]) -> frozenset[str]:
    """The languages to read a folded sentence in that may stand in another than its text: all of
    them where few of its words are common in `spoken`."""
    words = _WORD.findall(sentence)
    common = sum(any(word in STOP_WORDS.get(one, ()) for one in spoken) for word in words)
    return spoken if common * _COMMON_SHARE >= len(words) and "ja" not in spoken else ALL


def has(name: str, text: str, spoken: frozenset[str]) -> bool:
    """Whether a word of the table stands in a folded text."""
    return any(pattern(name, one).search(text) for one in spoken)


def each(name: str, text: str, spoken: frozenset[str]) -> Iterator[re.Match[str]]:
    """Where the words of the table stand in a folded text, language by language."""
    return (found for one in spoken for found in pattern(name, one).finditer(text))


@lru_cache(maxsize=256)
def pattern(name: str, language: str) -> re.Pattern[str]:
    """The table's words of one language; Japanese ones match inside, since it sets no spaces."""
    table: Words = getattr(plain_words if hasattr(plain_words, name) else kinds, name)
    words = table[language]
    return re.compile(words if language == "ja" else rf"(?<!\w)(?:{_stems(words)})(?!\w)")


def _stems(words: str) -> str:
    """An open stem ends in `*`, which a pattern writes as any letters."""
    return re.sub(r"(?<!\\)([^\W_])\*", r"\1\\w*", words)
