"""Approval links as they are often built, each unsafe in its own way, behind a server on loopback.

`TokenInLink` has the shape of AWS's published tutorial on human approval: API Gateway hands the
link's `action` and raw task token to a function that calls SendTaskSuccess and redirects to a
console on another host; for a token that was used, Step Functions answers with TaskTimedOut.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

TASK_TOKEN = "AQCEAAAAKgAAAAMAAAAAAAAAATaskTokenOfTheTests0123456789"
PATH = "/approve/secret-of-the-link-0123456789"
ASKS = "<h1>Refund of 120.00 EUR</h1><p>Please decide about it.</p>"
FORM = '<form method="post"><button name="decision" value="approve">Approve</button></form>'
SCRIPT = "<script>addEventListener('load', () => fetch(location.href, {method: 'POST'}))</script>"


class Product:
    """A product with one open request. `decisions` is what was decided, in order; `opened` counts
    the GETs that reached it."""

    link = PATH

    def __init__(self) -> None:
        self.decisions: list[str] = []
        self.opened = 0

    def get(self, url: str) -> tuple[int, str, str]:
        """Status, body and `location` of the answer to a GET."""
        raise NotImplementedError

    def post(self) -> tuple[int, str, str]:
        """The same for a POST: it decides, and everybody may send it."""
        if self.decisions:
            return 409, "<p>This request was already decided.</p>", ""
        self.decisions.append("approve")
        return 303, "", PATH


class TokenInLink(Product):
    """A GET decides."""

    link = f"/execution?action=approve&ex=run-1&taskToken={TASK_TOKEN}"

    def get(self, url: str) -> tuple[int, str, str]:
        """The first one decides and leads to the console."""
        if self.decisions:
            return 400, "TaskTimedOut: Task Timed Out: 'Provided task does not exist anymore'", ""
        self.decisions += parse_qs(urlsplit(url).query)["action"]
        return 302, "{}", "https://console.example.com/states/home?region=eu-central-1"


class ScriptOnLoad(Product):
    """A script decides as soon as the page is drawn."""

    def get(self, url: str) -> tuple[int, str, str]:  # noqa: ARG002 - as the base class
        """A page that needs no press."""
        if self.decisions:
            return 200, "<h1>Approved</h1><p>Thank you, your decision was recorded.</p>", ""
        return 200, f"{ASKS}<a href='/help'>Help</a>{FORM}{SCRIPT}", ""


class DrawnByScript(ScriptOnLoad):
    """The same where the page is empty without scripts, so that a GET shows nothing of it."""

    def get(self, url: str) -> tuple[int, str, str]:  # noqa: ARG002 - as the base class
        """An empty page, and a script that decides and tells."""
        said = "Already approved." if self.decisions else "Approved."
        script = SCRIPT.replace("))</", f").then(() => document.body.innerText = '{said}'))</")
        return 200, f"<title>Approvals</title><body>{script}</body>", ""


class PlainButton(ScriptOnLoad):
    """One press decides, with nothing to type."""

    def get(self, url: str) -> tuple[int, str, str]:
        """A page with a button."""
        status, page, to = super().get(url)
        return status, page.replace(SCRIPT, ""), to


class LinkOnPage(PlainButton):
    """The page has no form but a link that decides."""

    def get(self, url: str) -> tuple[int, str, str]:
        """A page with a link, and what the link leads to."""
        if urlsplit(url).path == "/yes" and not self.decisions:
            self.decisions.append("approve")
        status, page, to = super().get(url)
        return status, page.replace(FORM, '<a href="/yes">Approve</a>'), to


class _Site(BaseHTTPRequestHandler):
    shop: Product

    def do_GET(self) -> None:
        if not self.path.endswith("favicon.ico"):
            self.shop.opened += 1
        self._answer(*self.shop.get(self.path))

    def do_HEAD(self) -> None:
        self._answer(200, "", "")

    do_OPTIONS = do_HEAD  # noqa: N815 - the base class calls this

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("content-length") or 0))
        self._answer(*self.shop.post())

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as the base class
        """Nothing is logged."""

    def _answer(self, status: int, body: str, location: str) -> None:
        content = body.encode()
        self.send_response(status)
        self.send_header("content-type", "text/html; charset=utf-8")
        self.send_header("content-length", str(len(content)))
        if location:
            self.send_header("location", location)
        self.end_headers()
        self.wfile.write(content)


@contextmanager
def online(product: Product) -> Iterator[str]:
    """The whole link of `product`, served."""

    class Site(_Site):
        shop = product

    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}{product.link}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
