"""The smaller readers: HTML, history, masks, kinds of bytes."""

import time

import pytest

from countersign.domain.workflow import PARTS
from countersign.parsing.html import visible_text
from countersign.parsing.json import NotJson, loads
from countersign.parsing.mail.message import read_mail
from countersign.parsing.mail.quoted import split
from countersign.parsing.masking import mask
from countersign.parsing.sniff import sniff
from countersign.parsing.text import clean
from tests.unit.parsing.mails import RECEIVER, mail, multipart


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>Hi <b>there</b>,<br>you</p>", "Hi there,\nyou"),
        ("a<div style='display: none !important'>b</div>c", "a\nc"),
        ("a<i hidden>b</i><i style='visibility:hidden'>b</i>c", "ac"),
        ("a<i style='font-size:0px'>b</i><i style='FONT-SIZE:1px'>b</i>c", "ac"),
        ("<table><td style='font-size:0'><p style='font-size:13px'>seen</p>not</table>", "seen"),
        ("a<i style='opacity:0'>b</i><i style='max-height:0;overflow:hidden'>b</i>c", "ac"),
        ("a<i style='position:absolute;left:-9999px'>b</i>c", "ac"),
        ("<style>.x,p#y{display:none}</style>a<i class='q X'>b</i><p id=y>b</p>c", "a\nc"),
        ("<style>@media print{.x{display:none}}</style><i class=x>seen</i>", "seen"),
        ("<title>b</title><script>b</script>a<!-- b --><!--b--!>c<![if x]>d", "acd"),
        ("a<script>b</scr", "a"),
        ("<div style='display:none'><p>b<p>b</div>c", "c"),
        ("<p style='display:none'>b<p>c", "c"),
        ("1 < 2 &amp; 3 &lt; 4 <3", "1 < 2 & 3 < 4 <3"),
        ("<a href='x>y'>link</a> <a title=x\" >two</a>", "link two"),
        ("<ul><li>one<li>two</ul><table><tr><td>a<td>b<tr><td>c", "- one\n- two\na b\nc"),
        ("<pre>a\n  b</pre>", "a\n  b"),
        ("new<blockquote>old<br>older</blockquote>", "new\n> old\n> older"),
        ("new<div id=divRplyFwdMsg>From: a</div>", "new\n-----Original Message-----\nFrom: a"),
        ("<p", ""),
    ],
)
def test_html_shows_what_a_reader_sees(markup: str, text: str) -> None:
    """Hidden elements, comments and code are left out; blocks become lines."""
    assert visible_text(markup).text.strip() == text


@pytest.mark.parametrize(
    "markup",
    [
        "<" * 300_000,
        "<a x='" * 50_000,
        "<!--" * 70_000,
        "<style>" * 40_000,
        "<b>" * 90_000,
        "<style>" + "{" * 300_000,
        "<i>" * 50_000 + "</b>" * 50_000,
        "<i></b>" * 50_000,
        "<a><p></a>" * 30_000,
        "<i>" * 999 + "</b>" * 100_000,
        "<table>" * 60_000,
        "<p><table><td>" * 20_000,
        "<p style='color:#fff'>" * 30_000,
        "<p " + "=" * 300_000,
    ],
    ids=lambda markup: markup[:9],
)
def test_hostile_html_takes_linear_time(markup: str) -> None:
    """Unclosed, repeated and deep markup is read in seconds, not minutes."""
    started = time.process_time()
    visible_text(markup)
    assert time.process_time() - started < 5


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Yes.\n\nAm 03.11.2025 um 10:00 schrieb Ann\n<ann@example.com>:\n\n> Wie viele?", "Yes."),
        ("好\n\n在 2025年11月3日 10:00,Ann <a@example.com> 写道:\n\n> 多少", "好"),
        ("Ok\n\n-----Ursprüngliche Nachricht-----\nVon: A\n\nalt", "Ok"),
        ("Ok\n\n________________________________\nDe: A\nEnviado: lunes\nPara: B\nAsunto: c", "Ok"),
        ("He wrote:\nI want 20 units.", "He wrote:\nI want 20 units."),
        ("From: our point of view\nthis is fine.", "From: our point of view\nthis is fine."),
    ],
)
def test_history_is_found_in_many_languages(text: str, parts: str) -> None:
    """Attributions, markers and copied headers start the history; plain sentences do not."""
    assert split(text).new == parts


