"""The mail scanners that drive a browser: one runs scripts, the other presses everything."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING, Any

from infra.scan.link import Link
from infra.scan.run import Played, Scanner
from infra.scan.scanners import FORMS, SUBMITS
from infra.scan.verdict import SAFE
from infra.scan.visitor import ANSWER_WITHIN, Deadline, Exchange, UnreachableError

if TYPE_CHECKING:
    from playwright.sync_api import Browser, CDPSession, Page, Response

LINGER = 2.0
"""Seconds that a scanner stays on a page, and waits after a press."""
PRESS = 1_000.0
"""Milliseconds after which a button counts as one that cannot be pressed."""
PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
NAMES = (("headless browser", False), ("button clicker", True))
"""The kinds of this module, and whether each presses and sends."""
_ARGS = ("--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-sync")
_PRESSABLE = (
    "button, input[type=submit], input[type=button], input[type=image], [role=button], [onclick]"
)
_ONE_TAB = (
    "window.open = url => { location.href = url };"
    "addEventListener('click', () => document.querySelectorAll('[target]')"
    ".forEach(one => one.removeAttribute('target')), true);"
)
"""What would open elsewhere opens here, where redirects are watched."""
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


@contextmanager
def chromium(program: str | None = None) -> Iterator[Browser]:
    """A headless Chromium: the system's, or Playwright's own. Raises BrowserMissingError."""
    try:
        from playwright.sync_api import Error, sync_playwright  # noqa: PLC0415 - a dev dependency
    except ImportError:
        raise BrowserMissingError(
            "Playwright is not installed: run `pip install playwright`, or use --no-browser."
        ) from None
    found = program or next(filter(None, map(shutil.which, PROGRAMS)), None)
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(
                executable_path=found,
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


class Tab:
    """One page in a browser that keeps nothing, and what it sent and got."""

    def __init__(self, page: Page, link: Link, deadline: Deadline, linger: float) -> None:
        self.page = page
        self.exchanges: list[Exchange] = []
        self._link = link
        self._deadline = deadline
        self._linger = linger

    @classmethod
    @contextmanager
    def of(cls, browser: Browser, link: Link, deadline: Deadline, linger: float) -> Iterator[Tab]:
        """A fresh one, which never leaves the link's host. Raises UnreachableError."""
        from playwright.sync_api import Error  # noqa: PLC0415 - a dev dependency

        context = browser.new_context(accept_downloads=False, service_workers="block")
        try:
            context.set_default_timeout(min(ANSWER_WITHIN, deadline.left()) * 1_000)
            context.add_init_script(_ONE_TAB)
            tab = cls(context.new_page(), link, deadline, linger)
            stay_at_home(context.new_cdp_session(tab.page), link)
            tab.page.on("response", tab.notes)
            tab.page.on("dialog", lambda dialog: dialog.accept())
            yield tab
        except Error as error:
            raise UnreachableError(
                f"the browser could not go on ({type(error).__name__})"
            ) from error
        finally:
            context.close()

    def opens(self) -> int:
        """Open the link; the status of its answer."""
        self._deadline.left()
        answer = self.page.goto(self._link.url)
        return answer.status if answer else 0

    def lingers(self) -> None:
        """Scroll to the end, bit by bit, and stay."""
        for _ in range(4):
            self.page.mouse.wheel(0, 2_000)
            self._waits(self._linger / 4)

    def presses(self, act: Callable[[], object]) -> None:
        """Do `act`, and wait for what comes of it. What cannot be pressed is passed over."""
        from playwright.sync_api import Error  # noqa: PLC0415 - a dev dependency

        with suppress(Error):
            act()
            self.page.wait_for_load_state()
        self._waits(self._linger / 4)

    def notes(self, answer: Response) -> None:
        """Remember an answer to a page, or to anything that a script sent."""
        asked = answer.request
        if asked.is_navigation_request() or asked.method not in SAFE:
            self.exchanges.append(Exchange(asked.method, asked.url, answer.status))

    def _waits(self, seconds: float) -> None:
        self.page.wait_for_timeout(min(seconds, self._deadline.left()) * 1_000)


def stay_at_home(session: CDPSession, link: Link) -> None:
    """Fail every request for a page of another host, redirected ones too (which Playwright's own
    routes do not see)."""

    def paused(event: dict[str, Any]) -> None:
        which = {"requestId": event["requestId"]}
        if link.at_home(event["request"]["url"]):
            session.send("Fetch.continueRequest", which)
        else:
            session.send("Fetch.failRequest", {**which, "errorReason": "BlockedByClient"})

    session.on("Fetch.requestPaused", paused)
    session.send("Fetch.enable", {"patterns": [{"resourceType": "Document"}]})


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
            tab.presses(partial(tab.page.locator(_PRESSABLE).first.click, timeout=PRESS))
        for at in range(forms):
            _again(tab, ticked=ticked)
            tab.presses(partial(tab.page.evaluate, _SUBMIT, at))


def _again(tab: Tab, *, ticked: bool) -> None:
    tab.opens()
    if ticked:
        tab.presses(partial(tab.page.evaluate, _TICK))
