"""What the readers do exactly at their bounds, and where two of their conditions part."""

from __future__ import annotations

import json
from codecs import BOM_UTF16_LE

import pytest

from countersign.parsing.charsets import decode
from countersign.parsing.html import visible_text
from countersign.parsing.json import NotJson, loads
from countersign.parsing.mail.body import MAX_TEXT
from countersign.parsing.mail.message import read_mail
from countersign.parsing.mail.quoted import split
from countersign.parsing.mail.thread import read_thread
from countersign.parsing.masking import mask
from countersign.parsing.sniff import sniff
from countersign.parsing.text import unix_lines
from countersign.parsing.transcripts.transcript import NotTranscript, read, words_of
from tests.unit.parsing.mails import RECEIVER, mail, multipart


def test_every_end_of_a_line_is_one() -> None:
    """A return before a line feed belongs to it; alone each is an end of its own."""
    assert unix_lines(b"a\rb\r\nc\r\r\nd\r\re") == b"a\nb\nc\nd\n\ne"


@pytest.mark.parametrize(
    "raw",
    [
        '{"a": 1}'.encode("utf-16-le"),
        '{"a": 1}'.encode("utf-32-be"),
        '"社社"'.encode("utf-16"),
        b"\xfe\xff" + "社社".encode("utf-16-be"),
    ],
)
def test_wide_json_is_told_by_its_mark_or_its_noughts(raw: bytes) -> None:
    """Either is enough, and the sentence says what to send."""
    with pytest.raises(NotJson, match="UTF-16 or UTF-32; send UTF-8"):
        loads(raw)


def test_the_largest_exponent_is_read_and_the_next_is_not() -> None:
    """400 either way."""
    assert loads(b"[1e400, 1e-400, 1.5E+400]")[0] == 10**400
    for number in (b"1e401", b"1e-401"):
        with pytest.raises(NotJson, match="exponent"):
            loads(number)


@pytest.mark.parametrize(
    "raw",
    [
        b"Subject: notes of the call\nwe met on Monday\nand talked\nTo: do\nthe end",
        b" indented\nFrom: here to there\nTo: nowhere\n",
    ],
)
def test_prose_between_fields_is_no_mail(raw: bytes) -> None:
    """Only the lines that belong to a header stand in it: a line's continuation, below a field."""
    assert sniff(raw) == "text"


def test_a_text_without_fields_has_no_thread() -> None:
    """What is no mail names no earlier one, whatever its lines look like."""
    text = b"We met.\n\nMessage-ID: <a@example.com>\nReferences: <b@example.com>\n"
    assert read_thread(text).message_id == ""
    assert read_thread(b"From: a@example.com\nMessage-ID: <a@example.com>\n\nx").message_id


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("+4111111111111111", True),
        ("+411111111111111", False),
        ("4111 1111 1111 1111", True),
        ("4222222222222", True),
        ("+4222222222222", False),
    ],
)
def test_a_number_with_a_plus_is_a_card_only_beyond_a_phones_length(
    text: str, masked: bool
) -> None:
    """E.164 ends at fifteen digits."""
    assert (mask(text) != text) is masked


def turns(*ends: float) -> bytes:
    """Turns of a service that says when each ends."""
    said = [{"speaker": "Ann", "text": f"word {at}", "end": end} for at, end in enumerate(ends)]
    return json.dumps(said).encode()


@pytest.mark.parametrize(
    ("ends", "last"),
    [((2_000, 9_000_000), 9_000.0), ((2, 9), 9.0), ((2_000, 9_000_000.5), 9_000_000.5)],
)
def test_whole_numbers_beyond_an_hours_seconds_are_milliseconds(
    ends: tuple[float, ...], last: float
) -> None:
    """All of them whole, and one of them larger than a call is long: either alone is no sign."""
    assert read(turns(*ends)).lines[-1].end == last


def test_a_service_that_heard_nothing_has_no_words() -> None:
    """An empty list of alternatives is no failure; what stands beside it is read."""
    held = {"results": {"channels": [{"alternatives": []}]}, "utterances": []}
    with pytest.raises(NotTranscript):
        read(json.dumps(held).encode())


def test_a_quote_in_a_quote_is_marked_once_more_by_its_own_element() -> None:
    """A class that wraps a blockquote is the same level; the blockquote inside is one more."""
    markup = "<div class=gmail_quote>a<div class=gmail_quote>b</div><blockquote type=cite>c"
    assert visible_text(markup).text.rstrip().split("\n") == ["> a", "> b", "> > c"]


