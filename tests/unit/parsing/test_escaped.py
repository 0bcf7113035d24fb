"""What programs do to a form's text on its way is undone, and nothing else is."""

from __future__ import annotations

import json

import pytest

from countersign.parsing.escaped import as_typed
from tests.unit.workflows.pipeline import read

DONE = [
    ("O&#39;Stone", "O'Stone"),
    ("O&amp;#39;Stone", "O'Stone"),
    ('I\\\'d like \\"two\\"', 'I\'d like "two"'),
    ("Smith &amp; Sons", "Smith & Sons"),
    ("&pound;9,000", "£9,000"),
    ("&amp;pound;9,000", "£9,000"),
    ("&euro;9.000", "€9.000"),
    ("9.000&nbsp;&#8364;", "9.000\xa0€"),
    ("&#x20AC; 9", "€ 9"),
    ("&#128; 9", "€ 9"),
    ("&yen;500,000", "¥500,000"),
    ("&#8377; 5 lakh", "₹ 5 lakh"),
    ("Mu&szlig;, caf&eacute;, &Oslash;", "Muß, café, Ø"),
    ("we&rsquo;ll pay &ndash; soon&hellip;", "we’ll pay – soon…"),
    ("cases.<br>Budget", "cases.\nBudget"),
    ("cases.<br />\nBudget", "cases.\nBudget"),
    ("<p>Hello</p><p>budget&nbsp;&euro;3</p>", "Hello\nbudget €3\n"),
    ("<div>We need 3</div>", "We need 3\n"),
    ("â‚¬9.000 fÃ¼r Ã„rzte", "€9.000 für Ärzte"),
    ("Â£9,000 â€œwholeâ€\x9d", "£9,000 “whole”"),
    ("&lt;b&gt;bold&lt;/b&gt;", "<b>bold</b>"),
]
KEPT = [
    "",
    "AT&T, R&D; and Q&A;",
    "https://a.example/?a=1&copy=2&reg=3&lt=4",
    "5 < 6 & 7 > 3",
    "a <b> c",
    "&unknown; &; &#99999999;",
    "Müller & Søn: 9.000 €",
    "50 % – 3 “Stück”",
    "C:\\temp\\new",
    "見積もりをお願いします。¥500,000",
    "Ã la carte",
]


@pytest.mark.parametrize(("came", "typed"), DONE)
def test_what_a_program_did_is_undone(came: str, typed: str) -> None:
    """Entities, once or twice escaped, elements, backslashes, a charset that was mistaken."""
    assert as_typed(came) == typed


@pytest.mark.parametrize("text", KEPT)
def test_what_a_person_typed_stays(text: str) -> None:
    """Text in which nothing of that stands is given back as it came."""
    assert as_typed(text) == text


def test_markup_that_was_escaped_twice_is_not_made_markup() -> None:
    """Control: reading entities until none is left would make an element out of a text about it."""
    assert as_typed("write &amp;lt;script&amp;gt;") == "write &lt;script&gt;"
    assert as_typed("&amp;amp;lt;i&amp;amp;gt;") == "&amp;lt;i&amp;gt;"


def test_every_field_of_a_form_is_read_so() -> None:
    """Name, company, what the contract does not know, and the message with its currency."""
    body = {
        "name": "Lia O&#39;Stone",
        "email": "lia@form73.example",
        "message": "Please quote 40 tablets &amp; cases.<br>Budget &pound;9,000.",
        "company": "Stone &amp; Sons",
        "topic": "R&amp;D",
    }
    given = read(json.dumps(body).encode())
    assert given.sender_name == "Lia O'Stone"
    assert given.text == "Please quote 40 tablets & cases.\nBudget £9,000."
    assert given.stated.company == "Stone & Sons"
    assert given.more == "topic: R&D"
