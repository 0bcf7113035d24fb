"""Free text of a model as an effect: cleaned, held against the source, marked as its own words.

A need or a summary is written into systems that people act on, and a model can be made to write
anything. Whatever could lead somebody astray (a link, an address, a number, a name) stands in the
source, or a person reads it first; and whoever reads it later is told whose words they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from countersign.domain.policy.proposal import flat
from countersign.extraction.patterns import amounts
from countersign.extraction.patterns.language import detect
from countersign.extraction.patterns.words import dense, stems
from countersign.parsing.text import one_line

OTHER_WORDS = "the words"
"""What is told of a text that is about something else."""
SHARE = 0.4
"""Of a text's words so many are the source's, where both are in one language."""
_FEWEST = 2
"""Of fewer words no share is taken."""
_ALL_CAPITALISED = frozenset({"de", "lb"})
"""Languages in which a capital does not tell a name."""
_MOST_TOLD = 60

_TAG = re.compile(
    r"<!--.*?(?:-->|$)|<!\[[^\]>]*\]>|(?:[-=_*~#+|][ \t]*){4,}"  # comments, rules
    r"|<[/!]?[A-Za-z][^<>]{0,500}>|&#?\w{1,10};"
)
_FORMULA = re.compile(r"^(?![+-]\d[^|]*$)[=+@\-\s]+(?=\S)")
"""What makes a cell of a table a formula; a number keeps its sign."""
_AT = re.compile(r"\s*[\[({<]\s*(?:at|@|arroba|bei|chez)\s*[\])}>]\s*|\s+at\s+(?=[\w-]+\s+dot\s)")
_DOT = re.compile(r"\s*[\[({<]\s*(?:dot|punkt|punto|point|\.)\s*[\])}>]\s*|(?<=\w)\s+dot\s+(?=\w)")
_HXXP = re.compile(r"\bh(?:xx|\*\*)p(?=s?:)")
_LINK = re.compile(
    r"\w+:/+\S+|www\.\S+|[^\s<>()]+@\S+"  # links and addresses
    r"|(?:[\w-]+\.)+[^\W\d_]{2,}(?:[/:?#]\S*)?"  # hosts
    r"|\b\d{1,3}(?:\.\d{1,3}){3}\b|(?:[0-9a-f]{1,4}:){3,7}[0-9a-f]{1,4}"  # IP addresses
    r"|\b(?:bc1|0x)[0-9a-z]{20,}|\b[13][1-9a-km-z]{25,34}\b"  # wallets
)
_DIGITS = re.compile(r"\d+")
_NUMBER = re.compile(r"\d+(?:[.,'\u2019]\d+)*")
_BETWEEN = re.compile(r"[\s()/-]{0,2}")
"""What stands between the groups of one number."""
_JOINED = 6
"""So many groups of digits may be one number in the source: +44 113 496 0147."""
_NAME = re.compile(r"(?<![\w'\u2019-])[^\W\d_a-zß-öø-ÿ][\w'\u2019-]+")
_BEGINS = re.compile(r"(?:^|[.!?:;…\u3002\uff01\uff1f\n(\[“„«\"-])\s*$")
_SENTENCES = re.compile(r"(?<=[.!?\u3002\uff01\uff1f])\s+")
_WORD = re.compile(r"[\w'\u2019]+")


def cleaned(text: str) -> str:
    """`text` on one line: without markup, without what a reader cannot see, and never a formula."""
    plain = one_line(_TAG.sub(" ", text), len(text))
    return _FORMULA.sub("", plain)


def foreign(text: str, source: str) -> tuple[str, ...]:
    """What `text` says and `source` does not, each once: links and addresses (also in words),
    numbers, names; and OTHER_WORDS where too few of its words are the source's. A spelling in
    another script is no match."""
    if _is_verbatim(text, source):
        return ()
    said, seen = _plain(text), _plain(source)
    found = (*_links(said, seen), *_numbers(_LINK.sub(" ", said), seen), *_names(text, source))
    words = (OTHER_WORDS,) if _is_about_else(text, source) else ()
    return (*dict.fromkeys(one[:_MOST_TOLD] for one in found), *words)


_WHOSE: Mapping[str, tuple[str, str]] = {
    "en": ("summed up by the model", "translated by the model"),
    "de": ("vom Modell zusammengefasst", "vom Modell übersetzt"),
    "fr": ("résumé par le modèle", "traduit par le modèle"),
    "es": ("resumido por el modelo", "traducido por el modelo"),
    "it": ("riassunto dal modello", "tradotto dal modello"),
    "nl": ("samengevat door het model", "vertaald door het model"),
    "pt": ("resumido pelo modelo", "traduzido pelo modelo"),
    "ja": ("モデルによる要約", "モデルによる翻訳"),
}
"""Whose words they are, by the language of who reads them: summed up, and translated."""


def marked(text: str, source: str, language: str = "en") -> str:
    """`text` for people who act on it: without links and addresses, and with a word of whose it is
    in their `language` (English where we have none) where the source does not say it so."""
    plain = without_links(text)
    if _is_verbatim(text, source):
        return plain
    summed_up, translated = _WHOSE.get(language, _WHOSE["en"])
    return f"{plain} ({translated if _is_translated(text, source) else summed_up})"


def without_links(text: str) -> str:
    """`text` with "…" for each link and address, also for one that is written in words."""
    plain = text if _plain(text) == text.casefold() else _DOT.sub(".", _AT.sub("@", text))
    return re.sub(_LINK.pattern, "…", plain, flags=re.IGNORECASE)


def _plain(text: str) -> str:
    """`text` in small letters, with links as links that are written so that no filter sees them."""
    small = one_line(text, len(text)).casefold()
    return _HXXP.sub("http", _DOT.sub(".", _AT.sub("@", small)))


def _links(said: str, seen: str) -> Iterator[str]:
    for match in _LINK.finditer(said):
        piece = match[0].rstrip(".,;:!?)]}'\"”»")
        if not re.search(rf"(?<![\w@.-]){re.escape(piece)}(?![\w@-]|\.\w)", seen):
            yield piece


def _numbers(said: str, seen: str) -> Iterator[str]:
    """Each number that is new, whole; in words they count from a thousand on, as everywhere."""
    groups, sums = _groups(seen), {one.amount for one in amounts.bare(seen)}
    spans = [one.span() for one in _NUMBER.finditer(said) if _is_new(one[0], groups, sums)]
    spans += [
        (one.at, one.at + len(one.words))
        for one in amounts.bare(said)
        if one.amount not in sums and format(one.amount.normalize(), "f") not in groups
    ]
    return (said[start:end].rstrip(".,") for start, end in _whole(said, sorted(spans)))


def _is_new(number: str, groups: frozenset[str], sums: set[Decimal]) -> bool:
    amount = next((one.amount for one in amounts.bare(number)), None)
    return _digits(number) not in groups and amount not in sums


def _whole(said: str, spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The spans, those as one that overlap or are groups of one number."""
    joined = list[tuple[int, int]]()
    for start, end in spans:
        first, last = joined[-1] if joined else (start, start)
        if joined and _BETWEEN.fullmatch(said[last:start]):
            joined[-1] = (first, max(last, end))
        else:
            joined.append((start, end))
    return joined


