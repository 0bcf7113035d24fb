"""All pages below /approvals behind a real HTTP server on loopback, over a world of fakes."""

from __future__ import annotations

import base64
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from countersign.entrypoints.pages import answer
from countersign.web.http import Request
from tests.fakes.world import World


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


def _event(door: BaseHTTPRequestHandler, body: bytes) -> dict[str, Any]:
    """The request in the HTTP API's shape, the cookie left in its header."""
    url = urlsplit(door.path)
    parts = (*url.path.split("/")[2:], "", "")
    return {
        "requestContext": {"http": {"method": door.command}},
        "rawPath": url.path,
        "queryStringParameters": dict(parse_qsl(url.query)),
        "pathParameters": {"link": parts[0], "secret": parts[1]},
        "headers": dict(door.headers.items()),
        "body": base64.b64encode(body).decode(),
        "isBase64Encoded": True,
    }
