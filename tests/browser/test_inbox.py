"""The inbox in Chromium: sign in, decide many, work a case; on a phone, by keyboard, without JS."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page

from countersign.domain.jobs.job import Status
from tests.browser.serving import CHROMIUM, chromium, online, press
from tests.fakes.world import ANA, World
from tests.unit.web.many import escalated, many
from tests.unit.web.member import mailed
from tests.unit.web.waiting import waiting

pytestmark = [
    pytest.mark.browser,
    pytest.mark.enable_socket,
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"SKIPPED: no Chromium at {CHROMIUM}"),
]
ADDS_A_SCRIPT = """() => document.body.append(
    Object.assign(document.createElement("script"), {text: "1"}))"""
PHONE: Any = {"width": 360, "height": 740}


@pytest.fixture(scope="module")
def browser() -> Iterator[Chromium]:
    """One Chromium for this file."""
    with chromium() as started:
        yield started


def busy(base: str, count: int = 3) -> World:
    """Like requests wait, an unlike one, and a case of Ana's role."""
    world = waiting(base_url=base)
    many(world, count)
    world.store.put(escalated())
    world.people.becomes(ANA, roles=("sales", "sales-ops"))
    return world


def signed_in(browser: Chromium, world: World, base: str, *, scripts: bool = False) -> Page:
    """Ana's inbox on a phone, reached by the mailed link; without JavaScript unless asked."""
    page = browser.new_context(viewport=PHONE, java_script_enabled=scripts).new_page()
    page.goto(f"{base}/approvals")
    page.fill("#address", ANA.address)
    press(page, "main button")
    page.goto(base + mailed(world, ANA.address))
    page.fill("#code", page.inner_text("#code-shown").lower())
    press(page, "main button")
    return page


def wide(page: Page) -> int:
    """How far the page can be scrolled sideways, in pixels."""
    found: int = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return found


def test_sign_in_and_decide_many_on_a_phone(browser: Chromium) -> None:
    """Without JavaScript: check all of a group, type the one code, see what became of each."""
    with online(busy) as (world, base):
        page = signed_in(browser, world, base)
        assert page.inner_text("h1") == "4 requests and 1 case wait for you"
        group = page.locator("form:has(input[name=all])")
        group.locator("input[name=all]").check()
        group.locator("input[value=approve]").check()
        group.locator(".code-input").fill(group.locator(".code").inner_text().lower())
        press(page, "form:has(input[name=all]) button")
        assert page.inner_text("h1") == "3 of 3 approved"
        press(page, "text=Back to the inbox")
        assert page.inner_text("h1") == "1 request and 1 case wait for you"
        assert world.store.writes == 3


@pytest.mark.soak
def test_every_page_fits_and_is_silent(browser: Chromium) -> None:
    """360 pixels are enough for each page, and no browser complains about any."""
    with online(busy) as (world, base):
        page = signed_in(browser, world, base, scripts=True)
        console: list[str] = []
        page.on("console", lambda message: console.append(message.text))
        for path in ("", "/cases/j-case", "/jobs/j-case", "/sign-in"):
            page.goto(f"{base}/approvals{path}")
            assert (path, wide(page)) == (path, 0)
        assert console == []


def test_a_case_is_closed_by_keyboard(browser: Chromium) -> None:
    """Tab reaches the way out, the words, the code and the button, in this order."""
    with online(busy) as (world, base):
        page = signed_in(browser, world, base, scripts=True)
        page.goto(f"{base}/approvals/cases/j-case")
        code = page.inner_text("#code-shown")
        page.focus("input[value=resume]")
        for _ in range(2):
            page.keyboard.press("ArrowDown")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.tagName") == "SUMMARY"
        page.keyboard.press("Tab")
        page.keyboard.type("they called us")
        page.keyboard.press("Tab")
        page.keyboard.type(code.lower())
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.wait_for_url("**/approvals/jobs/j-case")
        assert world.store.load("j-case").job.status is Status.REJECTED


@pytest.mark.soak
@pytest.mark.parametrize("some", [98])
def test_a_hundred_are_decided_key_by_key_in_five_minutes(browser: Chromium, some: int) -> None:
    """Each is checked by itself, then comes the choice, the code and Enter, without a mouse: three
    keys each. At two keys a second, which is slow, 98 like ones take less than five minutes; the
    long form presses every one of them."""
    with online(lambda base: busy(base, some)) as (world, base):
        page = signed_in(browser, world, base, scripts=True)
        keys = [*("Tab", "Space", "Tab") * some, "Tab", "Space", "Tab", "Tab"]
        keys += [*page.locator(".code").first.inner_text(), "Enter"]
        page.focus("input[name=all]")
        with page.expect_navigation():
            for key in keys:
                page.keyboard.press(key)
        assert page.inner_text("h1") == f"{some} of {some} approved"
        assert (len(keys) + 3 * (98 - some)) / 2 <= 300
        assert world.store.writes == some


@pytest.mark.soak
def test_a_clicker_signs_nobody_in_and_decides_nothing(browser: Chromium) -> None:
    """A scanner that runs scripts and clicks every button uses no link up and records nothing."""
    with online(busy) as (world, base):
        page = browser.new_page()
        page.goto(f"{base}/approvals/sign-in")
        page.fill("#address", ANA.address)
        press(page, "main button")
        writes, link = world.sign_ins.writes, mailed(world, ANA.address)
        page.goto(base + link)
        page.evaluate("document.querySelector('form').noValidate = true")
        press(page, "main button")
        assert page.inner_text("h2") == "You are not signed in yet"
        assert world.sign_ins.writes == writes
        ours = signed_in(browser, world, base, scripts=True)
        ours.evaluate("document.querySelectorAll('form').forEach(one => one.noValidate = true)")
        press(ours, "text=Record for the checked")
        assert "Nothing was recorded" in ours.content()
        assert world.store.writes == 0


@pytest.mark.soak
def test_targets_are_large_enough_for_a_thumb(browser: Chromium) -> None:
    """Whatever is pressed is at least 44 pixels high; links between lines at least 24."""
    with online(busy) as (world, base):
        page = signed_in(browser, world, base, scripts=True)
        for path in ("", "/cases/j-case"):
            page.goto(f"{base}/approvals{path}")
            for target in page.locator("button, .choice, .check, .code-input, .open").all():
                box = target.bounding_box()
                assert box is not None
                assert box["height"] >= 44, target.inner_text()


@pytest.mark.soak
@pytest.mark.control
def test_the_measures_see_a_page_that_is_too_wide(browser: Chromium) -> None:
    """Control: a wide element is noticed, and a script is refused by the page's policy."""
    with online(busy) as (world, base):
        page = signed_in(browser, world, base, scripts=True)
        console: list[str] = []
        page.on("console", lambda message: console.append(message.text))
        page.evaluate(ADDS_A_SCRIPT)
        assert any("Content Security Policy" in line for line in console)
        page.evaluate("document.querySelector('h1').style.setProperty('width', '500px')")
        assert wide(page) > 0
