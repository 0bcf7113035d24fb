"""Countries by their names in many languages, as ISO 3166-1 alpha-2 codes.

Parts of one that are under sanctions have their ISO 3166-2 codes.
"""
# ruff: noqa: RUF001 - both apostrophes are in use

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import lru_cache
from importlib import resources

# Short forms that are words of other languages too; alone in a country field they are meant.
_ONLY_ALONE = frozenset({"us", "georgia", "jordan", "chad", "mali", "guinea", "america", "island"})
_WORD = re.compile(r"\w(?:[\w.'’-]*\w)?(?:(?<=\.\w)\.)?")  # "u.s." keeps its last point
_FIELD = re.compile(r"\W*(?:the |republic of |república de |république de )?(.+?)\W*")

_SUFFIX = re.compile(r"(?<=\w{3})['’]\w+$")
_SMALL = frozenset({"and", "of", "the"})


@lru_cache(maxsize=1)
def names() -> Mapping[str, str]:
    """Every folded name with its code. One packaged table, read when somebody first asks.

    Reading it is not reaching outside: it ships with this module and never changes under it.
    """
    table = resources.files(__package__).joinpath("countries.txt").read_text(encoding="utf-8")
    rows = [line.split("|") for line in table.splitlines()]
    return {fold(name): code for code, *known in rows for name in known}


def place_name(code: str) -> str:
    """`GB` as `United Kingdom`: the first name of the table, for people."""
    first = next((name for name, held in names().items() if held == code), code)
    return " ".join(word if word in _SMALL else word.title() for word in first.split())


def country_code(stated: str) -> str:
    """The code of a country that somebody stated, by name or by code; empty when unknown."""
    plain = fold(stated)
    if re.fullmatch("[a-z]{2}", plain) and plain.upper() in codes():
        return plain.upper()
    bare = _FIELD.fullmatch(plain)
    return names().get(plain) or (names().get(bare[1], "") if bare else "")


@lru_cache(maxsize=1)
def codes() -> frozenset[str]:
    """All codes of countries in the table."""
    return frozenset(code for code in names().values() if "-" not in code)


def mentioned(text: str) -> tuple[tuple[str, str], ...]:
    """(code, the words as they stand) of every country named in `text`, in order, once each."""
    found: dict[str, tuple[int, str]] = {}
    for start, words in (*_spaced(text), *_dense(text)):
        found.setdefault(names()[fold(words)], (start, words))
    in_order = sorted(found.items(), key=lambda item: item[1][0])
    return tuple((code, words) for code, (_, words) in in_order)


def fold(text: str) -> str:
    """`text` for comparison: NFC, lower case, straight apostrophes, one space between words."""
    small = unicodedata.normalize("NFC", text).lower().replace("’", "'").strip()
    return small.replace("i\u0307", "i")  # as Turkish \u0130 becomes small


def domain_country(address: str) -> str:
    """The country in whose domain an address is; empty for those that the world registers."""
    ending = address.rpartition(".")[2].upper()
    code = "GB" if ending == "UK" else ending
    return code if code in codes() and code not in _OF_THE_WORLD else ""


_OF_THE_WORLD = frozenset({"AI", "CC", "CO", "FM", "IO", "LY", "ME", "SO", "TO", "TV", "WS"})


def _spaced(text: str) -> Iterator[tuple[int, str]]:
    words = list(_WORD.finditer(text))
    for at, word in enumerate(words):
        first = fold(word[0])
        for count in _longest_first().get(first) or _longest_first().get(_bare(first), ()):
            last = words[min(at + count, len(words)) - 1]
            name = text[word.start() : last.end()]
            name = name if fold(name) in names() else _bare(name)
            if fold(name) in names() and fold(name) not in _ONLY_ALONE:
                yield word.start(), name
                break


def _bare(name: str) -> str:
    """A name without what hangs on it behind an apostrophe: `Moscow's`, `Tahran'daki`."""
    return _SUFFIX.sub("", name)


@lru_cache(maxsize=1)
def _longest_first() -> Mapping[str, tuple[int, ...]]:
    """How many words the names have that start with a word, the longest first."""
    counts: dict[str, set[int]] = {}
    for name in names():
        words = _WORD.findall(name)
        counts.setdefault(words[0], set()).add(len(words))
    return {word: tuple(sorted(found, reverse=True)) for word, found in counts.items()}


def _dense(text: str) -> Iterator[tuple[int, str]]:
    # Chinese, Japanese, Korean and Thai do not put spaces between words.
    if text.isascii():
        return
    for match in _dense_pattern().finditer(text):
        yield match.start(), match[0]


@lru_cache(maxsize=1)
def _dense_pattern() -> re.Pattern[str]:
    dense = [name for name in names() if "\u0e00" <= name[0] <= "\u0e7f" or name[0] >= "\u3040"]
    return re.compile("|".join(re.escape(name) for name in sorted(dense, key=len, reverse=True)))
