"""The page's cookie: proof that this browser opened this link, and since when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from countersign.domain.approvals import links
from countersign.domain.canonical import digest
from countersign.runtime.deps import Deps
from countersign.web.http import Request, set_cookie
from countersign.web.paths import HOME

_KEEP_FOR = links.NONCE_FOR / 2


@dataclass(frozen=True)
class Opened:
    """An open page. `set_cookie` is empty when the browser has the cookie already."""

    at: datetime
    code: str
    set_cookie: str = ""


def cookie_name(base_url: str, link_id: str) -> str:
    """One name per link: two open requests do not undo each other. `__Host-` needs https."""
    prefix = "__Host-cs" if _secure(base_url) else "cs"
    return f"{prefix}-{digest(link_id.encode())[:8]}"


def opened(deps: Deps, request: Request, link_id: str, now: datetime) -> Opened | None:
    """The page that this browser has open; None for no cookie, a foreign one or an old one."""
    key = deps.secrets.get(deps.settings.page_key_secret)
    value = request.cookies.get(cookie_name(deps.settings.public_base_url, link_id), "")
    at = links.opened_at(key, link_id, value, now)
    return None if at is None else Opened(at, links.code(key, value))


def opened_now(deps: Deps, request: Request, link_id: str, now: datetime, path: str = "") -> Opened:
    """The page, opened: a browser that has it open keeps its code, so that a second tab does not
    make the first one's code wrong. `path` is where its cookie goes, when not to the link's own."""
    held = opened(deps, request, link_id, now)
    if held is not None and now - held.at < _KEEP_FOR:
        return held
    base = deps.settings.public_base_url
    key = deps.secrets.get(deps.settings.page_key_secret)
    value = links.nonce(key, link_id, now, deps.ids.salt())
    cookie = set_cookie(
        cookie_name(base, link_id),
        value,
        path="/" if _secure(base) else path or _path(link_id),
        secure=_secure(base),
        seconds=links.NONCE_FOR // timedelta(seconds=1),
    )
    return Opened(now, links.code(key, value), cookie)


def _path(link_id: str) -> str:
    """Where a link's pages are; those of somebody signed in have an id with a space in it."""
    return HOME if " " in link_id else f"{HOME}/{link_id}"


def _secure(base_url: str) -> bool:
    return urlsplit(base_url).scheme == "https"