def test_a_name_that_heads_two_cues_is_a_speakers() -> None:
    """Once it may be any word before a colon."""
    cues = [
        f"00:0{at}.000 --> 00:0{at + 1}.000\n{said}\n"
        for at, said in enumerate(("Ann: we begin", "Time: ten o'clock", "Ann: and end"))
    ]
    found = read("\n".join(("WEBVTT\n", *cues)).encode())
    assert [one.speaker for one in found.lines] == ["Ann", "", "Ann"]


@pytest.mark.parametrize(
    ("declared", "doubt"), [("", True), ("x-none", True), ("windows-1252", False)]
)
def test_only_a_guessed_charset_is_a_doubt(declared: str, doubt: bool) -> None:
    """What was declared and fits is read without a word."""
    text, said = decode("Grüße".encode("cp1252"), declared)
    assert (text, bool(said)) == ("Grüße", doubt)


def test_japanese_that_is_declared_right_is_no_doubt() -> None:
    """Only what is garbled in the declared charset is read by another."""
    assert decode("見積もりをお願いします".encode("cp932"), "shift_jis")[1] is None
    assert decode("你好，请报价".encode("gb18030"), "gb2312")[1] is None


def test_words_of_scripts_without_spaces_are_counted_by_signs() -> None:
    """Four of them are one; a word in letters is one whatever its length."""
    assert words_of("見積もりをお願いします") == 3
    assert words_of("Überraschungspaket") == words_of("surprise") == 1


def test_a_line_of_where_something_was_sent_from_is_no_programs() -> None:
    """Only a device makes it one."""
    told = "It is late.\n\nSent from your warehouse on Monday.\n40 pieces"
    assert split(told).new == told
    assert split("It is late.\n\nSent from my iPhone").signature == "Sent from my iPhone"


def test_the_longest_number_is_read_and_the_next_is_not() -> None:
    """400 characters, with sign and point."""
    assert loads(b"[" + b"1" * 400 + b"]")[0] == int("1" * 400)
    with pytest.raises(NotJson, match="more than 400 characters"):
        loads(b"[" + b"1" * 401 + b"]")


def test_a_name_in_pieces_is_read_in_its_own_charset() -> None:
    """The first piece names it (RFC 2231); without it the same byte is another letter."""
    name = "Content-Disposition: attachment; filename*0*=iso-8859-2''%B1a; filename*1*=%BE.txt"
    sent = multipart("\nhi", f"Content-Type: application/pdf\n{name}\n\nx")
    assert [file.name for file in read_mail(sent, authserv_id=RECEIVER).attachments] == ["ąaž.txt"]


def test_a_name_that_begins_two_lines_is_a_speaker() -> None:
    """One that begins a single line is a word before a colon, where most turns have no name."""
    turns = ("Ann: hi", "some words", "Note: this", "more", "Ann: bye", "the end", "really", "so")
    notes = "\n\n".join(turns)
    assert {cue.speaker for cue in read(notes.encode()).lines} == {"Ann", ""}


def test_utf16_may_end_in_half_a_sign_and_holds_no_nought() -> None:
    """A head that is cut within a sign is text; two broken signs or a NUL are not."""
    wide = BOM_UTF16_LE + "hello there".encode("utf-16-le")
    half = "😀".encode("utf-16-le")[:2]
    assert sniff(wide + half) == sniff(wide)
    assert sniff(wide) != sniff(wide + b"\x00\x00" + "more".encode("utf-16-le"))
    assert sniff(wide) != sniff(wide + half + b"a\x00" + half)


def test_a_text_of_the_largest_size_is_whole() -> None:
    """Only what is longer is cut, and says so."""
    whole, cut = (
        read_mail(mail("a" * size), authserv_id=RECEIVER) for size in (MAX_TEXT, MAX_TEXT + 1)
    )
    assert not any("was cut" in one for one in whole.defects)
    assert any("was cut" in one for one in cut.defects)


def test_an_attribution_ends_the_text_only_where_a_reply_names_an_address() -> None:
    """Without an address, or in what answers nothing, what follows is doubtful and shown."""
    named = "Yes.\n\nOn 3 Nov 2026 at 10:00 Ann <a@example.com> wrote:\nshall we?"
    nameless = "Yes.\n\nOn 3 Nov 2026 at 10:00 Ann Lane wrote:\nshall we?"
    assert "shall we?" not in split(named, "reply").new
    assert "shall we?" in split(nameless, "reply").new
    assert "shall we?" in split(named, "").new


def test_a_charset_that_loses_as_much_as_it_reads_does_not_fit() -> None:
    """More letters read than lost make the declared charset the right one."""
    assert decode(b"\xe1\xaa", "windows-1253") == (
        "áª",
        "The declared charset does not fit the text; it was read as Windows-1252.",
    )
    assert decode(b"\xe1\xe2\xaa", "windows-1253")[0] == "αβ�"
