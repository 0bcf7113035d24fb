"""The answers of the approval door: pages with headers under which nothing else can happen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from countersign import observability
from countersign.domain.errors import DefinitionBroken, NotAuthorised, Transient, UnknownVersion
from countersign.web import notices
from countersign.web.forms import HttpRefusal
from countersign.web.http import Request, Response
from countersign.web.notices import Notice
from countersign.web.paths import INBOX, Way
from countersign.web.rendering import render, style_source

METHODS = ("GET", "HEAD", "OPTIONS", "POST")
RETRY_SECONDS = "60"


def page(
    status: int,
    template: str,
    *,
    cookie: str = "",
    extra: Mapping[str, str] | None = None,
    **view: object,
) -> Response:
    """A page of this door."""
    return Response(
        status,
        render(template, **view),
        {"content-type": "text/html; charset=utf-8", **_guards(), **(extra or {})},
        (cookie,) if cookie else (),
    )


def attachment(name: str, content: bytes) -> Response:
    """A stranger's bytes, to be kept and not shown: whatever they are, no browser opens them here.
    `name` has letters, digits, `-` and `.` only."""
    return Response(
        200,
        headers={
            **_guards(),
            "content-type": "application/octet-stream",
            "content-disposition": f'attachment; filename="{name}"',
            "content-security-policy": "sandbox; default-src 'none'",
        },
        file=content,
    )


def notice(
    what: Notice,
    status: int = 0,
    *,
    home: Way | None = INBOX,
    extra: Mapping[str, str] | None = None,
) -> Response:
    """A page of few words, under its own status or `status`. `home` leads on from it."""
    extra = {"retry-after": RETRY_SECONDS} if what is notices.BUSY else extra
    return page(status or what.status, "notice.html.j2", extra=extra, notice=what, home=home)


def framed(
    page_of: Callable[[Request], Response], request: Request, home: Way | None = INBOX
) -> Response:
    """A page's answer: GET, HEAD and OPTIONS only show. What cannot be answered has its notice,
    from which `home` leads on."""
    try:
        return _routed(page_of, request)
    except HttpRefusal as turned:
        return replace(notice(turned.notice, home=home), cookies=turned.cookies)
    except (NotAuthorised, UnknownVersion):
        observability.count("ApprovalsDamaged")
        return notice(notices.DAMAGED)
    except DefinitionBroken as broken:
        observability.logger().error(str(broken))
        observability.count("DefinitionsBroken")
        return notice(notices.BROKEN)
    except Transient:
        return notice(notices.BUSY)


def _routed(page_of: Callable[[Request], Response], request: Request) -> Response:
    match request.method:
        case "GET" | "POST":
            return page_of(request)
        case "HEAD":
            return page_of(replace(request, method="GET")).without_body()
        case "OPTIONS":
            return Response(204, headers={"allow": ", ".join(METHODS), **_guards()})
        case _:
            raise HttpRefusal(notices.NO_METHOD)


def see(path: str, *cookies: str) -> Response:
    """Look there, with GET."""
    return Response(303, headers={"location": path, **_guards()}, cookies=cookies)


def _guards() -> dict[str, str]:
    policy = (
        f"default-src 'none'; style-src {style_source()}; form-action 'self'; "
        "frame-ancestors 'none'; base-uri 'none'"
    )
    return {
        "content-security-policy": policy,
        "referrer-policy": "no-referrer",
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
        "x-robots-tag": "noindex, nofollow",
        "x-frame-options": "DENY",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
    }
