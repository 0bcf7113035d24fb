"""Links that are clicked in webmail, which is another site than the approval pages."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import BrowserContext

from tests.browser.places import approves, office, signs_in
from tests.browser.serving import CHROMIUM, chromium, online, press
from tests.fakes.world import World
from tests.unit.web.waiting import SECRETS, approval

pytestmark = [
    pytest.mark.soak,
    pytest.mark.browser,
    pytest.mark.enable_socket,
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"SKIPPED: no Chromium at {CHROMIUM}"),
]
CASE = "/approvals/cases/j-case"
LINK = f"/approvals/link-ana/{SECRETS['ana']}"


@contextmanager
def webmail(base: str) -> Iterator[str]:
    """A page of another site with a link to the case, one to the request, and a form to it."""
    body = (
        f'<a id="case" href="{base}{CASE}">c</a> <a id="link" href="{base}{LINK}">l</a>'
        f'<form method="post" action="{base}{LINK}"><button>send</button></form>'
    ).encode()

    class Door(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("content-type", "text/html")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as the base class
            """Nothing is logged."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield f"http://localhost:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def at_webmail() -> Iterator[tuple[World, str, str, BrowserContext]]:
    """The office, its address, the webmail's address, and a browser."""
    with (
        online(office) as (world, base),
        webmail(base) as mails,
        chromium() as browser,
    ):
        context = browser.new_context()
        yield world, base, mails, context
        context.close()


def test_a_click_in_webmail_finds_the_person_signed_in() -> None:
    """A case's link opens the case, not the sign-in page."""
    with at_webmail() as (world, base, mails, context):
        page = context.new_page()
        signs_in(page, world, base)
        page.goto(mails)
        press(page, "#case")
        assert page.url == base + CASE
        assert "A case for" in page.inner_text("h1")


def test_two_tabs_of_one_link_show_one_code_and_the_first_still_decides() -> None:
    """The mail's link clicked twice costs nobody a try."""
    with at_webmail() as (world, _, mails, context):
        pages = [context.new_page(), context.new_page()]
        for page in pages:
            page.goto(mails)
            press(page, "#link")
        codes = {page.inner_text("#code-shown") for page in pages}
        assert len(codes) == 1
        approves(pages[0])
        assert "recorded" in pages[0].inner_text("h1")
        assert approval(world).decision is not None
        assert world.store.link("link-ana").tries == 0


def test_a_form_of_another_site_decides_nothing() -> None:
    """Lax cookies do not go with another site's POST, and its origin is refused anyway."""
    with at_webmail() as (world, _, mails, context):
        page = context.new_page()
        page.goto(mails)
        press(page, "#link")
        page.goto(mails)
        press(page, "button")
        assert "did not come from our page" in page.inner_text("h1")
        assert approval(world).decision is None
