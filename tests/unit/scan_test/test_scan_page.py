"""Reading a page of any product: its words, its forms, and what it asks."""

from __future__ import annotations

import pytest

from infra.scan_test.page import read, timeless
from infra.scan_test.scanners import filled

PAGE = """<!doctype html><title>Approval</title><style>p { color: red }</style>
<script>var approved = "already approved";</script>
<p>Please <b>decide</b>
   today. It costs 120.00 EUR.</p>
<a href="/help">Help</a><a href="#decide">Down</a>
<form method="post" action="/decide" enctype="multipart/form-data">
<input type="hidden" name="csrf" value="t-1">
<input type="radio" name="choice" value="yes"><input type="radio" name="choice" value="no">
<input type="checkbox" name="read"><input name="code"><textarea name="why"></textarea>
<select name="to"><option value="a">A<option value="b" selected>B</select>
<input type="submit" name="do" value="Send"><button formaction="/later">Later</button>
</form>"""


def test_a_page_is_its_visible_sentences() -> None:
    """Markup within a sentence does not cut it, styles and scripts are not text."""
    sentences = read(PAGE).sentences
    assert sentences[:3] == ("Approval", "Please decide today.", "It costs 120.00 EUR.")
    assert not any("already" in one for one in sentences)


def test_a_form_is_sent_as_found_or_with_its_choices_ticked() -> None:
    """Given values always; the first of a group and every box only when ticked; nothing typed."""
    form = read(PAGE).forms[0]
    assert (form.method, form.action, form.multipart) == ("POST", "/decide", True)
    found = {"csrf": ["t-1"], "code": [""], "why": [""], "to": ["b"], "do": ["Send"]}
    assert filled(form, form.submits[0], ticked=False) == found
    ticked = {**found, "choice": ["yes"], "read": ["on"]}
    assert filled(form, form.submits[0], ticked=True) == ticked
    assert form.submits[1].action == "/later"


def test_links_and_controls_are_what_a_page_asks_with() -> None:
    """An anchor within the page is no link, a hidden field is no control."""
    page = read(PAGE)
    assert (page.links, page.controls, page.scripts) == (["/help"], 8, 1)
    assert page.asks
    assert not read("<script>draw()</script><a href='/about'>About</a>").asks
    assert read("<a href='/yes'>Yes</a>").asks


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        ("Open until 10:00 (2 hours 1 minute left).", "Open until 10:00 (59 minutes left)."),
        ("Seen 2026-03-02T09:00:00Z.", "Seen 2026-03-02T09:07:12Z."),
        ("1 day, 3 h and 4 min left", "1 d left"),
    ],
)
def test_a_clock_on_the_page_is_no_change(earlier: str, later: str) -> None:
    """Times and durations compare as equal."""
    assert timeless(earlier) == timeless(later)


def test_an_amount_is_no_time() -> None:
    """Other numbers stay what they are."""
    assert timeless("120.00 EUR, 3 of 5 approvals") == "120.00 EUR, 3 of 5 approvals"


@pytest.mark.parametrize("html", ["", "<", "<p", "</form></select>", "<a href>", "<option>", "\0"])
def test_broken_markup_is_read_as_far_as_it_goes(html: str) -> None:
    """Nothing that a server sends makes the reader fail."""
    assert read(html).controls == 0
