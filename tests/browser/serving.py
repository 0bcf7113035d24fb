"""Every page below /approvals behind a real HTTP server on loopback, and Chromium before it."""

from __future__ import annotations

import base64
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, sync_playwright

from countersign.entrypoints.pages import answer
from countersign.web.http import Request
from infra.scan_test.browser import installed
from tests.fakes.world import World
from tests.unit.web.plot import Plot
from tests.unit.web.waiting import waiting

CHROMIUM = Path(installed() or "/usr/bin/chromium-headless-shell")
ARGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@contextmanager
def online(made: Callable[[str], World]) -> Iterator[tuple[World, str]]:
    """A world made for the address under which its pages are served, and that address."""
    world: World

    class Door(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer()

        do_POST = do_HEAD = do_OPTIONS = do_GET  # noqa: N815 - the base class calls these

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as the base class
            """Paths hold secrets: nothing is logged."""

        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            path = urlsplit(self.path).path
            reply = answer(world.deps, path, Request.of(_event(self, body))).as_event()
            self.send_response(reply["statusCode"])
            for name, value in reply["headers"].items():
                self.send_header(name, value)
            for cookie in reply["cookies"]:
                self.send_header("set-cookie", cookie)
            content = reply["body"].encode()
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    base = f"http://127.0.0.1:{server.server_port}"
    world = made(base)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield world, base
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def served(plot: Plot | None = None) -> AbstractContextManager[tuple[World, str]]:
    """A waiting job, and the address under which its pages are served."""
    return online(lambda base: waiting(plot, base_url=base))


@contextmanager
def chromium() -> Iterator[Chromium]:
    """Debian's Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=list(ARGS))
        try:
            yield browser
        finally:
            browser.close()


def press(page: Page, target: str) -> None:
    """Press the first that leads to another page, and be there: a click returns before it came."""
    with page.expect_navigation():
        page.click(target)


def _event(door: BaseHTTPRequestHandler, body: bytes) -> dict[str, Any]:
    """The request in the HTTP API's shape, the cookie left in its header."""
    url = urlsplit(door.path)
    parts = (*url.path.split("/")[2:], "", "")
    return {
        "requestContext": {"http": {"method": door.command}},
        "rawPath": url.path,
        "queryStringParameters": dict(parse_qsl(url.query, keep_blank_values=True)),
        "pathParameters": {"link": parts[0], "secret": parts[1]},
        "headers": dict(door.headers.items()),
        "body": base64.b64encode(body).decode(),
        "isBase64Encoded": True,
    }