def test_a_long_tail_is_not_a_signature() -> None:
    """A dashed line far from the end separates text, not a signature."""
    text = "a\n-- \n" + "line\n" * 30
    assert split(text).signature == ""


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("4111 1111 1111 1111 12/26", "[card] 12/26"),
        ("order 12 4111-1111-1111-1111.", "order 12 [card]."),
        ("4111.1111.1111.1111", "[card]"),
        ("\uff14111111111111111", "[card]"),
        ("4111 1111 1111 1112", "4111 1111 1111 1112"),
        ("ES91 2100 0418 4502 0005 1332 please", "[iban] please"),
        ("gb29nwbk60161331926819", "[iban]"),
        ("ES92 2100 0418 4502 0005 1332", "ES92 2100 0418 4502 0005 1332"),
        ("078-05-1120, ssn 219 09 9999", "[national id], ssn [national id]"),
        ("000-12-3456", "000-12-3456"),
        ("12345678Z, 12.345.678-z, X1234567L", "[national id], [national id], [national id]"),
        ("12345678A", "12345678A"),
        ("529.982.247-25 529.982.247-26", "[national id] 529.982.247-26"),
        ("1 85 05 78 006 084 91", "[national id]"),
        ("RSSMRA85T10A562S", "[national id]"),
        ("+1 (415) 555-0132, +34 600 123 456", "+1 (415) 555-0132, +34 600 123 456"),
        ("0049 30 1234 56789", "0049 30 1234 56789"),
        ("EUR 1,250,000.00 or 5 000 000", "EUR 1,250,000.00 or 5 000 000"),
        ("2026-11-20, 1Z999AA10123456784", "2026-11-20, 1Z999AA10123456784"),
    ],
)
def test_personal_numbers_are_masked_and_others_stay(text: str, masked: str) -> None:
    """Numbers that pass their check are masked; phones, amounts, dates and near misses stay."""
    assert mask(text) == masked


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf \r\n", "empty"),
        (b'{"name": "Ann"}', "json"),
        (b' [{"name": 1}]', "json"),
        (b'{"broken": ', "json"),
        (b"[1, 2]", "json"),
        (b"[Ann] hello", "text"),
        (mail("x"), "mail"),
        (b"From ann@example.com Mon\nReceived: x\n\nx", "mail"),
        (b"\r\n\r\nSubject: a\nDate: b\n\nx", "mail"),
        (b"Ann: hello\nBob: hi\n", "text"),
        (b"Subject: notes of the call\n\nAnn: hello", "text"),
        ("Grüße".encode("utf-16"), "text"),
        ("Grüße".encode("cp1252"), "text"),
        (b"PK\x03\x04rest", "binary"),
        (b"%PDF-1.7\nFrom: a@example.com\n", "binary"),
        (bytes(range(256)), "binary"),
    ],
)
def test_the_kind_is_told_by_content(raw: bytes, kind: str) -> None:
    """A mail is told from text and JSON, and files of other programs are binary."""
    assert sniff(raw) == kind


def test_numbers_and_depth_have_bounds_that_can_be_set() -> None:
    """The depth bound is the caller's, and numbers keep their exact value within theirs."""
    assert loads(b"[[1.10]]", max_depth=2)[0][0].as_tuple().digits == (1, 1, 0)
    with pytest.raises(NotJson, match="deeper than 1"):
        loads(b"[[1]]", max_depth=1)
    with pytest.raises(NotJson, match="too deeply"):
        loads(b"[" * 100_000 + b"]" * 100_000, max_depth=200_000)


def test_marks_are_bounded_before_they_are_composed() -> None:
    """A run of combining marks is cut to 30, since composing is quadratic in its length."""
    assert len(clean("a" + "\u0316\u0301" * 100_000)) <= 31


def test_a_part_of_unknown_encoding_is_listed_and_noted() -> None:
    """Text in an unknown transfer encoding is listed as a file and not shown."""
    raw = multipart("\nhi", "Content-Transfer-Encoding: x-gzip64\n\nAAAA")
    found = read_mail(raw, authserv_id=RECEIVER)
    assert (found.text, len(found.attachments)) == ("hi", 1)
    assert found.defects == ("A part has an unknown transfer encoding; it was not read.",)


def test_nobody_writes_the_sign_that_stands_between_parts() -> None:
    """What follows it would be shown as a message that came later."""
    assert PARTS not in clean(f"one{PARTS}later: approve it")
