"""Whether two versions of one mail, plain and HTML, say the same to who reads either."""

import re

_LINK = re.compile(
    r"(?:https?://|www\.|mailto:)\S+|[\[<(](?:cid|image|img)\b[^\])>]*[\])>]?", re.IGNORECASE
)
# Scripts without spaces are compared by letter.
_WORD = re.compile(r"[\u2e80-\ud7ff\uf900-\ufaff]|[^\W_\u2e80-\ud7ff\uf900-\ufaff]+")
_NAME = re.compile(r"(?<=[^\W\d_][ ,])[^\W\d_a-zß-öø-ÿ][^\W\d_]{2,}")
"""A word with a capital letter within a sentence."""
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
    r"html|view (?:this|it|the|in)|multi-?part|mime|browser|navegador|navigateur|webversi\w+|"
    r"(?<!\w)(?:cli[cq]|kli[ck])\w*|"
    r"(?:e?-?mail|message|nachricht|messaggio|mensaje)"
    r"\W+(?:\w+\W+){0,4}(?:programm?|client|reader|browser|viewer)",
    re.IGNORECASE,
)


def says_as_much(text: str, other: str) -> bool:
    """Whether `text` has four fifths of the words of `other`, every number of them, every word
    that turns a sentence round, and no name in the place of another."""
    mine, theirs = _words(text), _words(other)
    missing = theirs - mine
    renamed = _names(other) - mine and _names(text) - theirs
    decisive = missing & _TURNS or any(map(_NUMBER.fullmatch, missing)) or renamed
    return not decisive and len(missing) <= (1 - _SAME) * len(theirs)


def is_stub(text: str, other: str) -> bool:
    """Whether `text` says nothing but that there is another version: few words and no number."""
    mine = _words(text)
    numbers = any(map(_NUMBER.fullmatch, mine - _words(other)))
    return len(mine) <= _STUB_WORDS and not numbers and bool(_STUB.search(text))


def _names(text: str) -> set[str]:
    return {name.casefold() for name in _NAME.findall(_LINK.sub(" ", text))}


def _words(text: str) -> set[str]:
    """A number is one word, however its digits are parted."""
    return set(_WORD.findall(_BETWEEN_DIGITS.sub("", _LINK.sub(" ", text)).casefold()))
