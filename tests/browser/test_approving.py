"""The approval page in Chromium, on a phone's width: read, type the code, approve."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page

from tests.browser.places import PLACES, approves, link, office
from tests.browser.serving import CHROMIUM, chromium, online, press, served
from tests.unit.web.plot import Plot
from tests.unit.web.waiting import JOB, SECRETS, TOKEN, approval

pytestmark = [
    pytest.mark.browser,
    pytest.mark.enable_socket,
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"SKIPPED: no Chromium at {CHROMIUM}"),
]
PHONE = {"width": 360, "height": 740}


@pytest.fixture(scope="module")
def browser() -> Iterator[Chromium]:
    """One Chromium for this file."""
    with chromium() as started:
        yield started


def opened(browser: Chromium, base: str, person: str = "ana") -> tuple[Page, list[str]]:
    """The approver's page on a phone, and what the console says as it comes."""
    page = browser.new_context(viewport=PHONE).new_page()  # type: ignore[arg-type] # a TypedDict
    console: list[str] = []
    page.on("console", lambda message: console.append(message.text))
    page.on("pageerror", lambda error: console.append(str(error)))
    page.goto(f"{base}/approvals/link-{person}/{SECRETS[person]}")
    return page, console


def overflow(page: Page) -> int:
    """How far the page can be scrolled sideways, in pixels."""
    wide: int = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return wide


def test_approve_on_a_phone(browser: Chromium) -> None:
    """Type the code, approve both, see the decision: no sideways scroll, a silent console."""
    with served() as (world, base):
        page, console = opened(browser, base)
        assert overflow(page) == 0
        for radio in page.locator("input[value=approve]").all():
            radio.check()
        page.fill("#code", page.inner_text("#code-shown").lower())
        press(page, "button")
        assert page.inner_text("h1") == "Your decision is recorded"
        assert (overflow(page), console) == (0, [])
        assert approval(world).decision is not None
        assert world.executions.succeeded == [TOKEN]


def test_edit_on_a_phone(browser: Chromium) -> None:
    """Follow the link, change the text, type the code: the edit stands and the link is dead."""
    with served() as (world, base):
        page, console = opened(browser, base)
        press(page, "a[href='?edit=2']")
        assert overflow(page) == 0
        page.fill("#field-text", "Dear Ms Keller,\n\nI will call you on Monday.")
        page.fill("#code", page.inner_text("#code-shown"))
        press(page, "button")
        assert page.inner_text("h1") == "Your edit is recorded"
        assert (overflow(page), console) == (0, [])
        (edited,) = [held for held in world.store.load(JOB).ledger if held.edited_by]
        assert edited.content()["params"]["text"].endswith("\n\nI will call you on Monday.")
        assert approval(world).superseded
        page.goto(f"{base}/approvals/link-ben/{SECRETS['ben']}")
        assert page.inner_text("h1") == "This request was replaced"
        assert "Ana Costa edited what it asks for" in page.inner_text("main")


def test_another_choice_in_a_second_tab_is_told_to_have_changed_nothing(
    browser: Chromium,
) -> None:
    """The same link in two tabs: approved in one and then rejected in the other; going back in the
    first shows what was decided, and no form."""
    with served() as (world, base):
        context = browser.new_context()
        one, other = context.new_page(), context.new_page()
        for tab in (one, other):
            link(tab, base)
        for radio in other.locator("input[value=reject]").all():
            radio.check()
        other.select_option("#cause", "wrong tone")
        other.fill("#code", other.inner_text("#code-shown"))
        approves(one)
        assert one.inner_text("h1") == "Your decision is recorded"
        press(other, "button")
        assert other.inner_text("h1") == "You had decided already"
        assert "What you sent now changed nothing." in other.inner_text("main")
        decision = approval(world).decision
        assert decision is not None
        assert set(decision.choices.values()) == {"approve"}
        one.go_back()
        assert one.inner_text("h1") == "Your decision is recorded"
        assert one.locator("#code").count() == 0
        context.close()


@pytest.mark.soak
def test_looking_at_a_form_and_going_back_changes_nothing(browser: Chromium) -> None:
    """To the edit and back, without a change: the same request waits, and nothing was written."""
    with served() as (world, base):
        page, console = opened(browser, base)
        press(page, "a[href='?edit=1']")
        press(page, "a[href='?']")
        assert page.inner_text("h1") == "2 actions wait for your signature"
        assert (world.store.writes, console) == (0, [])


@pytest.mark.soak
def test_script_running_clicker_decides_nothing(browser: Chromium) -> None:
    """A scanner that runs scripts and clicks every button leaves the request undecided."""
    with served() as (world, base):
        page, _ = opened(browser, base)
        page.click("button")
        page.evaluate("document.querySelector('form').noValidate = true")
        press(page, "button")
        assert (approval(world).decision, world.store.writes) == (None, 0)


@pytest.mark.soak
def test_long_and_hostile_content_fits(browser: Chromium) -> None:
    """Very long words and markup neither widen the page nor run."""
    plot = Plot(text="a" * 3_000, reply="<script>console.log('ran')</script>" + "W" * 2_000)
    with served(replace(plot, subject="x" * 500)) as (_, base):
        page, console = opened(browser, base)
        assert (overflow(page), console) == (0, [])


@pytest.mark.soak
def test_targets_are_large_enough_for_a_thumb(browser: Chromium) -> None:
    """Choices and the button are at least 44 pixels high, and the button is the last control."""
    with served() as (_, base):
        page, _ = opened(browser, base)
        for target in page.locator(".choice, button, .code-input").all():
            box = target.bounding_box()
            assert box is not None
            assert box["height"] >= 44
        assert page.locator("form :is(input, textarea, button)").last.inner_text() == (
            "Record my decision"
        )


@pytest.mark.control
def test_checks_see_a_page_that_is_too_wide_and_logs(browser: Chromium) -> None:
    """Control: a script is refused by the page's policy, and a wide element is noticed."""
    with served() as (_, base):
        page, console = opened(browser, base)
        page.evaluate(
            "document.body.append(Object.assign(document.createElement('script'), {text: '1'}))"
        )
        assert any("Content Security Policy" in line for line in console)
        page.evaluate("document.querySelector('h1').style.setProperty('width', '500px')")
        assert overflow(page) > 0


@pytest.mark.soak
@pytest.mark.parametrize("place", ["code-step", "code-wrong"])
def test_the_mailed_code_is_asked_for_in_view(browser: Chromium, place: str) -> None:
    """On a phone the field has the focus and is on the screen, with the decision that it signs
    above it; the first button records."""
    with online(office) as (world, base):
        page = browser.new_context(viewport=PHONE).new_page()  # type: ignore[arg-type] # a TypedDict
        PLACES[place](page, world, base)
        box = page.locator("#mailed").bounding_box()
        assert box is not None
        assert 0 <= box["y"] <= PHONE["height"] - box["height"]
        assert page.evaluate("document.activeElement.id") == "mailed"
        assert page.evaluate("scrollY") == 0
        assert page.locator("#mailed-step li").count() == 2
        page.fill("#mailed", re.findall(r"^\d{6}$", world.mail.sent[-1].text, re.MULTILINE)[0])
        press(page, "button")
        assert page.inner_text("h1") == "Your decision is recorded"
