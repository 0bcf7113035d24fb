"""The public doors on the front's address: requests go to the HTTP API byte for byte and back.

Only the pages among the answers get a mark in their heading, that this is the demo.
"""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import unquote

import httpx
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from infra.local.cloud.throttling import REFUSED, RouteThrottles

# RFC 9110 7.6.1, and what the next hop's own connection decides.
_HOP = frozenset(
    {
        *("connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "te"),
        *("trailer", "transfer-encoding", "upgrade", "host", "content-length", "date", "server"),
    }
)
_METHODS = ["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"]
HEADING = b'<header class="brand"><strong>Countersign</strong>'
"""How every page of the product begins; the mark stands after it."""
PATHS = (
    *("/webhooks", "/webhooks/{rest:path}", "/approvals", "/approvals/{rest:path}"),
    *("/status/{rest:path}", "/propose/{rest:path}", "/proposals/{rest:path}"),
    *("/mcp", "/unsubscribe/{rest:path}"),
)


def routes(
    api_url: str, client: httpx.AsyncClient, mark: str, throttles: RouteThrottles | None = None
) -> list[Route]:
    """Everything below these paths, answered by the API at `api_url`, within the limits of its
    routes.

    The pages among its answers say `mark`.
    """
    limits = throttles or RouteThrottles({})

    async def forward(request: Request) -> Response:
        raw = request.scope["raw_path"].decode("ascii").partition("?")[0]
        if _climbs(raw):
            raise HTTPException(404)
        if not limits.takes(request.method, raw):
            status, said = REFUSED
            return Response(said, status, media_type="application/json")
        query = request.scope["query_string"].decode("ascii")
        answer = await client.request(
            request.method,
            api_url + raw + (f"?{query}" if query else ""),
            headers=_kept(request.headers.raw),
            content=await request.body(),
        )
        marked = HEADING + f" <span>· {mark}</span>".encode()
        is_page = raw.startswith(("/approvals", "/unsubscribe"))
        content = answer.content.replace(HEADING, marked, 1) if is_page else answer.content
        return _answered(answer, content)

    return [Route(path, forward, methods=_METHODS) for path in PATHS]


def _climbs(path: str) -> bool:
    """Whether the path would leave its prefix at the next hop."""
    return any(unquote(part) in (".", "..") for part in path.split("/"))


def _kept(headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    return [(n, v) for n, v in headers if n.lower().decode("latin-1") not in _HOP]


def _answered(answer: httpx.Response, content: bytes) -> Response:
    """Several headers of one name (cookies) stay several; the content is decoded already."""
    response = Response(content, answer.status_code)
    kept = [
        (n.lower(), v) for n, v in _kept(answer.headers.raw) if n.lower() != b"content-encoding"
    ]
    length = (b"content-length", str(len(content)).encode())
    response.raw_headers = [*kept, length]
    return response
