"""What transcription services give as JSON: each in its own words, read by one table.

Sources: the output formats that Whisper (also whisper.cpp and WhisperX), AWS Transcribe, Deepgram,
Google Speech-to-Text v1 and v2, AssemblyAI, Azure Speech, Rev AI and Fireflies document.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from itertools import chain, groupby
from typing import Any

from countersign.parsing.transcripts.subtitles import Row

_PLACES: tuple[tuple[str, ...], ...] = (
    ("lines",),
    ("results", "audio_segments"),
    ("results", "utterances"),
    ("utterances",),
    ("segments",),
    ("results", "segments"),
    ("transcript",),
    ("transcription",),
    ("sentences",),
    ("recognizedPhrases",),
    ("monologues",),
)
"""Where the turns stand."""
_TEXT = (
    *("punctuated_word", "text", "transcript", "display", "content", "sentence", "word", "value"),
)
_BEST = ("alternatives", "nBest")
_PARTS = ("elements", "sentences", "words")
_SPEAKER = (
    *("speaker", "speaker_label", "speaker_name", "speakerName", "speakerTag", "speakerLabel"),
    *("name", "channel_label"),
)
_START = ("start", "start_time", "startTime", "startOffset", "offset", "begin", "from", "ts")
_END = ("end", "end_time", "endTime", "endOffset", "to", "end_ts")
_SPANS = ("timestamps", "offsets")
"""Where whisper.cpp has both times; by the clock, and in milliseconds."""
_PUNCTUATION = frozenset({"punctuation", "punct"})
_COUNTED = re.compile(r"(spk|ch)_(\d+)")
_SECONDS = re.compile(r"(\d+(?:\.\d+)?)s?")
_CLOCK = re.compile(r"(?:(\d+):)?(\d+):(\d+(?:[.,]\d+)?)")
_ISO = re.compile(r"PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?")
_HOUR_OF_MS = 36_000
"""Seconds. Whole numbers beyond ten hours are milliseconds …"""
_SLOWEST = 0.02
"""… and those by which nobody says one word in fifty seconds."""
_BEYOND = 1e9
"""Seconds that no call takes."""


def said_by_service(held: Any) -> tuple[list[Row], list[str]]:
    """The turns, and what could not be read; no turns where the shape is none that is known."""
    turns = _turns(held)
    rows = [row for turn in turns for row in _row(turn)]
    lost = len(turns) - len(rows)
    rows = rows or list(_from_words(held)) or list(_alone(held))
    told = [f"Turns without a text, which were left out: {lost}."] if lost and turns else []
    return _in_seconds(rows), told if rows else []


def _turns(held: Any) -> list[Any]:
    if isinstance(held, list):
        return held
    for place in _PLACES:
        found = _at(held, place)
        if isinstance(found, list) and any(isinstance(one, Mapping) for one in found):
            return found
    return []


def _at(held: Any, place: Iterable[str]) -> Any:
    for name in place:
        held = held.get(name) if isinstance(held, Mapping) else None
    return held


def _listed(held: Any, *place: str) -> list[Any]:
    found = _at(held, place)
    return found if isinstance(found, list) else []


def _row(turn: Any) -> Iterator[Row]:
    if isinstance(turn, Mapping) and (text := _said(turn).strip()):
        yield text, _named(_first(turn, _SPEAKER)), *_times(turn)


def _said(unit: Mapping[str, Any]) -> str:
    """The text of a turn or a word: its own, that of the best guess, or what its parts say."""
    best = next((one for name in _BEST for one in _listed(unit, name)[:1]), unit)
    if not isinstance(best, Mapping):
        return ""
    text = _first(best, _TEXT)
    if isinstance(text, str):
        return text
    parts = chain.from_iterable(_listed(best, name) for name in _PARTS)
    return "".join(_spaced(one) for one in parts if isinstance(one, Mapping))


def _spaced(word: Mapping[str, Any]) -> str:
    said = _said(word)
    return said if word.get("type") in _PUNCTUATION or not said else f" {said.strip()}"


def _first(unit: Mapping[str, Any], names: Iterable[str]) -> Any:
    return next((unit[name] for name in names if unit.get(name) not in (None, "")), None)


def _named(speaker: Any) -> str:
    """A service that counts speakers says 0, or spk_0, for the first; channels ch_0."""
    if isinstance(speaker, Mapping):
        speaker = _first(speaker, ("name", "label", "id"))
    if isinstance(speaker, int | Decimal):
        return f"Speaker {speaker}"
    said = speaker if isinstance(speaker, str) else ""
    counted = _COUNTED.fullmatch(said)
    if not counted:
        return said
    return f"{'Speaker' if counted[1] == 'spk' else 'Channel'} {counted[2]}"


def _times(unit: Mapping[str, Any]) -> tuple[float | None, float | None]:
    """In the service's own unit."""
    spans = (unit.get(name) for name in _SPANS)
    of = next((one for one in spans if isinstance(one, Mapping)), unit)
    parts = [one for name in _PARTS for one in _listed(unit, name) if isinstance(one, Mapping)]
    start = _number(_first_of((of, *parts), _START))
    lasts = _number(of.get("duration"))
    if start is not None and lasts is not None:
        return start, start + lasts
    return start, _number(_first_of((of, *parts[::-1]), _END))


