"""What is left of a text when all is read that a plain request for money back is made of.

The readers know what speaks against a payment by its words, and nobody knows them all. So the
other side is closed: a clause that bears on money says nothing but a plain wish, or what was paid
and how; and a sentence that wants something of us wants that, or what any customer asks. All else
is read by a person.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import lru_cache

from countersign.extraction.readers.words import (
    ALL,
    PARTS,
    SUM,
    clauses,
    closest,
    each,
    folded,
    foreign,
    has,
    is_any,
    languages_of,
    pattern,
    plain_said,
    sentences,
)

_WORD = re.compile(r"[^\W\d_]{2,}(?:'[^\W\d_]+)*")
_MARKED = re.compile(r"\S*\d\S*(?: ?[,.)])?")
"""A sum, a date, a reference: other readers look at those."""
_TOKEN = re.compile(r"\S*\d\S*|[^\W\d_]+(?:'s(?!\w))?")
_NAME = re.compile(r"(?<=[^.!?:\s] )[^\W\d_a-zß-öø-ÿ][^\W\d_]+")
"""A word with a capital that begins no sentence."""
_SIGN = re.compile(r"[,;:.!?](?!\d)")
_DENSE = re.compile(r"[\u3041-\u3096\u30a1-\u30fa\u4e00-\u9fff]")
"""A letter of a script without spaces between its words."""


@lru_cache(maxsize=256)
def unclear(text: str) -> str:
    """What `text` says first that bears on money and is no plain wish and no payment, or that asks
    for something unknown; empty when all is plain."""
    for said in sentences(text):
        spoken = languages_of(said, text)
        sentence = plain_said(said, spoken)
        if has("WILL", sentence, spoken) and not _is_known_will(sentence, spoken):
            return sentence
        for clause in clauses(sentence, spoken):
            if _bears_on_money(clause, spoken) and _says_more(clause, said, spoken):
                return clause.strip()
        if more := _more(sentence, spoken):
            return more
    return ""


def _more(sentence: str, spoken: frozenset[str]) -> str:
    """What a sentence adds to its wish or says against it, with strange words: “and add
    something”, “but it turned up”. A complaint of what did not happen adds nothing, nor does a
    story that begins with its own noun after an “and”."""
    wishes = [one.end() for one in each("WISH", sentence, spoken)]
    if not wishes or _DENSE.search(sentence):
        return ""
    after = sentence[min(wishes) :]
    for name in ("AND", "BUT"):
        for joined in each(name, after, spoken):
            said = _SIGN.split(after[joined.end() :], 1)[0].strip()
            if _adds(said, spoken, is_story=name == "AND" and _begins_noun(said, spoken)):
                return said
    return ""


def _adds(said: str, spoken: frozenset[str], *, is_story: bool) -> bool:
    is_known = any(has(one, said, spoken) for one in ("WISH", "FINE", "NOT", "NOBODY", "CLOSE"))
    return not is_story and not is_known and bool(_strange(_without_things(said, spoken), spoken))


def _begins_noun(said: str, spoken: frozenset[str]) -> bool:
    first = said.split(" ", 1)[0]
    return any(has(name, first, spoken) for name in ("NOUN", "PERSON"))


def _is_known_will(sentence: str, spoken: frozenset[str]) -> bool:
    return any(has(name, sentence, spoken) for name in ("WISH", "MONEY", "FINE"))


def _bears_on_money(clause: str, spoken: frozenset[str]) -> bool:
    return has("WISH", clause, spoken) or has("MONEY", clause, foreign(clause, spoken))


def _says_more(clause: str, sentence: str, spoken: frozenset[str]) -> bool:
    """Whether a word of the clause may change what is paid. Beside a wish that names its sum only
    one that a word of a closed class gives a part in it; elsewhere every one that no plain request
    is made of."""
    is_whole = SUM.search(sentence.lower()) or has("WHOLE", clause, spoken)
    if is_whole and has("WISH", clause, spoken) and not _DENSE.search(clause):
        return _has_part(clause, sentence, spoken)
    return bool(_strange(_without_things(clause, spoken), spoken))


def _has_part(clause: str, sentence: str, spoken: frozenset[str]) -> bool:
    """Whether a strange word of the clause has a part in its wish: a role, a noun of its own that
    is no cause, a name, somebody who wants it, or a verb that does something to it."""
    strange, spoken = _strange(clause, spoken), closest(clause, spoken)
    for language in spoken:
        clause = pattern("CLOSE", language).split(clause, 1)[0]
    wish = {one.start() for one in each("WISH", clause, spoken)}
    names = {folded(one) for one in _NAME.findall(sentence)}
    named = min((one.start() for one in each("NAMED_WISH", clause, spoken)), default=0)
    part = ""
    for found in _TOKEN.finditer(clause):
        word = found[0]
        if found.start() > min(wish, default=0) and has("IS", word, spoken):
            part = "ROLE"
        elif word in strange:
            bears = part == "ROLE" or (part == "NOUN" and not _leads_to(found.end(), wish))
            wants = has("WANTS", _next(clause, found.end()), spoken)
            is_verb = found.end() <= named and has("ORDERED", word, spoken)
            if bears or wants or is_verb or (word in names and part != "CAUSE"):
                return True
        else:
            part = _part(word, part, spoken)
    return False


def _next(clause: str, end: int) -> str:
    return clause[end:].lstrip().split(" ", 1)[0]


def _leads_to(end: int, wishes: Collection[int]) -> bool:
    """Whether a wish begins right there: what stands before is said of it, as in “a speedy
    refund”."""
    return end + 1 in wishes


def _part(word: str, before: str, spoken: frozenset[str]) -> str:
    """What part a known word gives to the words after it, where `before` was given."""
    for name in PARTS:
        if any(is_any((name,), word, language) for language in spoken):
            return before if name == "NOUN" and before else name
    is_new = _MARKED.fullmatch(word) or has("PERSON", word, spoken)
    return "" if is_new else before


def _without_things(clause: str, spoken: frozenset[str]) -> str:
    rest = _MARKED.sub(" ", clause)
    for language in spoken:
        rest = pattern("THING", language).sub(" ", rest)
    return rest


def _strange(rest: str, spoken: frozenset[str]) -> list[str]:
    """The words that no plain request is made of."""
    rest = _MARKED.sub(" ", rest)
    if "ja" in spoken:
        rest = pattern("PLAIN", "ja").sub(" ", rest)
    read = spoken - {"ja"} or ALL
    words = [
        word
        for word in _WORD.findall(rest)
        if not any(is_any(("PLAIN", "WISH"), word, one) for one in read)
    ]
    return words if "ja" in spoken else [word for word in words if not _DENSE.search(word)]
