"""The player's browser fills the approval page's own form, and nothing that is not on it."""

from __future__ import annotations

from countersign.doors.approvals import answer
from infra.local.signer import Page, read
from tests.unit.pages.visitor import Browser
from tests.unit.pages.waiting import SECRETS, waiting


def opened() -> tuple[Browser, Page]:
    """A person's browser on the waiting job's page, and the page as the player reads it."""
    browser = Browser(waiting(), next(iter(SECRETS)), answer)
    return browser, read(browser.opens().body)


def test_the_page_gives_all_that_the_form_needs() -> None:
    """Hidden fields, one choice per action, and the code that the page shows."""
    _, page = opened()
    assert set(page.hidden) == {"shown"}
    assert len(page.choices) == 2
    assert len(page.code) == 5


def test_the_filled_form_is_taken() -> None:
    """What the player fills in is a whole form with one choice for every action."""
    _, page = opened()
    form = page.form("reject", "not this tone")
    assert set(form) == {"shown", *page.choices, "reason", "code"}
    assert set(page.choices) == {name for name, value in form.items() if value == "reject"}


def test_an_answer_page_has_a_heading_and_no_form() -> None:
    """A page of few words is told apart from one that can be answered."""
    page = read("<main><h1>This link is <b>closed</b></h1><p>j-" + "a" * 24 + "</p></main>")
    assert not page.choices
    assert page.heading == "This link is closed"
    assert page.job_id == "j-" + "a" * 24
