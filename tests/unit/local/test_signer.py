"""The player's browser fills the approval page's own form, and nothing that is not on it."""

from __future__ import annotations

import pytest

from countersign.approvals.handlers import answer
from infra.local.player.signer import Page, SignError, read
from tests.fakes.world import ANA
from tests.unit.approvals.test_approval_edit import at_work
from tests.unit.steps import refunds
from tests.unit.steps.test_launch_plan import begins, shop
from tests.unit.web.visitor import Browser
from tests.unit.web.waiting import SECRETS, waiting


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


@pytest.mark.parametrize("choice", ["approve", "reject"])
def test_the_filled_form_is_taken(choice: str) -> None:
    """What the player fills in is a whole form with one choice for every action: the door says
    yes to it."""
    browser, page = opened()
    form = page.form(choice, "not this tone" if choice == "reject" else "")
    assert set(page.choices) == {name for name, value in form.items() if value == choice}
    assert browser.posts(form).status in (200, 303)


@pytest.mark.parametrize(("amount", "status"), [("600.00 EUR", 422), ("290.00 EUR", 200)])
def test_an_edit_above_the_own_limit_is_refused(amount: str, status: int) -> None:
    """Robin may sign up to 500: the form for an edit is filled by the page's own fields."""
    world = refunds.world()
    refunds.has_order(world, "1055", 64_000)
    refunds.begin(world, order="1055", amount={"minor": 30_000, "currency": "EUR"})
    browser = at_work(world, "robin@countersign.example", edit="1")
    form = read(browser.page).edit({"amount": amount})
    assert form["field-reason"] == "requested_by_customer"
    assert browser.posts(form).status == status


@pytest.mark.control
def test_control_a_form_without_the_field_is_not_made_up() -> None:
    """What the page does not offer cannot be typed."""
    _, page = opened()
    with pytest.raises(SignError, match="no field"):
        page.edit({"amount": "1.00 EUR"})


def test_an_answer_page_has_a_heading_and_no_form() -> None:
    """A page of few words is told apart from one that can be answered."""
    page = read("<main><h1>This link is <b>closed</b></h1><p>j-" + "a" * 24 + "</p></main>")
    assert not page.choices
    assert page.heading == "This link is closed"
    assert page.job_id == "j-" + "a" * 24


def test_the_page_is_about_the_job_that_it_names_last() -> None:
    """A rule's finding may name an earlier job; the page's own stands at its end."""
    earlier, own = "j-" + "a" * 24, "j-" + "b" * 24
    assert read(f"<p>an earlier request holds it: {earlier}</p><p>Job {own}</p>").job_id == own


def test_an_edit_types_over_one_text_area_and_leaves_the_others() -> None:
    """Each list of a plan is a text area; what nobody typed goes back as it stood, line by line."""
    world = shop()
    begins(world)
    page = read(at_work(world, ANA.address, edit="1").page)
    held = page.typed["field-milestones"].split("\n")
    assert held[0] == "Press kit | 2027-03-01 | Ben Okafor"
    form = page.edit({"goals": "Sell | much"})
    assert (form["field-goals"], form["field-milestones"]) == ("Sell | much", "\n".join(held))
