"""Setting a text: which font has a letter, where a line breaks, in which order its runs stand.

fpdf2 shapes a run and embeds its font. Its own lines keep the direction of a run and forget its
level: a number between Hebrew words of an English line comes out on the wrong side of them. So
lines are broken and ordered here, by the levels that its bidi module resolves (Unicode's UAX #9).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from fpdf.bidi import BidiParagraph, auto_detect_base_direction
from fpdf.enums import TextDirection

_JOINERS = frozenset("\u200c\u200d")
"""They change how their neighbours join; any other sign of format is seen by nobody."""
_WIDE = frozenset("WF")


@dataclass(frozen=True)
class Run:
    """Letters of one font and one direction, in the order in which they are spoken."""

    text: str
    font: str
    rtl: bool


class Fonts:
    """The families, the first that has a letter before the next."""

    def __init__(self, cmaps: Mapping[str, Mapping[int, object]]) -> None:
        self._cmaps = cmaps

    def missing(self, text: str) -> tuple[str, ...]:
        """The letters of it that no font has, each once."""
        return tuple(dict.fromkeys(one for one in shown(text) if not self._of(one)))

    def of(self, text: str) -> list[str]:
        """The font of each letter: marks stay with what they stand on, and spaces and digits with
        the word before them where its font has them."""
        found: list[str] = []
        for letter in text:
            last = found[-1] if found else ""
            stays = last and ord(letter) in self._cmaps[last] and not letter.isalpha()
            found.append(last if stays else self._of(letter) or last)
        return found

    def _of(self, letter: str) -> str:
        return next((name for name, cmap in self._cmaps.items() if ord(letter) in cmap), "")


def shown(text: str) -> str:
    """What of a text is seen: one line, without orders about direction that nobody would see."""
    line = " ".join(text.split())
    return "".join(
        one for one in line if one in _JOINERS or unicodedata.category(one) not in ("Cf", "Cc")
    )


def is_rtl(text: str) -> bool:
    """Whether its first letter with a direction is written from right to left."""
    return auto_detect_base_direction(text) == TextDirection.RTL


def lines(
    text: str, fonts: Fonts, width: float, measure: Callable[[Run], float]
) -> Iterator[list[Run]]:
    """The text in lines no wider than `width`, each as its runs from left to right."""
    text = shown(text)
    levels = [one.embedding_level for one in BidiParagraph(text, preserve_bn_chars=True).characters]
    chosen = fonts.of(text)

    def runs(start: int, end: int) -> list[Run]:
        return list(_runs(text, levels, chosen, start, end))

    def wide(start: int, end: int) -> float:
        return sum(measure(one) for one in runs(start, end))

    start = 0
    while start < len(text):
        end = _end(text, start, partial(_fits, wide, width, start))
        kept = start + len(text[start:end].rstrip())
        heads = _heads(chosen, levels, start, kept)
        yield _ordered(runs(start, kept), [levels[at] for at in heads])
        start = len(text) - len(text[end:].lstrip())


def _fits(wide: Callable[[int, int], float], width: float, start: int, end: int) -> bool:
    return wide(start, end) <= width


def _end(text: str, start: int, fits: Callable[[int], bool]) -> int:
    """Where a line that begins at `start` ends: after the last word that fits, or, if none does,
    after the last letter."""
    best = 0
    for to in _breaks(text, start):
        if not fits(len(text[:to].rstrip())):
            break
        best = to
    if best:
        return best
    best = start + 1
    while best < len(text) and (unicodedata.combining(text[best]) or fits(best + 1)):
        best += 1
    return best


def _breaks(text: str, start: int) -> Iterator[int]:
    """The places after `start` where a line may end: after a space, and beside each letter of a
    script that writes no spaces."""
    for at in range(start + 1, len(text)):
        if text[at - 1] == " " or unicodedata.east_asian_width(text[at - 1]) in _WIDE:
            yield at
    yield len(text)


def _heads(fonts: Sequence[str], levels: Sequence[int], start: int, end: int) -> list[int]:
    """Where each run begins."""
    kinds = list(zip(fonts, levels, strict=True))
    return [at for at in range(start, end) if at == start or kinds[at] != kinds[at - 1]]


def _runs(
    text: str, levels: Sequence[int], fonts: Sequence[str], start: int, end: int
) -> Iterator[Run]:
    heads = _heads(fonts, levels, start, end)
    for at, to in zip(heads, [*heads[1:], end], strict=True):
        yield Run(text[at:to], fonts[at], rtl=levels[at] % 2 == 1)


def _ordered(runs: list[Run], levels: Sequence[int]) -> list[Run]:
    """Rule L2: from the highest level down to the lowest odd one, what is at it or above it stands
    the other way round."""
    held = list(zip(levels, runs, strict=True))
    for level in range(max(levels, default=0), 0, -1):
        held = list(_turned(held, level))
    return [run for _, run in held]


def _turned(held: Sequence[tuple[int, Run]], level: int) -> Iterator[tuple[int, Run]]:
    waiting: list[tuple[int, Run]] = []
    for one in held:
        if one[0] >= level:
            waiting.append(one)
        else:
            yield from (*reversed(waiting), one)
            waiting = []
    yield from reversed(waiting)
