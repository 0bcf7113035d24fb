"""Text helpers of the pages, and the colours that text stands on."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from countersign.approvals.views.actions import exact
from countersign.web.headline import amounts
from countersign.web.rendering import environment, render
from countersign.web.text import foreign_letters, highlighted, label, one_line, span, visible


def test_pieces_keep_every_character() -> None:
    """Put together again, the pieces are the text, with hidden characters by their code points."""
    assert "".join(p.text for p in visible("a\r\nb\u202ec\td")) == "a\nbU+202Ec\td"


@pytest.mark.parametrize("joiner", ["\u200c", "\u200d"])
def test_joiners_of_scripts_and_emoji_stay(joiner: str) -> None:
    """Persian and emoji need their joiners: they are not shown as hidden."""
    assert not any(p.hidden for p in visible(f"a{joiner}b"))


def test_short_quote_is_marked_as_a_word_first() -> None:
    """A quote of one letter marks the word, not the first place inside another."""
    assert [p.text for p in highlighted("vans: 1 of 14 a", ["a", "14"]) if p.marked] == ["14", "a"]
    assert [p.text for p in highlighted("14kg", ["14", " "]) if p.marked] == ["14"]


def test_one_line_is_bounded_and_without_links() -> None:
    """One line, at most as long as asked, without anybody's link."""
    assert one_line("a\nb  c", 10) == "a b c"
    assert one_line("abcdef", 4) == "abc…"
    assert one_line("see HTTPS://evil.example/x y", 50) == "see [link left out] y"


def test_foreign_letters_have_names() -> None:
    """Each odd letter once, with its Unicode name."""
    assert foreign_letters("päp\u0430ä") == (
        "ä (latin small letter a with diaeresis), \u0430 (cyrillic small letter a)"
    )


def test_labels_and_spans_read_well() -> None:
    """Names become labels; spans are rounded down to their largest unit."""
    assert label("in_reply_to") == "In reply to"
    spans = [timedelta(days=1), timedelta(hours=47), timedelta(minutes=3), timedelta(0)]
    assert [span(s) for s in spans] == ["1 day", "1 day", "3 minutes", "less than a minute"]


def test_parameters_are_exact() -> None:
    """Money with its currency, lists and nested values by their path, nothing left out."""
    params = {"n": 3, "on": True, "none": None, "m": {"minor": 50, "currency": "JPY"}}
    rows = exact({**params, "list": ["x", {"y": "z"}], "text": "a\nb"})
    shown = [(row.label, "".join(p.text for p in row.value), row.empty) for row in rows]
    assert shown == [
        *(("N", "3", False), ("On", "yes", False), ("None", "", True), ("M", "50 JPY", False)),
        *(("List 1", "x", False), ("List 2 y", "z", False), ("Text", "a\nb", False)),
    ]
    assert [str(money) for money in amounts(params)] == ["50 JPY"]


PAIRS = (
    *(("ink", "card"), ("ink", "ground"), ("ink", "tint"), ("ink", "warn"), ("ink", "mark")),
    *(("soft", "card"), ("soft", "ground"), ("soft", "tint"), ("act", "card")),
    *(("no", "card"), ("no", "tint"), ("act-ink", "act")),
)


@pytest.mark.parametrize("scheme", [0, 1])
def test_contrast_is_enough(scheme: int) -> None:
    """Text has 4.5:1 on its ground in both schemes, controls 3:1 (WCAG 2.2, 1.4.3 and 1.4.11)."""
    block = re.findall(r":root \{(.*?)\}", render("style.css"), re.DOTALL)[scheme]
    colours = dict(re.findall(r"--([a-z-]+): #([0-9a-f]{6})", block))
    for text, ground in PAIRS:
        assert contrast(colours[text], colours[ground]) >= 4.5, (text, ground)
    assert contrast(colours["edge"], colours["card"]) >= 3


@pytest.mark.control
def test_contrast_sees_pale_text() -> None:
    """Control: the formula knows the published extremes and refuses a pale grey."""
    assert contrast("000000", "ffffff") == pytest.approx(21)
    assert contrast("999999", "ffffff") < 4.5


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours (WCAG 2.2, definition of contrast ratio)."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize(
    ("text", "apart"),
    [
        ("يوم الإطلاق | 2027-05-03 | Inês", ["2027-05-03"]),
        ("השקה 2027-05-03, 1-2", ["2027-05-03", "1-2"]),
        ("إعلانات a-1-2 و ref-3-4", []),
        ("Launch | 2027-05-03", []),
    ],
)
def test_a_day_keeps_its_order_among_letters_from_right_to_left(
    text: str, apart: list[str]
) -> None:
    """After Arabic a browser would show 2027-05-03 as 03-05-2027, and somebody signs it. Control:
    where nothing is read from right to left nothing is set apart."""
    pieces = visible(text)
    assert "".join(one.text for one in pieces) == text
    assert [one.text for one in pieces if one.apart] == apart
    shown = environment().from_string('{% from "parts.html.j2" import pieces %}{{ pieces(held) }}')
    assert shown.render(held=pieces).count('<bdi dir="ltr">') == len(apart)
