"""What a demo system answers, and how it refuses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import Receive, Scope, Send


@dataclass(frozen=True)
class DemoAnswer:
    """Status, body and headers: text goes out as it is, None as nothing, the rest as JSON."""

    status: int
    body: Any = None
    headers: Mapping[str, str] | None = None

    def response(self) -> Response:
        """For the wire."""
        if self.body is None:
            return Response(status_code=self.status, headers=self.headers)
        kind = PlainTextResponse if isinstance(self.body, str) else JSONResponse
        return kind(self.body, self.status, self.headers)


class Refusal(Exception):  # noqa: N818 - an answer, not a failure
    """The request is refused: `answer` says so in the words of the system that is played."""

    def __init__(self, message: str, answer: DemoAnswer) -> None:
        super().__init__(message)
        self.answer = answer


class Cut(Response):
    """A response that stops in the middle, so that the server cuts the connection."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - ASGI's signature
        """Promise a body and send none of it."""
        headers = [(b"content-length", b"64")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
