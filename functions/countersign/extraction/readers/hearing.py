"""What is heard in a text: each kind once, with the sentence in which it stands."""
# ruff: noqa: RUF001 - words and signs in many languages and scripts

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from countersign.extraction.patterns.language import detect
from countersign.extraction.readers.words import (
    ALL,
    SUM,
    each,
    folded,
    foreign,
    has,
    languages,
    languages_of,
    plain_said,
    sentences,
)

_SHOWN = 160
_NEAR = 30
_BESIDE_A_WISH = {"MEASURE": "part", "CONDITION": "condition", "WHICH": "items"}
"""What bears on a wish in its own sentence, and in another is a story."""
_FEW = 3
_SIGN = re.compile(r"[,;:.!?、。]")


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
    found = dict[str, str]()
    for sentence in sentences(text):
        read = languages_of(sentence, text)
        for kind in _of_sentence(plain_said(sentence, read), read):
            found.setdefault(kind, sentence[:_SHOWN])
    return found


def _of_sentence(sentence: str, spoken: frozenset[str]) -> Iterator[str]:
    for name in ("PART", "ITEMS", "WAY"):
        if has(name, sentence, spoken):
            yield name.lower()
    for name in ("DONE", "REMEDY"):
        if _is_meant(name, sentence, spoken):
            yield name.lower()
    yield from _in_any_language(sentence, foreign(sentence, spoken))
    yield from _of_wish(sentence, spoken)


def _in_any_language(sentence: str, spoken: frozenset[str]) -> Iterator[str]:
    """What whole phrases say, so that a sentence in another language than its text is heard too."""
    if _is_meant("WITHDRAWN", sentence, spoken):
        yield "withdrawn"
    for name in ("FRAUD", "ERASURE"):
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
    if not has("WISH", sentence, spoken):
        return
    yield "wish"
    for name, kind in _BESIDE_A_WISH.items():
        if has(name, sentence, spoken):
            yield kind
    if _is_asked(sentence, spoken):
        yield "condition"
    yield from _of_clauses(sentence, spoken)


def _without_reasons(sentence: str, spoken: frozenset[str]) -> str:
    """The sentence without the clauses that say why, as long as they hold no wish themselves."""
    for reason in {one[0] for one in each("REASON", sentence, spoken)}:
        if not has("WISH", reason, spoken):
            sentence = sentence.replace(reason, " ")
    return sentence


def _of_clauses(sentence: str, spoken: frozenset[str]) -> Iterator[str]:
    sentence = _without_reasons(sentence, spoken)
    wishes = list(each("WISH", sentence, spoken))
    breaks = list(each("BREAK", sentence, spoken))
    clauses = [_clause(sentence, wish, breaks) for wish in wishes]
    if any(_is_turned(clause, spoken) for clause in clauses):
        yield "withdrawn"
    if any(has("THIRD", words, spoken) for words in (sentence[:_NEAR], *clauses)):
        yield "third"


def _is_asked(sentence: str, spoken: frozenset[str]) -> bool:
    """Whether it is a question, and no polite request."""
    asks = sentence.rstrip().endswith(("?", "？")) or has("MAY", sentence, spoken)
    return asks and not has("POLITE", sentence, spoken) and not _is_own_sum(sentence, spoken)


def _is_own_sum(sentence: str, spoken: frozenset[str]) -> bool:
    """Whether it names a sum and whoever asks: “will I get my 49.90 back?” is a request, and how
    such things are handled has a word of its own."""
    return bool(SUM.search(sentence)) and has("ME", sentence, spoken)


def _clause(sentence: str, wish: re.Match[str], breaks: Sequence[re.Match[str]]) -> str:
    """What stands around a wish, up to the next break on each side."""
    start = max((one.end() for one in breaks if one.end() <= wish.start()), default=0)
    end = min((one.start() for one in breaks if one.start() >= wish.end()), default=len(sentence))
    return sentence[start:end]


def _is_turned(clause: str, spoken: frozenset[str]) -> bool:
    """Whether something in the clause says that the wish is none. “It never arrived, refund me”
    does not: what never happened there is what is complained of."""
    return any(_is_turned_in(frozenset({language}), clause, spoken) for language in spoken)


def _is_turned_in(language: frozenset[str], clause: str, spoken: frozenset[str]) -> bool:
    happened = [one.span() for one in each("HAPPENED", clause, language)]
    return not all(
        any(_is_near(one.span(), what, clause, spoken) for what in happened)
        for one in each("NOT", clause, language)
    )


def _is_near(
    one: tuple[int, int], other: tuple[int, int], clause: str, spoken: frozenset[str]
) -> bool:
    """Whether a few words stand between the two, and none of them is a wish or follows a sign."""
    first, last = sorted((one, other))
    between = clause[first[1] : last[0]]
    few = len(between.split()) <= _FEW and not _SIGN.search(between)
    return few and not has("WISH", between, spoken)


def _is_meant(name: str, sentence: str, spoken: frozenset[str]) -> bool:
    """Whether a word of the table stands there that nothing just before it denies: a remedy that
    is not wanted, money that has not come, a thing that is not kept."""
    before = (
        sentence[max(0, one.start() - _NEAR) : one.start()] for one in each(name, sentence, spoken)
    )
    return any(not has("NOT", _SIGN.split(words)[-1], spoken) for words in before)