def _first_of(units: Iterable[Mapping[str, Any]], names: tuple[str, ...]) -> Any:
    found = (_first(one, names) for one in units)
    return next((one for one in found if one is not None), None)


def _number(value: Any) -> float | None:
    """A time: 1.4, "1.4", "1.4s", "PT1.4S", "00:00:01,400", seconds with nanoseconds. Whole numbers
    are left as they are: what they count is told by all of them together."""
    if isinstance(value, Mapping):
        parts = (_number(value.get(name, 0)) for name in ("seconds", "nanos"))
        whole, nanos = (one or 0.0 for one in parts)
        return whole + nanos / 1e9
    if isinstance(value, bool) or not isinstance(value, int | Decimal | float | str):
        return None
    found = _of_text(value) if isinstance(value, str) else value
    if found is None or not 0 <= found < _BEYOND:
        return None
    return int(found) if isinstance(value, int) else float(found)


def _of_text(value: str) -> float | None:
    text = value.strip()
    if found := _SECONDS.fullmatch(text):
        return float(found[1])
    if found := _CLOCK.fullmatch(text) or (_ISO.fullmatch(text) if text != "PT" else None):
        hours, minutes, seconds = (float((one or "0").replace(",", ".")) for one in found.groups())
        return hours * 3600 + minutes * 60 + seconds
    return None


def _in_seconds(rows: list[Row]) -> list[Row]:
    """Whole numbers are milliseconds where they are too many for what was said."""
    times = [one for row in rows for one in row[2:] if one is not None]
    last = max(times, default=0.0)
    if not last or not all(isinstance(one, int) for one in times):
        return rows
    words = sum(len(row[0].split()) for row in rows)
    in_ms = last > _HOUR_OF_MS or words / last < _SLOWEST
    by = 1000 if in_ms else 1
    return [(text, who, _over(start, by), _over(end, by)) for text, who, start, end in rows]


def _over(value: float | None, parts: int) -> float | None:
    return None if value is None else value / parts


def _from_words(held: Any) -> Iterator[Row]:
    """Word by word, joined while one speaks."""
    for speaker, of_one in groupby(_words(held), key=lambda row: row[1]):
        said = list(of_one)
        text = "".join(one[0] for one in said).strip()
        if text:
            starts = [one[2] for one in said if one[2] is not None]
            ends = [one[3] for one in said if one[3] is not None]
            yield text, speaker, next(iter(starts), None), max(ends, default=None)


def _words(held: Any) -> list[Row]:
    channels = _channels(held)
    rows = [_of_channel(words, who) for who, words in channels]
    if len(rows) < 2:  # noqa: PLR2004 - one channel is in its order already
        return list(chain.from_iterable(rows))
    return sorted(chain.from_iterable(rows), key=lambda row: row[2] or 0.0)


def _of_channel(words: list[Any], who: str) -> list[Row]:
    """Punctuation has no time of its own: it stays with the word before."""
    rows, speaker = list[Row](), who
    for word in words:
        if not isinstance(word, Mapping) or not (text := _spaced(word)):
            continue
        speaker = _named(_first(word, _SPEAKER)) or speaker
        start, end = _times(word)
        if rows and start is None:
            before = rows.pop()
            rows.append((before[0] + text, *before[1:]))
        else:
            rows.append((text, speaker, start, end))
    return rows


def _channels(held: Any) -> list[tuple[str, list[Any]]]:
    """The words of each channel, with its name where there are several."""
    items = _listed(held, "results", "items")
    if items:
        return [("", _labelled(items, held))]
    channels = _listed(held, "results", "channels")
    found = [words for one in channels if (words := _best_words(one))]
    if found:
        several = len(found) > 1
        return [(f"Channel {n}" if several else "", one) for n, one in enumerate(found)]
    results = [words for one in _listed(held, "results") if (words := _best_words(one))]
    # Google repeats all words in the last result, which alone says who speaks.
    known = [one for one in results if any(_first(word, _SPEAKER) for word in one)]
    return [("", list(chain.from_iterable(known or results)) or _listed(held, "words"))]


def _best_words(unit: Any) -> list[Any]:
    best = _listed(unit, "alternatives")[:1]
    return [word for word in _listed(best[0], "words") if isinstance(word, Mapping)] if best else []


def _labelled(items: list[Any], held: Any) -> list[Any]:
    """AWS Transcribe says who speaks beside the words, by the time at which each begins."""
    segments = _listed(held, "results", "speaker_labels", "segments")
    spoken = chain.from_iterable(_listed(one, "items") for one in segments)
    who = {_at(one, ("start_time",)): _at(one, ("speaker_label",)) for one in spoken}
    return [
        {"speaker": who.get(one.get("start_time")), **one} if isinstance(one, Mapping) else one
        for one in items
    ]


def _alone(held: Any) -> Iterator[Row]:
    """A text without times: of each result, or of all."""
    results = _listed(held, "results") or _listed(held, "results", "transcripts")
    texts: list[Any] = [_said(one) for one in results if isinstance(one, Mapping)]
    whole = held.get("text") if isinstance(held, Mapping) else None
    for text in texts or [whole]:
        if isinstance(text, str) and text.strip():
            yield text.strip(), "", None, None
