"""Templates: what the row says is put in as it is, once, and shown as text wherever it is read."""

from __future__ import annotations

import pytest

from countersign.domain.campaigns.contacts import Contact
from countersign.domain.campaigns.templates import (
    FOOTERS,
    Message,
    Template,
    Unfilled,
    places,
    rendered,
)

ADA = Contact(key="k", address="ada@example.com", name="Ada Lee", fields={"product": "Saw 1"})
URL = "https://news.example.com/unsubscribe/t?a=1&b=2"


def made(text: str, subject: str = "s", language: str = "en", contact: Contact = ADA) -> Message:
    """The message of a template."""
    template = Template(subject=subject, text=text)
    return rendered(template, language, contact, "Saws & Co", URL)


def test_a_place_is_filled_by_its_column_or_by_the_words_beside_it() -> None:
    """And the message says, once each, for which of them the row had nothing."""
    message = made("{name|you}: {product}, {colour|}{colour|grey}.", subject="{town|Hi} {name}")
    assert message.subject == "Hi Ada Lee"
    assert message.body == "Ada Lee: Saw 1, grey."
    assert message.filled == ("town", "colour")
    assert message.to == ADA.address


def test_a_place_without_words_for_it_makes_no_message() -> None:
    """The error names the place."""
    with pytest.raises(Unfilled) as empty:
        made("Your {colour} {product}")
    assert empty.value.place == "colour"


def test_what_a_row_says_is_no_template() -> None:
    """Braces of a row stay braces: nobody reads another column by the name that he chose."""
    sly = ADA.model_copy(update={"name": "{product}"})
    assert made("Dear {name}", contact=sly).body == "Dear {product}"


def test_a_subject_is_one_line() -> None:
    """Whatever a row puts in, no header of its own comes of it."""
    sly = ADA.model_copy(update={"name": "Ada\r\nBcc: eve@example.com"})
    assert made("t", subject="For {name}", contact=sly).subject == "For Ada Bcc: eve@example.com"


def test_the_columns_that_a_template_names_are_those_of_subject_and_text() -> None:
    """With words beside them or without; other braces are text."""
    template = Template(subject="{name|Hello}", text="{product} {no place} {} {first_name|}")
    assert places(template) == {"name", "product", "first_name"}


def test_each_text_ends_with_who_wrote_and_how_to_get_no_more() -> None:
    """In the language of the message, in English where nobody wrote it in that one."""
    german = made("Hallo\n\n", language="de").text
    assert german == f"Hallo\n\n-- \nSaws & Co\n{FOOTERS['de'].stop} {URL}\n"
    assert FOOTERS["en"].stop in made("Hei", language="fi").text


def test_the_page_has_the_same_words_and_none_of_them_is_markup() -> None:
    """A row, the imprint and the address are escaped; paragraphs and lines are as in the text."""
    sly = ADA.model_copy(update={"name": "<b>Ada</b>"})
    page = made("Dear {name}\nhello\n\n\nBye", contact=sly).html
    assert "<p>Dear &lt;b&gt;Ada&lt;/b&gt;<br>hello</p><p>Bye</p>" in page
    assert "<small>Saws &amp; Co<br>" in page
    assert '<a href="https://news.example.com/unsubscribe/t?a=1&amp;b=2">' in page
    assert '<html lang="en" dir="ltr">' in page
    assert '<html lang="ar" dir="rtl">' in made("t", language="ar").html


def test_only_an_address_that_stands_there_as_such_is_a_link() -> None:
    """Without the sentence's full stop; a word that hides an address is none."""
    page = made("See https://example.com/a?b=1&c=2. Or <http://example.org/x> or javascript:x").html
    address = "https://example.com/a?b=1&amp;c=2"
    other = "http://example.org/x"
    assert f'<p>See <a href="{address}">{address}</a>. Or &lt;<a href="{other}">{other}</a>' in page
    assert "&gt; or javascript:x</p>" in page
