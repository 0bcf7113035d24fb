"""What the front says when a page cannot be shown: a sentence on what to do next."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

import httpx
from botocore.exceptions import BotoCoreError, ClientError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from countersign.domain.errors import NotFound, Transient
from infra.cli.submit import SubmitError
from infra.local.front.templates import SAFE_HEADERS, Templates

_LOG = logging.getLogger(__name__)
_WORDS = {
    403: ("This was not accepted", "It came from another site. Open this page and try again."),
    404: (
        "There is nothing here",
        "The address may be cut off, or it belongs to an earlier run: each run begins empty.",
    ),
    405: ("This page cannot do that", "Open it by its link, or use the button that leads to it."),
    500: (
        "Something went wrong in the local front",
        "Try again; .local/run.log has the details.",
    ),
    502: (
        "A door did not take this",
        "Look at the console, then try again; .local/run.log has the details.",
    ),
    503: (
        "The local cloud does not answer",
        "Stop this run with Ctrl-C and start it again with `make run`.",
    ),
}

Handler = Callable[[Request, Any], Response]


def handlers(templates: Templates) -> Mapping[Any, Handler]:
    """Starlette's exception handlers."""

    def shown(status: int) -> Handler:
        def handler(request: Request, error: Exception) -> Response:
            if status >= 500:  # noqa: PLR2004 - HTTP's own border between their fault and ours
                _LOG.error("%s %s", request.method, request.url.path, exc_info=error)
            detail = str(error) if isinstance(error, SubmitError) else ""
            return _answer(templates, request, status, detail)

        return handler

    def http(request: Request, error: HTTPException) -> Response:
        return _answer(templates, request, error.status_code, "")

    return {
        HTTPException: http,
        NotFound: shown(404),
        SubmitError: shown(502),
        httpx.HTTPError: shown(503),
        Transient: shown(503),
        BotoCoreError: shown(503),
        ClientError: shown(503),
        Exception: shown(500),
    }


def _answer(templates: Templates, request: Request, status: int, detail: str) -> Response:
    title, words = _WORDS.get(status, _WORDS[500])
    if request.url.path.endswith(".json"):
        return JSONResponse({"message": f"{title}. {words}"}, status)
    page = templates.render("error.html.j2", title=title, words=words, detail=detail)
    return HTMLResponse(page, status, headers=SAFE_HEADERS)
