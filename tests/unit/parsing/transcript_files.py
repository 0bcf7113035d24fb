"""One call of two people as the programs that export calls write it: in each, the first begins at
0.5 s and says `Hello, Omar.`, and the second begins at 61 s and says `Yes.`"""

from __future__ import annotations

from collections.abc import Mapping

NAMED = ("Anna", "Omar")
COUNTED = ("Speaker 0", "Speaker 1")
NOBODY = ("", "")
_ITEMS = [
    {"start_time": "0.5", "end_time": "0.7", "alternatives": [{"content": "Hello"}]},
    {"type": "punctuation", "alternatives": [{"content": ","}]},
    {"start_time": "0.8", "end_time": "0.9", "alternatives": [{"content": "Omar"}]},
    {"type": "punctuation", "alternatives": [{"content": "."}]},
    {"start_time": "61.0", "end_time": "61.5", "alternatives": [{"content": "Yes"}]},
    {"type": "punctuation", "alternatives": [{"content": "."}]},
]
_LABELS = [
    {"speaker_label": "spk_0", "items": [{"start_time": "0.5", "speaker_label": "spk_0"},
                                         {"start_time": "0.8", "speaker_label": "spk_0"}]},
    {"speaker_label": "spk_1", "items": [{"start_time": "61.0", "speaker_label": "spk_1"}]},
]  # fmt: skip
_HELLO = [{"word": "Hello,", "start": 0.5, "end": 0.7}, {"word": "Omar.", "start": 0.8, "end": 0.9}]
_YES = [{"word": "Yes.", "start": 61.0, "end": 61.5}]


def _google(tag: str | None = None, offset: str = "Time") -> list[dict[str, object]]:
    """Words as Google writes them, with who speaks under `tag`."""
    rows = [("Hello,", "0.500s", 0), ("Omar.", "0.8s", 0), ("Yes.", "61s", 1)]
    of = {"word": 0}
    return [
        {**dict.fromkeys(of, word), f"start{offset}": at, **({tag: who} if tag else {})}
        for word, at, who in rows
    ]


