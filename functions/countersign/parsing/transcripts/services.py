"""What transcription services give as JSON: each in its own words, read by one table.

Sources: the output formats that AWS Transcribe, Whisper, Deepgram and AssemblyAI document.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from itertools import groupby
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
    ("monologues",),
)
"""Where the turns stand."""
_TEXT = ("text", "transcript", "content", "sentence")
_SPEAKER = ("speaker", "speaker_label", "speaker_name", "speakerName", "name")
_START = ("start", "start_time", "startTime", "begin", "from")
_END = ("end", "end_time", "endTime", "to")
_HOUR_OF_MS = 36_000
"""Seconds. Whole numbers beyond ten hours are milliseconds."""


def said_by_service(held: Any) -> tuple[list[Row], list[str]]:
    """The turns, and what could not be read; no turns where the shape is none that is known."""
    turns = _turns(held)
    if not turns:
        rows = list(_from_words(held))
        return rows, []
    in_ms = _counts_ms(turns)
    rows = [row for turn in turns for row in _row(turn, in_ms=in_ms)]
    lost = len(turns) - len(rows)
    return rows, [f"Turns without a text, which were left out: {lost}."] if lost else []


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


def _row(turn: Any, *, in_ms: bool) -> Iterator[Row]:
    if not isinstance(turn, Mapping):
        return
    text = _first(turn, _TEXT)
    if isinstance(text, str) and text.strip():
        times = (_number(_first(turn, names)) for names in (_START, _END))
        start, end = (one / 1000 if in_ms and one is not None else one for one in times)
        yield text, _named(_first(turn, _SPEAKER)), start, end


def _first(turn: Mapping[str, Any], names: Iterable[str]) -> Any:
    return next((turn[name] for name in names if turn.get(name) not in (None, "")), None)


def _named(speaker: Any) -> str:
    """A service that counts speakers says 0, or spk_0, for the first."""
    if isinstance(speaker, Mapping):
        speaker = _first(speaker, ("name", "label", "id"))
    if isinstance(speaker, int | Decimal):
        return f"Speaker {speaker}"
    said = speaker if isinstance(speaker, str) else ""
    return f"Speaker {said.removeprefix('spk_')}" if said.startswith("spk_") else said


def _number(value: Any) -> float | None:
    try:
        found = float(value) if isinstance(value, int | Decimal | str) else None
    except ValueError:
        return None
    return found if found is not None and 0 <= found < 1e9 else None  # noqa: PLR2004 - beyond any call


def _counts_ms(turns: list[Any]) -> bool:
    times = [_first(one, _END) for one in turns if isinstance(one, Mapping)]
    whole = [one for one in times if isinstance(one, int)]
    return len(whole) == len(turns) and max(whole, default=0) > _HOUR_OF_MS


def _from_words(held: Any) -> Iterator[Row]:
    """AWS Transcribe without segments, and Deepgram: word by word, joined while one speaks."""
    words = list(_words(held))
    for speaker, of_one in groupby(words, key=lambda row: row[1]):
        said = list(of_one)
        text = "".join(one[0] for one in said).strip()
        if text:
            times = [one[2] for one in said if one[2] is not None]
            ends = [one[3] for one in said if one[3] is not None]
            yield text, speaker, next(iter(times), None), ends[-1] if ends else None


def _words(held: Any) -> Iterator[Row]:
    speaker = ""
    for word in _listed(held):
        if not isinstance(word, Mapping):
            continue
        alternatives = word.get("alternatives")
        best = alternatives[0] if isinstance(alternatives, list) and alternatives else word
        text = _first(best, ("punctuated_word", "word", "content", "text"))
        if not isinstance(text, str):
            continue
        speaker = _named(_first(word, _SPEAKER)) or speaker
        space = "" if word.get("type") == "punctuation" else " "
        start, end = (_number(_first(word, names)) for names in (_START, _END))
        yield space + text, speaker, start, end


def _listed(held: Any) -> list[Any]:
    items = _at(held, ("results", "items"))
    if isinstance(items, list):
        return items
    channels = _at(held, ("results", "channels"))
    first = channels[0] if isinstance(channels, list) and channels else None
    best = _at(first, ("alternatives",))
    words = _at(best[0], ("words",)) if isinstance(best, list) and best else None
    return words if isinstance(words, list) else []
