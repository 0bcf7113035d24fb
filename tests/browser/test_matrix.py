"""The decision on every size, in both colours, with and without scripts, whatever the content."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page

from tests.browser.places import approves, costs, link, office
from tests.browser.serving import CHROMIUM, chromium, online, press
from tests.browser.test_axe import violations
from tests.fakes.world import ANA, World
from tests.unit.web.waiting import approval

pytestmark = [
    pytest.mark.soak,
    pytest.mark.browser,
    pytest.mark.enable_socket,
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"SKIPPED: no Chromium at {CHROMIUM}"),
]
WIDTHS = (360, 390, 768, 1280)
CONTENTS = ("normal", "long", "rtl", "error")
ALL = list(product(WIDTHS, ("light", "dark"), (True, False), CONTENTS))


@pytest.fixture(scope="module")
def browser() -> Iterator[Chromium]:
    """One Chromium for this file."""
    with chromium() as started:
        yield started


def fits(page: Page, *, scripts: bool) -> None:
    """No sideways scroll, controls of at least 44 pixels within the page's width, axe content."""
    width: int = page.evaluate("innerWidth")
    assert page.evaluate("document.documentElement.scrollWidth") == width
    for target in page.locator(".choice, main button, .code-input").all():
        target.scroll_into_view_if_needed()
        box = target.bounding_box()
        assert box is not None
        assert box["height"] >= 44
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
    assert not scripts or violations(page) == []


def mailed_code(world: World) -> str:
    """The code in Ana's newest mail."""
    text = world.mail.to(ANA.address)[-1].text
    return next(line for line in text.splitlines() if line.isdigit())


@pytest.mark.parametrize(("width", "scheme", "scripts", "content"), ALL)
def test_it_fits_and_decides(
    browser: Chromium, width: int, scheme: Any, scripts: bool, content: str
) -> None:
    """Open, approve, after a wrong code where the case is an error, type the mailed code, read
    what was decided."""
    plot = "normal" if content == "error" else content
    with online(lambda base: office(base, plot)) as (world, base):
        costs(world)
        context = browser.new_context(
            viewport={"width": width, "height": 740},
            color_scheme=scheme,
            java_script_enabled=scripts,
        )
        page = context.new_page()
        link(page, base)
        fits(page, scripts=scripts)
        if content == "error":
            approves(page, "WRONG")
            fits(page, scripts=scripts)
        approves(page)
        fits(page, scripts=scripts)
        page.fill("#mailed", mailed_code(world))
        press(page, "button:has-text('Record')")
        assert page.inner_text("h1") == "Your decision is recorded"
        fits(page, scripts=scripts)
        assert approval(world).decision is not None
        context.close()
