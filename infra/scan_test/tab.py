"""One page in a browser that keeps nothing and never leaves the link's host."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from infra.scan_test.link import Link
from infra.scan_test.verdict import SAFE
from infra.scan_test.visitor import ANSWER_WITHIN, Deadline, Exchange, UnreachableError

if TYPE_CHECKING:
    from playwright.sync_api import Browser, CDPSession, Page, Request, Response


PATIENCE = 5.0
"""Seconds for which an unanswered request is waited for after a press: some never end."""
_TURN = 0.02
_ABORTED = "net::ERR_ABORTED"
"""Another navigation came between."""
_ONE_TAB = (
    "window.open = url => { location.href = url };"
    "addEventListener('click', () => document.querySelectorAll('[target]')"
    ".forEach(one => one.removeAttribute('target')), true);"
)
"""What would open elsewhere opens here, where redirects are watched."""


class Tab:
    """What the page sent and got is in `exchanges`."""

    def __init__(self, page: Page, link: Link, deadline: Deadline, linger: float) -> None:
        self.page = page
        self.exchanges: list[Exchange] = []
        self._open: set[Request] = set()
        self._link = link
        self._deadline = deadline
        self._linger = linger

    @classmethod
    @contextmanager
    def of(cls, browser: Browser, link: Link, deadline: Deadline, linger: float) -> Iterator[Tab]:
        """A fresh one. `linger`: seconds to stay on a page. Raises UnreachableError when the
        browser cannot go on."""
        from playwright.sync_api import Error  # noqa: PLC0415 - a dev dependency

        context = browser.new_context(accept_downloads=False, service_workers="block")
        try:
            context.set_default_timeout(min(ANSWER_WITHIN, deadline.left()) * 1_000)
            context.add_init_script(_ONE_TAB)
            tab = cls(context.new_page(), link, deadline, linger)
            _stay_at_home(context.new_cdp_session(tab.page), link)
            tab._listens()
            yield tab
        except Error as error:
            why = error.message.splitlines()[0].partition(" at ")[0]
            raise UnreachableError(f"the browser could not go on ({why})") from error
        finally:
            context.close()

    def opens(self) -> int:
        """Open the link; the status of its answer."""
        from playwright.sync_api import Error  # noqa: PLC0415 - a dev dependency

        self._deadline.left()
        try:
            answer = self.page.goto(self._link.url)
        except Error as error:
            if _ABORTED not in error.message:
                raise
            # What was pressed before leads away only now, on a busy machine: after that.
            self._settles()
            answer = self.page.goto(self._link.url)
        return answer.status if answer else 0

    def lingers(self) -> None:
        """Scroll to the end, bit by bit, and stay."""
        for _ in range(4):
            self.page.mouse.wheel(0, 2_000)
            self._waits(self._linger / 4)
        self._settles()

    def presses(self, act: Callable[[], object]) -> None:
        """Do `act`, and wait for what comes of it. What cannot be pressed is passed over."""
        from playwright.sync_api import Error  # noqa: PLC0415 - a dev dependency

        with suppress(Error):
            act()
        self._waits(self._linger / 4)
        self._settles()
        with suppress(Error):
            self.page.wait_for_load_state()

    def _listens(self) -> None:
        self.page.on("response", self._notes)
        self.page.on("request", self._starts)
        self.page.on("requestfinished", self._ends)
        self.page.on("requestfailed", self._ends)
        self.page.on("dialog", lambda dialog: dialog.accept())

    def _starts(self, request: Request) -> None:
        self._open.add(request)

    def _ends(self, request: Request) -> None:
        self._open.discard(request)

    def _notes(self, answer: Response) -> None:
        asked = answer.request
        if asked.is_navigation_request() or asked.method not in SAFE:
            self.exchanges.append(Exchange(asked.method, asked.url, answer.status))

    def _settles(self) -> None:
        for _ in range(int(PATIENCE / _TURN)):
            if not self._open:
                return
            self._waits(_TURN)

    def _waits(self, seconds: float) -> None:
        self.page.wait_for_timeout(min(seconds, self._deadline.left()) * 1_000)


def _stay_at_home(session: CDPSession, link: Link) -> None:
    """Fail every request for a page of another host, redirected ones too (which Playwright's own
    routes do not see)."""

    def paused(event: dict[str, Any]) -> None:
        which = {"requestId": event["requestId"]}
        if link.at_home(event["request"]["url"]):
            session.send("Fetch.continueRequest", which)
        else:
            # "Aborted" leaves the page as it is; every other reason shows one of the browser's own.
            session.send("Fetch.failRequest", {**which, "errorReason": "Aborted"})

    session.on("Fetch.requestPaused", paused)
    session.send("Fetch.enable", {"patterns": [{"resourceType": "Document"}]})
