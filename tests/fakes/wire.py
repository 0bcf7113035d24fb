"""The way to an outside system, which counts."""

from __future__ import annotations

import httpx


class CountedWire(httpx.HTTPTransport):
    """`requests` are what went over it, in order."""

    def __init__(self) -> None:
        super().__init__()
        self.requests: list[str] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """As httpx's own."""
        self.requests.append(f"{request.method} {request.url.path}")
        return super().handle_request(request)
