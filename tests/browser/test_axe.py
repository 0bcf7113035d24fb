"""Every kind of page is free of what axe-core can find: contrast, names, roles, landmarks."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from importlib import resources
from typing import Any

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page

from tests.browser.places import HOMES, PLACES, office
from tests.browser.serving import CHROMIUM, chromium, online

pytestmark = [
    pytest.mark.browser,
    pytest.mark.enable_socket,
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"SKIPPED: no Chromium at {CHROMIUM}"),
]
LOOKS: tuple[tuple[Any, int], ...] = (
    *(("light", 360), ("dark", 1280)),
    *(("dark", 360), ("light", 1280)),
)
"""Scheme and width; the short form takes one for each page, in turn."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Chromium]:
    """One Chromium for this file."""
    with chromium() as started:
        yield started


@lru_cache(maxsize=1)
def axe() -> str:
    """axe-core, as the package ships it."""
    shipped = resources.files("axe_playwright_python").joinpath("axe.min.js")
    return shipped.read_text(encoding="utf-8")


def violations(page: Page) -> list[str]:
    """What axe finds, each with its first element. It is evaluated in the page by the driver: the
    page's own policy, which forbids scripts, stays as it is."""
    page.evaluate("window.stop()")  # a page that fetches itself anew is looked at as it is now
    page.evaluate(axe())
    found: dict[str, Any] = page.evaluate("axe.run()")
    return [f"{one['id']}: {one['nodes'][0]['html']}" for one in found["violations"]]


SHORT = [(place, "short") for place in ("request", "edit", "inbox", "case", "job")]
"""Where people read and decide."""
LONG = [
    pytest.param(place, "long", marks=(pytest.mark.soak, pytest.mark.timeout(600)))
    for place in PLACES
]


@pytest.mark.parametrize(("place", "looks"), [*SHORT, *LONG])
def test_axe_finds_nothing(browser: Chromium, place: str, looks: str) -> None:
    """No violation and no sideways scroll, in light and dark, on a phone and on a desk."""
    turn = list(PLACES).index(place) % len(LOOKS)
    with online(HOMES.get(place, office)) as (world, base):
        page = browser.new_page(viewport={"width": 360, "height": 740})
        PLACES[place](page, world, base)
        for scheme, width in LOOKS if looks == "long" else LOOKS[turn : turn + 1]:
            page.emulate_media(color_scheme=scheme)
            page.set_viewport_size({"width": width, "height": 740})
            wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert (scheme, width, violations(page), wide) == (scheme, width, [], 0)
        page.close()


@pytest.mark.control
def test_control_axe_sees_pale_text_and_a_field_without_a_name(browser: Chromium) -> None:
    """The same check reports both when they are put on the page."""
    with online(office) as (world, base):
        page = browser.new_page()
        PLACES["request"](page, world, base)
        page.evaluate(
            "document.querySelector('h1').style.setProperty('color', '#ddd');"
            "document.querySelector('label[for=code]').remove()"
        )
        found = {one.partition(":")[0] for one in violations(page)}
        assert {"color-contrast", "label"} <= found
