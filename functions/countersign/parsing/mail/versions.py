"""Whether two versions of one mail, plain and HTML, say the same to who reads either."""

import re

_LINK = re.compile(
    r"(?:https?://|www\.|mailto:)\S+|[\[<(](?:cid|image|img)\b[^\])>]*[\])>]?", re.IGNORECASE
)
# Scripts without spaces are compared by letter.
_WORD = re.compile(r"[\u2e80-\ud7ff\uf900-\ufaff]|[^\W_\u2e80-\ud7ff\uf900-\ufaff]+")
_NUMBER = re.compile(r"\d{2,}")
_BETWEEN_DIGITS = re.compile(r"(?<=\d)[.,'\u2019](?=\d)")
_TURNS = frozenset(
    {"not", "no", "never", "cannot", "nicht", "kein", "keine", "keinen", "nie", "pas", "jamais"}
    | {"sin", "nunca", "non", "mai", "niet", "geen", "nooit", "não", "nem", "inte", "ikke", "не"}
)
"""Words by which a text says the opposite."""
_SAME = 0.8
_STUB_WORDS = 30
_STUB = re.compile(
    r"html|view (?:this|it|the|in)|multi-?part|mime|"
    r"(?:e?-?mail|message|nachricht|messaggio|mensaje)"
    r"\W+(?:\w+\W+){0,4}(?:programm?|client|reader|browser|viewer)",
    re.IGNORECASE,
)


def says_as_much(text: str, other: str) -> bool:
    """Whether `text` has four fifths of the words of `other`, every number of them, and every word
    that turns a sentence round."""
    mine, theirs = _words(text), _words(other)
    missing = theirs - mine
    decisive = missing & _TURNS or any(map(_NUMBER.fullmatch, missing))
    return not decisive and len(missing) <= (1 - _SAME) * len(theirs)


def is_stub(text: str, other: str) -> bool:
    """Whether `text` says nothing but that there is another version: few words and no number."""
    mine = _words(text)
    numbers = any(map(_NUMBER.fullmatch, mine - _words(other)))
    return len(mine) <= _STUB_WORDS and not numbers and bool(_STUB.search(text))


def _words(text: str) -> set[str]:
    """A number is one word, however its digits are parted."""
    return set(_WORD.findall(_BETWEEN_DIGITS.sub("", _LINK.sub(" ", text)).casefold()))
