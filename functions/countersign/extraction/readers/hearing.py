"""What is heard in a text: each kind once, with the sentence in which it stands."""
# ruff: noqa: RUF001 - words and signs in many languages and scripts

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from countersign.extraction.patterns.language import STOP_WORDS, detect
from countersign.extraction.patterns.sentences import pieces
from countersign.extraction.readers import kinds
from countersign.extraction.readers.kinds import Words

_SHOWN = 160
_WORD = re.compile(r"[^\W\d_]+")
_SPACE = re.compile(r"\s+")
_END = re.compile(r"(?<=[.!?;])\s+|(?<=[。！？])|\n\s*\n|\n(?=\s*[-*•>])")
_NEAR = 30
_FEWEST = 3
"""Common words of a language from which a text seems to be in it."""


def heard(text: str) -> Mapping[str, str]:
    """Every kind that is heard in `text`, by its name, with the sentence that says it.

    `wish` money back; `part` a part of a sum; `items` some of several things; `withdrawn`,
    `condition`, `remedy` (something else), `way` (for the money), `third` (somebody else's money),
    `done` (it is back), `dispute` at the bank, `threat` of one, `fraud`, `opt_out`, `erasure`.
    """
    return _heard(text)


def is_understood(text: str) -> bool:
    """Whether the text is in a language of the readers: in another, nothing is heard."""
    spoken = detect(text)
    return spoken in kinds.WISH if spoken else "wish" in heard(text)


def sentences(text: str) -> tuple[str, ...]:
    """The sentences of `text`, each on one line."""
    return tuple(filter(None, (_SPACE.sub(" ", one).strip() for one in pieces(text, _END))))


def is_wish(sentence: str, text: str) -> bool:
    """Whether a sentence of `text` speaks of money back."""
    return _has("WISH", _folded(sentence), _languages(text))


@lru_cache(maxsize=256)
def _heard(text: str) -> Mapping[str, str]:
    spoken, found = _languages(text), dict[str, str]()
    for sentence in sentences(text):
        for kind in _of_sentence(_folded(sentence), spoken | _spoken(sentence)):
            found.setdefault(kind, sentence[:_SHOWN])
    return found


def _of_sentence(sentence: str, spoken: frozenset[str]) -> Iterator[str]:
    for name in ("PART", "ITEMS", "WITHDRAWN", "WAY", "FRAUD", "ERASURE", "DONE"):
        if _has(name, sentence, spoken):
            yield name.lower()
    if _has("OPT_OUT", sentence, spoken) and not _has("INVITED", sentence, spoken):
        yield "opt_out"
    if _remedy(sentence, spoken):
        yield "remedy"
    yield from _of_quarrel(sentence, spoken)
    yield from _of_wish(sentence, spoken)


def _of_quarrel(sentence: str, spoken: frozenset[str]) -> Iterator[str]:
    if _has("DISPUTE", sentence, spoken):
        yield "dispute" if _has("BEGUN", sentence, spoken) else "threat"
    if _has("LAW", sentence, spoken):
        yield "threat"


def _of_wish(sentence: str, spoken: frozenset[str]) -> Iterator[str]:
    wishes = list(_each("WISH", sentence, spoken))
    if not wishes:
        return
    yield "wish"
    if _has("CONDITION", sentence, spoken) or _is_asked(sentence, spoken):
        yield "condition"
    if _has("WHICH", sentence, spoken):
        yield "items"
    breaks = list(_each("BREAK", sentence, spoken))
    clauses = [_clause(sentence, wish, breaks) for wish in wishes]
    if any(_has("NOT", clause, spoken) for clause in clauses):
        yield "withdrawn"
    if any(_has("THIRD", clause, spoken) for clause in clauses):
        yield "third"


def _is_asked(sentence: str, spoken: frozenset[str]) -> bool:
    """Whether it is a question, and no polite request."""
    return sentence.rstrip().endswith(("?", "？")) and not _has("POLITE", sentence, spoken)


def _clause(sentence: str, wish: re.Match[str], breaks: Sequence[re.Match[str]]) -> str:
    """What stands around a wish, up to the next break on each side."""
    start = max((one.end() for one in breaks if one.end() <= wish.start()), default=0)
    end = min((one.start() for one in breaks if one.start() >= wish.end()), default=len(sentence))
    return sentence[start:end]


def _remedy(sentence: str, spoken: frozenset[str]) -> bool:
    """Something else than money, unless just before it stands that it is not wanted."""
    before = (one.start() for one in _each("REMEDY", sentence, spoken))
    return any(not _has("NOT", sentence[max(0, at - _NEAR) : at], spoken) for at in before)


def _has(name: str, text: str, spoken: frozenset[str]) -> bool:
    return any(_pattern(name, one).search(text) for one in spoken)


def _folded(sentence: str) -> str:
    return sentence.lower().replace("\u2019", "'")


@lru_cache(maxsize=256)
def _languages(text: str) -> frozenset[str]:
    """The languages in whose words a text is read: those that it seems to be in, or else all."""
    return _spoken(text) or frozenset(kinds.WISH)


def _spoken(text: str) -> frozenset[str]:
    if detect(text) == "ja":
        return frozenset({"ja"})
    words = [word.lower() for word in _WORD.findall(text)]
    known = {one: sum(word in STOP_WORDS[one] for word in words) for one in STOP_WORDS}
    best = max(known.values(), default=0)
    if best < _FEWEST:
        return frozenset()
    return frozenset(one for one in kinds.WISH if known.get(one, 0) * 2 >= best)


def _each(name: str, text: str, spoken: frozenset[str]) -> Iterator[re.Match[str]]:
    """Where the kind's words stand, language by language."""
    return (found for one in spoken for found in _pattern(name, one).finditer(text))


@lru_cache(maxsize=256)
def _pattern(name: str, language: str) -> re.Pattern[str]:
    table: Words = getattr(kinds, name)
    words = table[language]
    return re.compile(words if language == "ja" else rf"(?<!\w)(?:{_stems(words)})(?!\w)")


def _stems(words: str) -> str:
    """An open stem ends in `*`, which a pattern writes as any letters."""
    return re.sub(r"(?<!\\)([^\W_])\*", r"\1\\w*", words)
