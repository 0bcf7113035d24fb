"""Transcripts of calls in every form: who said what and when, and no line lost."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from countersign.parsing.transcripts.transcript import (
    LINE_WORDS,
    NotTranscript,
    Transcript,
    read,
    words_of,
)
from tests.unit.parsing.transcript_files import JSON, TEXTS

ANNA, BOB = "Good morning everybody", "Let us begin with the scanners"


def said(found: Transcript) -> list[tuple[str, str]]:
    """Speaker and words of each line."""
    return [(one.speaker, one.text) for one in found.lines]


TWO = [("Anna", ANNA), ("Bob", BOB)]
VTT = f"""WEBVTT

00:01.000 --> 00:02.000
<v Anna>{ANNA}

00:03.000 --> 00:04.000
<v Bob>{BOB}
"""
SRT = f"""1
00:00:01,000 --> 00:00:02,000
<v Anna>{ANNA}

2
00:00:03,000 --> 00:00:04,000
<v Bob>{BOB}
"""


@pytest.mark.parametrize(
    "body",
    [
        VTT,
        "\ufeff" + VTT,
        VTT.replace("\n", "\r\n"),
        VTT.replace("\n", "\r"),
        VTT.replace("WEBVTT", "WEBVTT - a title\nKind: captions"),
        VTT.replace("WEBVTT\n", "WEBVTT\n\nNOTE said --: nothing\nof it\n\nSTYLE\n::cue {}\n"),
        VTT.replace("00:01.000", "00:00:01.000 "),
        VTT.replace("02.000\n", "02.000 align:start position:0%\n"),
        VTT.replace("00:01", "intro\n00:01"),
        VTT.replace(ANNA, "Good <00:00:01.500><c.loud>morning</c> <b>everybody</b></v>"),
        VTT.replace("<v Anna>", "<v.loud.first Anna>"),
        VTT.replace("\n\n00:03", "\n00:03"),
        SRT,
        SRT.replace("\n\n2\n", "\n2\n"),
        SRT.replace("2\n00:00:03", "7\n00:00:03"),
        SRT.replace("<v Anna>", "{\\an8}<v Anna>"),
        SRT.replace(ANNA, f"<font color=red>{ANNA}</font>"),
        SRT.replace(" --> ", " -> ").replace("->", "-->"),
        f"Anna: {ANNA}\n\nBob: {BOB}\n",
        f"Anna: {ANNA}\nBob: {BOB}\n",
        f"Anna : {ANNA}\n\n\n\nBob : {BOB}",
        f"[00:01] Anna: {ANNA}\n[00:03] Bob: {BOB}",
        f"1\n00:00:00,500 --> 00:01:02,000\nAnna: {ANNA}\nBob: {BOB}\n",
        f"**Anna:** {ANNA}\n\n**Bob:** {BOB}",
        f"Anna:\n{ANNA}\n\nBob:\n{BOB}",
        f"Anna\uff1a{ANNA}\nBob\uff1a{BOB}",
        f"Title: A call\nContact: ada@example.com\n\nAnna: {ANNA}\n\nBob: {BOB}",
    ],
)
def test_the_same_call_reads_the_same_in_every_spelling(body: str) -> None:
    """Formats, line ends, heads, notes, names of cues, settings, tags: two lines of two people."""
    assert said(read(body.encode())) == TWO


@pytest.mark.parametrize(
    "held",
    [
        {"lines": [{"speaker": "Anna", "text": ANNA}, {"speaker": "Bob", "text": BOB}]},
        [{"speaker": "Anna", "text": ANNA}, {"name": "Bob", "text": BOB}],
        {"segments": [{"speaker": "Anna", "start": 0.5, "end": 1, "text": ANNA},
                      {"speaker": "Bob", "start": 2.0, "end": 3, "text": BOB}]},
        {"utterances": [{"speaker": "Anna", "start": 500, "text": ANNA},
                        {"speaker": "Bob", "start": 2000, "text": BOB}]},
        {"results": {"utterances": [{"speaker": "Anna", "transcript": ANNA},
                                    {"speaker": "Bob", "transcript": BOB}]}},
        {"results": {"audio_segments": [
            {"speaker_label": "Anna", "start_time": "0.5", "transcript": ANNA},
            {"speaker_label": "Bob", "start_time": "2.5", "transcript": BOB}]}},
    ],
)  # fmt: skip
def test_services_say_the_same_in_their_own_words(held: object) -> None:
    """AWS Transcribe, Whisper, Deepgram, AssemblyAI, and a list of our own."""
    assert said(read(json.dumps(held).encode())) == TWO


@pytest.mark.parametrize(("held", "who"), JSON.values(), ids=JSON)
def test_what_services_export_is_read_whole(held: object, who: tuple[str, str]) -> None:
    """Every word, who says it where the file knows that, and when it begins, whatever the service
    counts in."""
    body = json.dumps(held).encode()
    assert _begins(read(body)) == _call(who)


def test_a_line_each_is_json_too() -> None:
    """As some tools write turns: an object in each line."""
    rows = [{"speaker": who, "text": text} for who, text in TWO]
    assert said(read("\n".join(map(json.dumps, rows)).encode())) == TWO


@pytest.mark.parametrize("body", TEXTS.values(), ids=TEXTS)
def test_what_programs_export_as_text_is_read_whole(body: str) -> None:
    """Two people, although each speaks once, and when they begin, to the second."""
    lines = [(one.speaker, one.text, int(one.start or 0)) for one in read(body.encode()).lines]
    assert lines == [("Anna", "Hello, Omar.", 0), ("Omar", "Yes.", 61)]


@pytest.mark.parametrize("name", ["أَحْمَد", "अनिता", "田中", "D’Souza, Máire"])
def test_a_name_may_have_marks_that_are_no_letters(name: str) -> None:
    """Arabic with its vowels, Devanagari, Japanese, apostrophe and comma."""
    assert said(read(f"{name}: {ANNA}\nBob: {BOB}".encode())) == [(name, ANNA), ("Bob", BOB)]


def test_cues_out_of_order_are_not_joined_and_those_that_overlap_end_with_the_later() -> None:
    """A line that ends before it begins could be cited at no time."""
    cues = "1\n00:09,000 --> 00:10,000\nlater\n\n2\n00:01,000 --> 00:06,000\nfirst\n\n"
    found = read(f"{cues}3\n00:02,000 --> 00:03,000\nwithin\n".encode())
    assert [(one.text, one.start, one.end) for one in found.lines] == [
        ("later", 9.0, 10.0),
        ("first within", 1.0, 6.0),
    ]


def _begins(found: Transcript) -> list[tuple[str, str, float | None]]:
    return [(one.speaker, one.text, one.start) for one in found.lines]


def _call(who: tuple[str, str]) -> list[tuple[str, str, float]]:
    """The call of transcript_files; who nobody names is one line."""
    if not any(who):
        return [("", "Hello, Omar. Yes.", 0.5)]
    return [(who[0], "Hello, Omar.", 0.5), (who[1], "Yes.", 61.0)]


def test_word_by_word_becomes_turns() -> None:
    """A service that gives words alone: joined while one speaks, signs without a space before."""
    words = [("Good", "0"), ("morning", "0"), (".", None), ("Hi", "1")]
    items = [
        {
            "type": "punctuation" if who is None else "pronunciation",
            "alternatives": [{"content": word}],
            **({} if who is None else {"speaker_label": f"spk_{who}", "start_time": "1.0"}),
        }
        for word, who in words
    ]
    found = read(json.dumps({"results": {"items": items}}).encode())
    assert said(found) == [("Speaker 0", "Good morning."), ("Speaker 1", "Hi")]


def test_whole_numbers_beyond_ten_hours_are_milliseconds() -> None:
    """No call takes eleven hours, and every service that counts so says so in whole numbers."""
    turns = [{"speaker": "A", "start": 250, "end": 40_000_000, "text": "hey"}]
    (line,) = read(json.dumps({"utterances": turns}).encode()).lines
    assert (line.start, line.end) == (0.25, 40_000.0)


@pytest.mark.parametrize("charset", ["utf-8", "utf-16", "cp1252"])
def test_the_charset_is_found(charset: str) -> None:
    """As Excel, old editors and everybody else write it."""
    assert said(read("Änne: Schöne Grüße\n\nÄnne: später".encode(charset)))[0][1].startswith("Schö")


def test_what_is_odd_is_kept_and_counted() -> None:
    """Text under no time stays; an end before the beginning goes; lines out of order stay."""
    odd = (
        "WEBVTT\n\nlost words\n\n00:05.000 --> 00:04.000\n<v Anna>later\n\n"
        "00:01.000 --> 00:02.000\n<v Bob>earlier"
    )
    found = read(odd.encode())
    assert [one.text for one in found.lines] == ["lost words", "later", "earlier"]
    assert [one.rpartition(": ")[2] for one in found.defects] == ["1.", "1.", "1."]


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"", "empty"),
        (b"WEBVTT\n\n", "Nothing"),
        (b"%PDF-1.7 x", "binary"),
        (b"{}", "Nothing"),
        (b'{"text": 5}', "Nothing"),
        (b'[{"text": ""}]', "Nothing"),
        (b'{"a": NaN}', "JSON"),
    ],
)
def test_what_nobody_said_is_no_transcript(body: bytes, told: str) -> None:
    """With a sentence that says what was found instead."""
    with pytest.raises(NotTranscript, match=told):
        read(body)


def test_a_name_once_in_a_text_is_a_word() -> None:
    """A colon in a sentence makes no speaker: nothing is cut from what was said."""
    body = "We spoke about one thing\n\nNote: nothing was settled\n\nand went home\n\nin the rain"
    assert said(read(body.encode()))[0] == (
        "", "We spoke about one thing Note: nothing was settled and went home in the rain",
    )  # fmt: skip


WORDS = st.lists(
    st.sampled_from(["alpha", "beta", "gamma", "delta", "omega.", "über", "数字", "?"]),
    min_size=1,
    max_size=150,
)


@settings(max_examples=60)
@given(st.lists(st.tuples(st.sampled_from(["Anna", "Bob", ""]), WORDS), min_size=1, max_size=8))
def test_no_word_is_lost(turns: list[tuple[str, list[str]]]) -> None:
    """Whatever is said, every word stands in one line, in order; no line is long."""
    body = json.dumps({"lines": [{"speaker": who, "text": " ".join(said)} for who, said in turns]})
    found = read(body.encode())
    assert " ".join(one.text for one in found.lines).split() == [w for _, ws in turns for w in ws]
    assert all(words_of(one.text) <= LINE_WORDS for one in found.lines)
