"""What is heard in a text: each kind once, with the sentence in which it stands."""
# ruff: noqa: RUF001 - words and signs in many languages and scripts

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from countersign.extraction.patterns.language import detect
from countersign.extraction.readers.words import (
    ALL,
    each,
    folded,
    foreign,
    has,
    languages,
    seems,
    sentences,
)

_SHOWN = 160
_NEAR = 30


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
    return spoken in ALL if spoken else "wish" in heard(text)


def is_wish(sentence: str, text: str) -> bool:
    """Whether a sentence of `text` speaks of money back."""
    return has("WISH", folded(sentence), languages(text))


@lru_cache(maxsize=256)
def _heard(text: str) -> Mapping[str, str]:
    spoken, found = languages(text), dict[str, str]()
    for sentence in sentences(text):
        for kind in _of_sentence(folded(sentence), spoken | seems(sentence)):
            found.setdefault(kind, sentence[:_SHOWN])
    return found


def _of_sentence(sentence: str, spoken: frozenset[str]) -> Iterator[str]:
    for name in ("PART", "ITEMS", "WAY", "DONE"):
        if has(name, sentence, spoken):
            yield name.lower()
    if _remedy(sentence, spoken):
        yield "remedy"
    yield from _in_any_language(sentence, foreign(sentence, spoken))
    yield from _of_wish(sentence, spoken)


def _in_any_language(sentence: str, spoken: frozenset[str]) -> Iterator[str]:
    """What whole phrases say, so that a sentence in another language than its text is heard too."""
    for name in ("WITHDRAWN", "FRAUD", "ERASURE"):
        if has(name, sentence, spoken):
            yield name.lower()
    if has("OPT_OUT", sentence, spoken) and not has("INVITED", sentence, spoken):
        yield "opt_out"
    yield from _of_quarrel(sentence, spoken)


def _of_quarrel(sentence: str, spoken: frozenset[str]) -> Iterator[str]:
    if has("DISPUTE", sentence, spoken):
        yield "dispute" if has("BEGUN", sentence, spoken) else "threat"
    if has("LAW", sentence, spoken):
        yield "threat"


def _of_wish(sentence: str, spoken: frozenset[str]) -> Iterator[str]:
    wishes = list(each("WISH", sentence, spoken))
    if not wishes:
        return
    yield "wish"
    if has("CONDITION", sentence, spoken) or _is_asked(sentence, spoken):
        yield "condition"
    if has("WHICH", sentence, spoken):
        yield "items"
    breaks = list(each("BREAK", sentence, spoken))
    clauses = [_clause(sentence, wish, breaks) for wish in wishes]
    if any(has("NOT", clause, spoken) for clause in clauses):
        yield "withdrawn"
    if any(has("THIRD", words, spoken) for words in (sentence[:_NEAR], *clauses)):
        yield "third"


def _is_asked(sentence: str, spoken: frozenset[str]) -> bool:
    """Whether it is a question, and no polite request."""
    return sentence.rstrip().endswith(("?", "？")) and not has("POLITE", sentence, spoken)


def _clause(sentence: str, wish: re.Match[str], breaks: Sequence[re.Match[str]]) -> str:
    """What stands around a wish, up to the next break on each side."""
    start = max((one.end() for one in breaks if one.end() <= wish.start()), default=0)
    end = min((one.start() for one in breaks if one.start() >= wish.end()), default=len(sentence))
    return sentence[start:end]


def _remedy(sentence: str, spoken: frozenset[str]) -> bool:
    """Something else than money, unless just before it stands that it is not wanted."""
    before = (one.start() for one in each("REMEDY", sentence, spoken))
    return any(not has("NOT", sentence[max(0, at - _NEAR) : at], spoken) for at in before)
