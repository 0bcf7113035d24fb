"""Subtitles as transcripts: WebVTT (W3C) and SubRip, which nobody ever specified.

Both are times with text below them; files differ from both in the same ways, so one reader takes
either: hours or parts of a second left out, comma or point, a comma for the arrow (YouTube's .sbv),
settings behind the arrow, numbers with gaps, no empty line between two cues, text under no time.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

Row = tuple[str, str, float | None, float | None]
"""Text, speaker, start and end in seconds."""
Cue = tuple[tuple[float, float] | None, str]
"""Times, if any stand above it, and text."""

_TIME = r"(?:(\d{1,4}):)?(\d{1,2}):(\d{2})(?:[.,](\d{1,3}))?"
_ARROW = re.compile(rf"\s*{_TIME}\s*(?:-+>|,)\s*{_TIME}(?:\s.*)?")
_BLOCKS = re.compile(r"(?:NOTE|STYLE|REGION)(?:\s|$)")
_VOICE = re.compile(r"<v(?:\.[^\s>]*)?\s+([^>]+)>")
_TAGS = re.compile(r"</?(?:v|c|b|i|u|ruby|rt|lang|font)(?:[.\s][^>]*)?>|<[\d:.]+>|\{\\[^}]*\}")
_NUMBER = re.compile(r"\d{1,6}")
_LOOKED_AT = 200


def is_subtitled(text: str) -> bool:
    """Whether times with arrows stand in the first lines, or the name of WebVTT does."""
    lines = text.lstrip("\ufeff\n ").split("\n")[:_LOOKED_AT]
    return lines[0].startswith("WEBVTT") or any(_ARROW.fullmatch(line) for line in lines)


def subtitles(text: str) -> tuple[list[Row], list[str]]:
    """The cues in their order, and what was wrong with the file."""
    rows: list[Row] = []
    loose = backwards = 0
    for times, said in _cues(text):
        start, end = times or (None, None)
        loose += times is None
        if start is not None and end is not None and end < start:
            backwards += 1
            end = start
        rows += [(words, speaker, start, end) for speaker, words in _voices(said)]
    told = (
        (loose, "Texts that stand under no time, and were kept: {}."),
        (backwards, "Cues that end before they begin, whose end was left out: {}."),
    )
    return rows, [sentence.format(count) for count, sentence in told if count]


def _cues(text: str) -> Iterator[Cue]:
    """Times and text of each, block by block: what stands between empty lines."""
    for block in re.split(r"\n[ \t]*\n", _below_head(text)):
        lines = [line for line in block.split("\n") if line.strip()]
        if lines and not _BLOCKS.match(lines[0]):
            yield from _of_block(lines)


def _of_block(lines: list[str]) -> Iterator[Cue]:
    times, held = None, list[str]()
    for at, line in enumerate(lines):
        found = _ARROW.fullmatch(line)
        if found and held:
            yield times, "\n".join(held)
        if found:
            times, held = _times(found), []
        elif not _is_name(lines, at):
            held.append(line)
    if held:
        yield times, "\n".join(held)


def _below_head(text: str) -> str:
    """Without the first lines of WebVTT, which end with an empty one or the first time."""
    plain = text.lstrip("\ufeff\n ")
    if not plain.startswith("WEBVTT"):
        return plain
    lines = plain.split("\n")
    ends = (at for at, line in enumerate(lines) if not line.strip() or _ARROW.fullmatch(line))
    return "\n".join(lines[next(ends, len(lines)) :])


def _is_name(lines: list[str], at: int) -> bool:
    """Whether the line only names the cue whose time follows: alone above it, or a number."""
    if at + 1 == len(lines) or not (at == 0 or _NUMBER.fullmatch(lines[at].strip())):
        return False
    return bool(_ARROW.fullmatch(lines[at + 1]))


def _times(found: re.Match[str]) -> tuple[float, float]:
    parts = [int(one or 0) for one in found.groups()]
    thousandths = [(one or "").ljust(3, "0") for one in (found[4], found[8])]
    starts = (
        parts[0] * 3600 + parts[1] * 60 + parts[2],
        parts[4] * 3600 + parts[5] * 60 + parts[6],
    )
    first, last = (
        whole + int(part) / 1000 for whole, part in zip(starts, thousandths, strict=True)
    )
    return first, last


def _voices(said: str) -> Iterator[tuple[str, str]]:
    """Speaker and words of each voice in a cue."""
    before, *pieces = _VOICE.split(said)
    pairs = [("", before), *zip(pieces[::2], pieces[1::2], strict=True)]
    for speaker, words in pairs:
        plain = html.unescape(_TAGS.sub("", words)).strip()
        if plain:
            yield html.unescape(speaker).strip(), plain
