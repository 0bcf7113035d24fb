"""How the tables of words are found in a text, in the languages that it is in."""

from __future__ import annotations

import re
from collections import Counter
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
_MOST = 2
"""So often one word counts: “no delivery, no reply, no tracking” is not three."""
_COMMON_SHARE = 5
"""One word in so many is a common one, in a sentence of the language."""
SUM = re.compile(r"\d[.,]\d\d(?!\d)|\d ?(?:eur|€|gbp|£|usd|chf)|(?:eur|€|gbp|£|usd|chf) ?\d")
"""A sum of money in a folded text."""
PARTS = ("ROLE", "CAUSE", "NOUN")
"""The tables of words that give a part to what follows."""
_DENSE = re.compile(r"[\u3041-\u3096\u30a1-\u30fa\u4e00-\u9fff]")
_NOTHING = r"(?!)"
"""Japanese has no words of some tables."""
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


def plain_said(sentence: str, spoken: frozenset[str]) -> str:
    """The sentence folded, and without the phrases of courtesy and haste that ask for nothing."""
    return without("COURTESY", folded(sentence), spoken)


@lru_cache(maxsize=256)
def languages(text: str) -> frozenset[str]:
    """The languages in whose words a text is read: those that it seems to be in, or else all."""
    return seems(text) or ALL


@lru_cache(maxsize=512)
def languages_of(sentence: str, text: str) -> frozenset[str]:
    """The languages to read one sentence of a text in. Of a text that is too short to tell, those
    whose plain words a wish in it is made of, and of these the one that its small words tell."""
    spoken = languages(text) | seems(sentence)
    plain = folded(sentence)
    if spoken != ALL or not has("WISH", plain, ALL):
        return spoken
    found, told = closest(plain, spoken), detect(text)
    return frozenset({told}) if told in found else found


def closest(text: str, spoken: frozenset[str]) -> frozenset[str]:
    """The languages of `spoken` that know most words of a folded text: the small words of another
    are other words."""
    if "ja" in spoken and _DENSE.search(text):
        return spoken
    words = [found[0] for found in _WORD.finditer(text)]
    known = {
        one: sum(is_any(("PLAIN", "WISH", *PARTS), word, one) for word in words) for one in spoken
    }
    return frozenset(one for one in spoken if known[one] == max(known.values()))


@lru_cache(maxsize=4096)
def is_any(names: tuple[str, ...], word: str, language: str) -> bool:
    """Whether the word is one of these tables."""
    return any(pattern(name, language).fullmatch(word) for name in names)


@lru_cache(maxsize=512)
def seems(text: str) -> frozenset[str]:
    """The languages of the tables that `text` seems to be in; none when it is too short to tell."""
    if detect(text) == "ja":
        return frozenset({"ja"})
    told = Counter(_WORD.findall(text.lower()))
    words = [word for word, times in told.items() for _ in range(min(times, _MOST))]
    known = {one: sum(map(common.__contains__, words)) for one, common in STOP_WORDS.items()}
    best = max(known.values(), default=0)
    if best < _FEWEST:
        return frozenset()
    return frozenset(one for one in kinds.WISH if known.get(one, 0) * 2 >= best)


@lru_cache(maxsize=512)
def foreign(sentence: str, spoken: frozenset[str]) -> frozenset[str]:
    """The languages to read a folded sentence in that may stand in another than its text: all of
    them where few of its words are common in `spoken`."""
    words = _WORD.findall(sentence)
    own = frozenset[str]().union(*(STOP_WORDS.get(one, ()) for one in spoken))
    common = sum(map(own.__contains__, words))
    return spoken if common * _COMMON_SHARE >= len(words) and "ja" not in spoken else ALL


def has(name: str, text: str, spoken: frozenset[str]) -> bool:
    """Whether a word of the table stands in a folded text."""
    return any(pattern(name, one).search(text) for one in spoken)


def each(name: str, text: str, spoken: frozenset[str]) -> Iterator[re.Match[str]]:
    """Where the words of the table stand in a folded text, language by language."""
    return (found for one in spoken for found in pattern(name, one).finditer(text))


def without(name: str, text: str, spoken: frozenset[str]) -> str:
    """A folded text without the words of the table."""
    for one in spoken:
        text = pattern(name, one).sub(" ", text)
    return text


@lru_cache(maxsize=256)
def pattern(name: str, language: str) -> re.Pattern[str]:
    """The table's words of one language; Japanese ones match inside, since it sets no spaces."""
    table: Words = getattr(plain_words if hasattr(plain_words, name) else kinds, name)
    words = table.get(language, _NOTHING)
    return re.compile(words if language == "ja" else rf"(?<!\w)(?:{_stems(words)})(?!\w)")


def _stems(words: str) -> str:
    """An open stem ends in `*`, which a pattern writes as any letters."""
    return re.sub(r"(?<!\\)([^\W_])\*", r"\1\\w*", words)
