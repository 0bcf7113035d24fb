"""The one door of all pages below `/approvals`: which path is whose, and how every answer ends."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import unquote

from countersign import observability
from countersign.approvals import handlers
from countersign.domain.errors import ContractBroken, NotAuthorised, Transient, UnknownVersion
from countersign.portal import inbox, job, session, signin
from countersign.portal import request as inbox_request
from countersign.portal.case import case_page
from countersign.runtime.deps import Deps
from countersign.runtime.step import production
from countersign.web import notices
from countersign.web.forms import HttpRefusal
from countersign.web.http import Request, Response
from countersign.web.notices import PORTAL_TRIED_OUT
from countersign.web.responses import allowed, notice

Page = Callable[[Deps, Request], Response]

PAGES: Mapping[str, Page] = {
    "/approvals": inbox.answer,
    "/approvals/sign-in": signin.ask,
    "/approvals/sign-in/{link}/{secret}": signin.link,
    "/approvals/sign-out": signin.leave,
    "/approvals/requests/{job}/{approval}": inbox_request.answer,
    "/approvals/cases/{job}": case_page,
    "/approvals/jobs/{job}": job.answer,
}
"""Every path of somebody signed in, or signing in. Any other one is an approval link."""

METHODS = ("GET", "HEAD", "OPTIONS", "POST")


def answer(deps: Deps, path: str, request: Request) -> Response:
    """The answer to a request for `path`: GET, HEAD and OPTIONS only show, on every page."""
    found = _found(path)
    if found is None:
        return handlers.answer(deps, request)
    page, params = found
    try:
        return _routed(deps, page, replace(request, params=params))
    except HttpRefusal as turned:
        over = turned.notice is PORTAL_TRIED_OUT
        return replace(notice(turned.notice), cookies=(session.ended(deps),) if over else ())
    except (NotAuthorised, UnknownVersion):
        observability.count("ApprovalsDamaged")
        return notice(notices.DAMAGED)
    except Transient:
        return notice(notices.BUSY)


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Lambda's entrance: a defect of ours gives a page too, and its trace goes to the log."""
    with observability.invocation("Approvals"):
        try:
            path = str(event.get("rawPath", ""))
            return answer(production(), path, Request.of(event)).as_event()
        except ContractBroken:
            return notice(notices.MALFORMED).as_event()
        except Exception:  # noqa: BLE001 - the outermost edge; `defect` logs the trace
            observability.defect("Approvals")
            return notice(notices.DEFECT).as_event()


def _routed(deps: Deps, page: Page, request: Request) -> Response:
    if request.method == "OPTIONS":
        return allowed(204)
    if request.method not in METHODS:
        raise HttpRefusal(notices.NO_METHOD)
    if request.method == "HEAD":
        return page(deps, replace(request, method="GET")).without_body()
    return page(deps, request)


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
