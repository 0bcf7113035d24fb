"""Pages of others on the front's address say too that this is the demo, and that no model reads."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from inspect import iscoroutinefunction

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

Endpoint = Callable[[Request], Awaitable[Response]]

PATHS = frozenset({"/crm", "/payments", "/push", "/approvals", "/approvals/{rest:path}"})
"""Where pages for people are; every other route answers programs, and is left alone."""
_PLACES = ('<header class="brand"><strong>Countersign</strong>', "</h1>")
"""After which the mark stands: on the approval pages, and on those of the demo systems."""


def with_marks(routes: Sequence[BaseRoute], *, offline: bool) -> list[BaseRoute]:
    """The same routes; HTML from `PATHS` is marked."""
    return [
        Route(one.path, _marking(one, offline=offline), methods=list(one.methods or ()))
        if isinstance(one, Route) and one.path in PATHS
        else one
        for one in routes
    ]


def marked(page: bytes, *, offline: bool) -> bytes:
    """`page` with the mark; as it is where it has no place for one."""
    words = "demo, offline model: plain heuristics read the messages" if offline else "demo"
    place = next((one.encode() for one in _PLACES if one.encode() in page), b"")
    mark = f" <span>· {words}</span>".encode()
    return page.replace(place, place + mark, 1) if place else page


def _marking(route: Route, *, offline: bool) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        if iscoroutinefunction(route.endpoint):
            answer: Response = await route.endpoint(request)
        else:
            answer = await run_in_threadpool(route.endpoint, request)
        if not answer.headers.get("content-type", "").startswith("text/html") or not answer.body:
            return answer
        answer.body = marked(bytes(answer.body), offline=offline)
        answer.headers["content-length"] = str(len(answer.body))
        return answer

    return endpoint
