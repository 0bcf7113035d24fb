"""The mail scanners that drive a browser: one runs scripts, the other presses everything."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

from infra.scan_test.link import Link
from infra.scan_test.run import Played, Scanner
from infra.scan_test.scanners import FORMS, SUBMITS
from infra.scan_test.tab import Tab
from infra.scan_test.verdict import SAFE
from infra.scan_test.visitor import Deadline, Exchange

if TYPE_CHECKING:
    from playwright.sync_api import Browser


LINGER = 2.0
"""Seconds that a scanner stays on a page, and waits after a press."""
PRESS = 1_000.0
"""Milliseconds after which a button counts as one that cannot be pressed."""
PROGRAMS = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
)
"""By preference: the shell has no windows to prepare and needs half of the processor time."""
NAMES = (("headless browser", False), ("button clicker", True))
"""The kinds of this module, and whether each presses and sends."""
_ARGS = ("--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-sync")
_PRESSABLE = (
    "button, input[type=submit], input[type=button], input[type=image], [role=button], [onclick]"
)
_TICK = """() => {
  const seen = new Set();
  for (const one of document.querySelectorAll('input[type=radio], input[type=checkbox]')) {
    if (one.type === 'radio' && seen.has(one.name)) continue;
    seen.add(one.name);
    one.click();
  }
}"""
_SUBMIT = """at => {
  const form = document.forms[at];
  form.noValidate = true;
  HTMLFormElement.prototype.requestSubmit.call(form);
}"""


class BrowserMissingError(RuntimeError):
    """There is no browser to drive; the message says what to install."""


def installed() -> str | None:
    """The path of the system's Chromium, if it has one."""
    return next(filter(None, map(shutil.which, PROGRAMS)), None)


@contextmanager
def chromium(program: str | None = None) -> Iterator[Browser]:
    """A headless Chromium: the system's, or Playwright's own. Raises BrowserMissingError."""
    try:
        from playwright.sync_api import Error, sync_playwright  # noqa: PLC0415 - a dev dependency
    except ImportError:
        raise BrowserMissingError(
            "Playwright is not installed: run `pip install playwright`, or use --no-browser."
        ) from None
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(
                executable_path=program or installed(),
                args=list(_ARGS),
                # Root cannot have a sandbox, which is the case in many containers.
                chromium_sandbox=os.geteuid() != 0,
            )
        except Error as error:
            raise BrowserMissingError(
                "No Chromium could be started: install the package chromium (Debian, Ubuntu: "
                "`apt-get install chromium`) or run `playwright install chromium`, "
                f"or use --no-browser. ({str(error).splitlines()[0]})"
            ) from error
        try:
            yield browser
        finally:
            browser.close()


def with_browser(browser: Browser, linger: float = LINGER) -> list[Scanner]:
    """The scanners that need `browser`, lingering `linger` seconds on each page."""

    def look(link: Link, deadline: Deadline) -> Sequence[Exchange]:
        with Tab.of(browser, link, deadline, linger) as tab:
            status = tab.opens()
            tab.lingers()
            sent = (one for one in tab.exchanges if one.method not in SAFE)
            return [*sent, Exchange("GET", link.url, status, tab.page.content())]

    plays = (_lingering, _pressing)
    return [
        Scanner(name, _played(browser, play, linger), acts=acts, look=look)
        for (name, acts), play in zip(NAMES, plays, strict=True)
    ]


def missing(why: str) -> list[Scanner]:
    """The same scanners where they cannot be played."""
    return [Scanner(name, lambda *_: (), acts=acts, why_not=why) for name, acts in NAMES]


def _played(browser: Browser, play: Callable[[Tab], None], linger: float) -> Played:
    def played(link: Link, deadline: Deadline) -> Sequence[Exchange]:
        with Tab.of(browser, link, deadline, linger) as tab:
            play(tab)
            return tab.exchanges

    return played


def _lingering(tab: Tab) -> None:
    tab.opens()
    tab.lingers()


def _pressing(tab: Tab) -> None:
    """Press every button, send every form: as found, then with choices ticked. Types nothing."""
    tab.opens()
    buttons = min(tab.page.locator(_PRESSABLE).count(), SUBMITS)
    forms = min(tab.page.locator("form").count(), FORMS)
    for ticked in (False, True):
        for at in range(buttons):
            _again(tab, ticked=ticked)
            tab.presses(partial(tab.page.locator(_PRESSABLE).nth(at).click, timeout=PRESS))
            # Many ask "are you sure?" on a page or in a box of their own.
            again = tab.page.locator(_PRESSABLE).first
            if again.is_visible():
                tab.presses(partial(again.click, timeout=PRESS))
        for at in range(forms):
            _again(tab, ticked=ticked)
            tab.presses(partial(tab.page.evaluate, _SUBMIT, at))


def _again(tab: Tab, *, ticked: bool) -> None:
    tab.opens()
    if ticked:
        tab.presses(partial(tab.page.evaluate, _TICK))