def _groups(seen: str) -> frozenset[str]:
    """Every group of digits, and what neighbours make together where only signs lie between."""
    found: set[str] = set()
    for run in re.findall(r"\d(?:[\d\s.,'\u2019()/+-]*\d)?", seen):
        parts = _DIGITS.findall(run)
        for first in range(len(parts)):
            for last in range(first, min(first + _JOINED, len(parts))):
                found.add(_digits("".join(parts[first : last + 1])))
    return frozenset(found)


def _digits(number: str) -> str:
    return "".join(_DIGITS.findall(number)).lstrip("0") or "0"


def _names(text: str, source: str) -> Iterator[str]:
    """Words with a capital within a sentence. A currency's code stands for its sign."""
    if detect(text) in _ALL_CAPITALISED:
        return
    seen = frozenset(word.casefold() for word in _WORD.findall(source))
    codes = {one.currency for one in amounts.sums(source)}
    for match in _NAME.finditer(text):
        parts = [part.casefold() for part in _WORD.findall(match[0])]
        known = all(part in seen for part in parts) or amounts.currency_code(match[0]) in codes
        if not known and not _BEGINS.search(text[: match.start()]):
            yield match[0]


def _is_about_else(text: str, source: str) -> bool:
    if _is_translated(text, source):
        return False
    said, seen = {*stems(text), *dense(text)}, {*stems(source), *dense(source)}
    return len(said) >= _FEWEST and len(said & seen) / len(said) < SHARE


def _is_translated(text: str, source: str) -> bool:
    spoken, heard = detect(text), detect(source)
    return bool(spoken and heard) and spoken != heard


def _is_verbatim(text: str, source: str) -> bool:
    seen = flat(source)
    return all(_stands(sentence, seen) for sentence in _SENTENCES.split(flat(text)))


def _stands(sentence: str, seen: str) -> bool:
    """By whole words: "2 mugs" does not stand in "12 mugs"."""
    if sentence not in seen:  # a pattern of each sentence would have to be compiled
        return False
    return bool(re.search(rf"(?<!\w){re.escape(sentence)}(?!\w)", seen))
