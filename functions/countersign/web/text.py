"""Text from outside, cut into pieces that a template can show: what is invisible is made visible.

Source of the list: Unicode UAX #9 (bidirectional controls) and UTS #39 §3.1 (default ignorables).
Joiners (U+200C, U+200D) stay, because Persian, Indic scripts and emoji need them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from difflib import SequenceMatcher
from typing import Literal
from zoneinfo import ZoneInfo

from countersign.domain.money import Money
from countersign.domain.policy.proposal import flat

_HIDDEN = re.compile(
    "([\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e"
    "\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f])"
)
_LEFTWARDS = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_HYPHENED = re.compile(r"(?<![\w-])(\d+(?:-\d+)+)(?![\w-])")
_LINK = re.compile(r"(?i)\b(?:[a-z][a-z0-9+.-]{0,20}://|www\.)\S*")
_WORDS = re.compile(r"\S+\s*|\s+")
_ALIKE = 0.5
"""Share of words in common from which lines are compared word by word."""
_WHOLE = 60
"""Characters up to which a value is shown as a whole, before and after."""
_NEAR = {0: "today", 1: "tomorrow"}
_CODE = re.compile(r"[a-z]+(?:_[a-z]+)+")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z")
_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400
UTC = "UTC"
"""The zone in which times are stored."""


@dataclass(frozen=True)
class Piece:
    """A run of text. `marked` supports a fact; `hidden` stands for a character nobody would see.
    `apart` is read from left to right whatever stands around it."""

    text: str
    marked: bool = False
    hidden: bool = False
    apart: bool = False


Pieces = tuple[Piece, ...]


@dataclass(frozen=True)
class Run:
    """Text that stayed, went, or came."""

    kind: Literal["same", "gone", "new"]
    pieces: Pieces


def visible(text: str, *, marked: bool = False) -> Pieces:
    """`text` with every control and invisible character as a piece of its own, `U+202E`; and, where
    it has letters that are read from right to left, every number with hyphens: after Arabic the
    parts of 2027-05-03 would change places (UAX #9, W2)."""
    return tuple(_pieces(text.replace("\r\n", "\n"), marked=marked))


def _pieces(text: str, *, marked: bool) -> Iterator[Piece]:
    leftwards = _LEFTWARDS.search(text)
    for at, part in enumerate(_HIDDEN.split(text)):
        if at % 2:
            yield Piece(f"U+{ord(part):04X}", marked=marked, hidden=True)
            continue
        for number, one in enumerate(_HYPHENED.split(part) if leftwards else (part,)):
            if one:
                yield Piece(one, marked=marked, apart=bool(number % 2))


def highlighted(source: str, quotes: Iterable[str]) -> Pieces:
    """`source` (in NFC) with the first place of each quote marked; white space may differ."""
    text = unicodedata.normalize("NFC", source)
    at = 0
    pieces: list[Piece] = []
    for start, end in _merged(sorted(_places(text, quotes))):
        pieces += visible(text[at:start]) + visible(text[start:end], marked=True)
        at = end
    return (*pieces, *visible(text[at:]))


def compared(before: str, after: str) -> tuple[Run, ...]:
    """What was taken away and what was put in: short values as a whole, long ones line by line,
    and word by word where a line stayed much the same."""
    if max(len(before), len(after)) <= _WHOLE:
        return (Run("gone", visible(before)), Run("new", visible(after)))
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    return tuple(
        run
        for gone, came in _steps(old, new)
        for run in (_by_words(gone, came) if _alike(gone, came) else _runs(gone, came))
    )


def _steps(old: list[str], new: list[str]) -> Iterator[tuple[str, str]]:
    """The two texts in step: (what stood there, what stands there now)."""
    for _, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        yield "".join(old[a:b]), "".join(new[c:d])


def _alike(gone: str, came: str) -> bool:
    words = SequenceMatcher(None, gone.split(), came.split(), autojunk=False)
    return words.ratio() >= _ALIKE


def _by_words(gone: str, came: str) -> Iterator[Run]:
    for less, more in _steps(_WORDS.findall(gone), _WORDS.findall(came)):
        yield from _runs(less, more)


def _runs(gone: str, came: str) -> Iterator[Run]:
    if gone == came:
        yield Run("same", visible(gone))
        return
    if gone:
        yield Run("gone", visible(gone))
    if came:
        yield Run("new", visible(came))


def one_line(text: str, limit: int) -> str:
    """`text` for a mail: one line, nothing invisible, no link of somebody else's, at most `limit`
    characters."""
    shown = _LINK.sub("[link left out]", flat(_HIDDEN.sub(" ", text)))
    return shown if len(shown) <= limit else shown[: limit - 1].rstrip() + "…"


def foreign_letters(text: str) -> str:
    """The letters outside ASCII with their names: look-alikes in an address show themselves."""
    odd = dict.fromkeys(c for c in text if not c.isascii() and not _HIDDEN.match(c))
    return ", ".join(f"{c} ({unicodedata.name(c, f'U+{ord(c):04X}').lower()})" for c in odd)


def label(name: str) -> str:
    """`in_reply_to` as `In reply to`."""
    words = name.replace("_", " ").replace(".", " ").strip()
    return words[:1].upper() + words[1:]


def moment(at: datetime, zone: str = UTC) -> str:
    """`Thu 13 Aug 2026, 16:05 Berlin time`: in the zone of who reads it, UTC where nobody is
    known."""
    here = at.astimezone(ZoneInfo(zone))
    return f"{here:%a} {here.day} {here:%b %Y, %H:%M} {zone_name(zone)}"


def until(at: datetime, now: datetime, zone: str = UTC) -> str:
    """`12:26 today`, `09:00 tomorrow`, `Thu 13 Aug, 09:00`: a deadline as a person reads it."""
    here, today = at.astimezone(ZoneInfo(zone)), now.astimezone(ZoneInfo(zone)).date()
    days = (here.date() - today).days
    if days in _NEAR:
        return f"{here:%H:%M} {_NEAR[days]}"
    return f"{here:%a} {here.day} {here:%b}, {here:%H:%M}"


def plainly(value: str, zone: str = UTC) -> str:
    """A code or a stored time as people write it: `not_arrived` as `not arrived`."""
    if _CODE.fullmatch(value):
        return value.replace("_", " ")
    return moment(datetime.fromisoformat(value), zone) if _INSTANT.fullmatch(value) else value


def sum_of(amount: str, currency: str) -> str:
    """`9,000.00 USD`; what is no sum stays as it is written."""
    try:
        return str(Money(amount=Decimal(amount), currency=currency))
    except (InvalidOperation, ValueError):
        return " ".join(part for part in (amount, currency) if part)


def second(at: datetime, zone: str = UTC) -> str:
    """`13 Aug 2026, 16:05:09 Berlin time`."""
    return f"{at.astimezone(ZoneInfo(zone)):%d %b %Y, %H:%M:%S} {zone_name(zone)}"


def zone_name(zone: str) -> str:
    """`America/Mexico_City` as `Mexico City time`; an abbreviation (CST) would have several
    meanings."""
    area, _, city = zone.partition("/")
    if area in {UTC, "Etc"}:
        return city or area
    return f"{(city or area).rpartition('/')[2].replace('_', ' ')} time"


def span(length: timedelta) -> str:
    """`2 days`, `3 hours`, `12 minutes`, rounded down."""
    seconds = max(0, int(length.total_seconds()))
    for size, unit in ((_DAY, "day"), (_HOUR, "hour"), (_MINUTE, "minute")):
        if seconds >= size:
            return counted(seconds // size, unit)
    return "less than a minute"


def counted(number: int, noun: str) -> str:
    """`1 action`, `3 actions`."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _places(text: str, quotes: Iterable[str]) -> Iterator[tuple[int, int]]:
    held = flat(text)
    for quote in map(flat, quotes):
        if not quote or quote not in held:  # a call has hundreds, each in one of its parts
            continue
        literal = r"\s+".join(re.escape(word) for word in quote.split(" "))
        # A short quote ("7") is looked for as a word before it is looked for inside one.
        hit = re.search(rf"(?<!\w){literal}(?!\w)", text) or re.search(literal, text)
        if hit:
            yield hit.span()


def _merged(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in spans:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
