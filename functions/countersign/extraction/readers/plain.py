"""What is left of a text when all is read that a plain request for money back is made of.

The readers know what speaks against a payment by its words, and nobody knows them all. So the
other side is closed: a clause that bears on money says nothing but a plain wish, or what was paid
and how; and a sentence that wants something of us wants that, or what any customer asks. All else
is read by a person.
"""

from __future__ import annotations

import re
from functools import lru_cache

from countersign.extraction.readers.words import (
    ALL,
    clauses,
    folded,
    foreign,
    has,
    languages,
    pattern,
    seems,
    sentences,
)

_WORD = re.compile(r"[^\W\d_]{2,}(?:'[^\W\d_]+)*")
_MARKED = re.compile(r"\S*\d\S*(?: ?[,.)])?")
"""A sum, a date, a reference: other readers look at those."""
_DENSE = re.compile(r"[\u3041-\u3096\u30a1-\u30fa\u4e00-\u9fff]")
"""A letter of a script without spaces between its words."""


@lru_cache(maxsize=256)
def unclear(text: str) -> str:
    """What `text` says first that bears on money and is no plain wish and no payment, or that asks
    for something unknown; empty when all is plain."""
    for sentence in map(folded, sentences(text)):
        spoken = languages(text) | seems(sentence)
        if has("WILL", sentence, spoken) and not _is_known_will(sentence, spoken):
            return sentence
        for clause in clauses(sentence, spoken):
            if _bears_on_money(clause, spoken) and _strange(clause, spoken):
                return clause.strip()
    return ""


def _is_known_will(sentence: str, spoken: frozenset[str]) -> bool:
    return any(has(name, sentence, spoken) for name in ("WISH", "MONEY", "FINE"))


def _bears_on_money(clause: str, spoken: frozenset[str]) -> bool:
    return has("WISH", clause, spoken) or has("MONEY", clause, foreign(clause, spoken))


def _strange(clause: str, spoken: frozenset[str]) -> list[str]:
    """The words of the clause that no plain request is made of."""
    rest = _MARKED.sub(" ", clause)
    for language in spoken:
        rest = pattern("THING", language).sub(" ", rest)
    if "ja" in spoken:
        rest = pattern("PLAIN", "ja").sub(" ", rest)
    known = [pattern("PLAIN", language) for language in (spoken - {"ja"} or ALL)]
    words = [word for word in _WORD.findall(rest) if not any(one.fullmatch(word) for one in known)]
    return words if "ja" in spoken else [word for word in words if not _DENSE.search(word)]