JSON: Mapping[str, tuple[object, tuple[str, str]]] = {
    "Whisper": (
        {"text": "Hello, Omar. Yes.", "segments": [
            {"id": 0, "start": 0.5, "end": 1.2, "text": " Hello, Omar.", "avg_logprob": -0.2},
            {"id": 1, "start": 61.0, "end": 61.5, "text": " Yes."}]}, NOBODY),
    "WhisperX": (
        {"segments": [
            {"speaker": "Anna", "start": 0.5, "end": 1.2, "text": " Hello, Omar.", "words": _HELLO},
            {"speaker": "Omar", "start": 61.0, "text": "Yes.", "words": _YES}]}, NAMED),
    "whisper.cpp": (
        {"transcription": [
            {"timestamps": {"from": "00:00:00,500", "to": "00:00:01,200"},
             "offsets": {"from": 500, "to": 1200}, "text": " Hello, Omar."},
            {"timestamps": {"from": "00:01:01,000", "to": "00:01:01,500"},
             "offsets": {"from": 61000, "to": 61500}, "text": " Yes."}]}, NOBODY),
    "AWS Transcribe, labels beside the words": (
        {"results": {"speaker_labels": {"segments": _LABELS}, "items": _ITEMS}}, COUNTED),
    "AWS Transcribe, without labels": ({"results": {"items": _ITEMS}}, NOBODY),
    "AWS Transcribe, channels": (
        {"results": {"items": [
            {**one, "channel_label": f"ch_{n // 4}"} for n, one in enumerate(_ITEMS)]}},
        ("Channel 0", "Channel 1")),
    "Deepgram, utterances": (
        {"results": {"channels": [{"alternatives": [{"words": []}]}], "utterances": [
            {"start": 0.5, "end": 1.2, "transcript": "Hello, Omar.", "speaker": 0},
            {"start": 61, "end": 61.5, "transcript": "Yes.", "speaker": 1}]}}, COUNTED),
    "Deepgram, two channels": (
        {"results": {"channels": [
            {"alternatives": [{"transcript": "hello omar", "words": _HELLO}]},
            {"alternatives": [{"transcript": "yes", "words": _YES}]}]}},
        ("Channel 0", "Channel 1")),
    "Google v1, with a last result that repeats all": (
        {"results": [
            {"alternatives": [{"transcript": "Hello, Omar. Yes.", "words": _google()}]},
            {"alternatives": [{"words": _google("speakerTag")}]}]}, COUNTED),
    "Google v2": (
        {"results": [{"alternatives": [{"words": _google("speakerLabel", "Offset")}]}]}, COUNTED),
    "Google v1, a result each": (
        {"results": [
            {"alternatives": [{"transcript": "Hello, Omar.", "words": _google()[:2]}]},
            {"alternatives": [{"transcript": " Yes.", "words": _google()[2:]}]}]}, NOBODY),
    "AssemblyAI": (
        {"text": "Hello, Omar. Yes.", "words": [], "utterances": [
            {"speaker": "Anna", "text": "Hello, Omar.", "start": 500, "end": 1200},
            {"speaker": "Omar", "text": "Yes.", "start": 61000, "end": 61500}]}, NAMED),
    "AssemblyAI, words alone": (
        {"text": "Hello, Omar. Yes.", "utterances": None, "words": [
            {"text": "Hello,", "start": 500, "end": 700, "speaker": None},
            {"text": "Omar.", "start": 800, "end": 900, "speaker": None},
            {"text": "Yes.", "start": 61000, "end": 61500, "speaker": None}]}, NOBODY),
    "Azure": (
        {"recognizedPhrases": [
            {"speaker": 0, "offset": "PT0.5S", "duration": "PT0.7S",
             "nBest": [{"lexical": "hello omar", "display": "Hello, Omar."}]},
            {"speaker": 1, "offset": "PT1M1S", "duration": "PT0.5S",
             "nBest": [{"display": "Yes."}]}]}, COUNTED),
    "Rev": (
        {"monologues": [
            {"speaker": 0, "elements": [
                {"type": "text", "value": "Hello", "ts": 0.5, "end_ts": 0.7},
                {"type": "punct", "value": ","},
                {"type": "text", "value": "Omar", "ts": 0.8, "end_ts": 0.9},
                {"type": "punct", "value": "."}]},
            {"speaker": 1, "elements": [
                {"type": "text", "value": "Yes", "ts": 61.0, "end_ts": 61.5},
                {"type": "punct", "value": "."}]}]}, COUNTED),
    "Fireflies": (
        {"sentences": [
            {"speaker_name": "Anna", "text": "Hello, Omar.", "start_time": 0.5, "end_time": 1.2},
            {"speaker_name": "Omar", "text": "Yes.", "start_time": 61, "end_time": 62}]}, NAMED),
}  # fmt: skip
TEXTS: Mapping[str, str] = {
    "Zoom": "WEBVTT\r\n\r\n1\r\n00:00:00.500 --> 00:00:02.000\r\nAnna: Hello, Omar.\r\n\r\n"
    "2\r\n00:01:01.000 --> 00:01:02.000\r\nOmar: Yes.\r\n",
    "Teams": "WEBVTT\n\n9c3f/12-0\n00:00:00.500 --> 00:00:02.000\n<v Anna>Hello,\nOmar.</v>\n\n"
    "9c3f/13-0\n00:01:01.000 --> 00:01:02.000\n<v Omar>Yes.</v>\n",
    "YouTube": "0:00:00.500,0:00:02.000\n>> Anna: Hello, Omar.\n\n0:01:01.000,0:01:02.000\n"
    ">> Omar: Yes.\n",
    "whole seconds": "1\n00:00:00 --> 00:00:06\nAnna: Hello, Omar.\n\n2\n00:01:01 --> 00:01:09\n"
    "Omar: Yes.\n",
    "Otter": "Anna  0:00  \nHello, Omar.\n\nOmar  1:01  \nYes.\n",
    "Teams, copied": "Anna   0:00\nHello, Omar.\nOmar   1:01\nYes.\n",
    "Rev, text": "Anna (00:00):\nHello, Omar.\n\nOmar (01:01):\nYes.\n",
    "time behind the name": "Anna [00:00:00]: Hello, Omar.\nOmar [00:01:01]: Yes.\n",
    "time above the name": "00:00:00\nAnna: Hello, Omar.\n\n00:01:01\nOmar: Yes.\n",
    "dash behind the time": "00:00:00 - Anna: Hello, Omar.\n00:01:01 - Omar: Yes.\n",
}
