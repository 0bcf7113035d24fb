"""The one door of all pages below `/approvals`: which path is whose, and how every answer ends."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import unquote

from countersign import observability
from countersign.approvals import handlers
from countersign.domain.errors import ContractBroken
from countersign.portal import (
    costs,
    document,
    inbox,
    job,
    jobs,
    month,
    original,
    session,
    signin,
    widget,
)
from countersign.portal import request as inbox_request
from countersign.portal.case import case_page
from countersign.runtime.deps import Deps
from countersign.runtime.step import production
from countersign.web import notices, paths
from countersign.web.forms import HttpRefusal
from countersign.web.http import Request, Response
from countersign.web.responses import framed, notice

Page = Callable[[Deps, Request], Response]

PAGES: Mapping[str, Page] = {
    paths.HOME: inbox.answer,
    paths.SIGN_IN: signin.ask,
    paths.SIGN_IN_LINK: signin.link,
    paths.SIGN_OUT: signin.leave,
    paths.REQUEST: inbox_request.answer,
    paths.CASE: case_page,
    paths.ORIGINAL: original.answer,
    paths.JOBS: jobs.answer,
    paths.COMPARE: jobs.compare,
    paths.COSTS: costs.answer,
    paths.JOB: job.answer,
    paths.MONTH: month.answer,
    paths.DOCUMENT: document.answer,
}
"""Every path of somebody signed in, or signing in. Any other one is an approval link."""


def answer(deps: Deps, path: str, request: Request) -> Response:
    """The answer to a request for `path`: GET, HEAD and OPTIONS only show, on every page."""
    found = _found(path)
    if found is None:
        return handlers.answer(deps, request)
    page, params = found
    return framed(
        lambda request: _shown(deps, page, request), replace(request, params=params, path=path)
    )


def _shown(deps: Deps, page: Page, request: Request) -> Response:
    """The page; a session that had its last wrong code ends with its cookie."""
    try:
        return page(deps, request)
    except HttpRefusal as turned:
        if turned.notice is notices.PORTAL_TRIED_OUT:
            raise HttpRefusal(turned.notice, session.ended(deps)) from None
        raise


def handler(event: dict[str, Any], _context: object) -> Any:
    """Lambda's entrance: a defect of ours gives a page too, and its trace goes to the log. A
    dashboard that asks for its widget is no browser."""
    with observability.invocation("Approvals"):
        if widget.ASKS in event:
            return widget.answer(production(), event)
        try:
            path = str(event.get("rawPath", ""))
            return answer(production(), path, Request.of(event)).as_event()
        except ContractBroken:
            return notice(notices.MALFORMED).as_event()
        except Exception:  # noqa: BLE001 - the outermost edge; `defect` logs the trace
            observability.defect("Approvals")
            return notice(notices.DEFECT).as_event()


def _found(path: str) -> tuple[Page, dict[str, str]] | None:
    """The page, and what its placeholders matched: by our own table, because a gateway may prefer
    `/approvals/{link}/{secret}` for any path of three parts."""
    parts = path.rstrip("/").split("/")
    for pattern, page in PAGES.items():
        params = _matched(pattern.split("/"), parts)
        if params is not None:
            return page, params
    return None


def _matched(pattern: list[str], parts: list[str]) -> dict[str, str] | None:
    if len(pattern) != len(parts):
        return None
    params = {}
    for wanted, given in zip(pattern, parts, strict=True):
        name = re.fullmatch(r"{(\w+)}", wanted)
        if name:
            params[name[1]] = unquote(given)
        elif wanted != given:
            return None
    return params
