"""Who is signed in: a sealed cookie, and a look into the directory on every request."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from countersign.domain.approvals import links
from countersign.domain.approvals.codes import Code
from countersign.domain.approvals.directory import Member
from countersign.domain.approvals.session import SESSION_FOR, Session, sealed, unsealed
from countersign.domain.errors import StoreConflict
from countersign.runtime.deps import Deps
from countersign.web import codes, notices
from countersign.web.forms import Fault, Fields, HttpRefusal
from countersign.web.http import Request, Response, set_cookie
from countersign.web.page_cookie import Opened, opened, opened_now
from countersign.web.paths import HOME, sign_in_path
from countersign.web.responses import see

_OPENED = "opened"


@dataclass(frozen=True)
class SignedIn:
    """A member of the directory with a session of their own."""

    session: Session
    member: Member
    now: datetime

    @property
    def zone(self) -> str:
        """Their time zone."""
        return self.member.hours.zone

    def page(self, place: str) -> str:
        """The id of one page in this session: a nonce for another session's page is worth
        nothing here. A link's id has no space in it."""
        return f"session {self.session.id} {place}"


def signed_in(deps: Deps, request: Request) -> SignedIn | None:
    """Who this browser is signed in as. Whoever left the directory is out at once; a session that
    somebody signed out of is worth nothing, whoever kept its cookie."""
    value = request.cookies.get(_name(deps), "")
    now = deps.clock.now()
    session = unsealed(_key(deps), value, now) if value else None
    if session is None or has_ended(deps, session.id):
        return None
    member = deps.people.directory().acting(session.person_id, now)
    return SignedIn(session, member, now) if member else None


def for_member(
    deps: Deps, request: Request, page_of: Callable[[Deps, Request, SignedIn], Response]
) -> Response:
    """A page for whoever is signed in. Others are led to sign in; a form that they send is refused
    with HttpRefusal."""
    who = signed_in(deps, request)
    if who is not None:
        return page_of(deps, request, who)
    if request.method == "POST":
        raise HttpRefusal(notices.SIGN_IN)
    return see(sign_in_path(request.path))


def begun(deps: Deps, person_id: str, session_id: str) -> str:
    """The cookie of a new session: whatever the browser had before is not used."""
    value = sealed(_key(deps), person_id, deps.clock.now(), session_id)
    return _cookie(deps, value, SESSION_FOR)


def ended(deps: Deps) -> str:
    """The cookie that ends a session."""
    return _cookie(deps, "-", timedelta(0))


def end(deps: Deps, session_id: str) -> None:
    """Close the session for whoever holds its cookie; the mark outlives the cookie."""
    mark = Code(key=_ended(session_id), expires_at=deps.clock.now() + SESSION_FOR)
    try:
        deps.codes.change(None, mark)
    except StoreConflict:
        return  # it is closed already


def has_ended(deps: Deps, session_id: str) -> bool:
    """Whether somebody signed out of it."""
    return deps.codes.held(_ended(session_id)) is not None


def _ended(session_id: str) -> str:
    return f"ended {session_id}"


def shown(deps: Deps, request: Request, here: SignedIn, place: str) -> Opened:
    """The page at `place`, shown now, with the code that signs what is sent from it."""
    return opened_now(deps, request, here.page(place), here.now)


def stamp(deps: Deps, here: SignedIn, place: str) -> str:
    """When this very copy of the page was shown, sealed, for a hidden field."""
    return links.nonce(_key(deps), f"shown {here.page(place)}", here.now, deps.ids.salt())


def submitted(
    deps: Deps, request: Request, here: SignedIn, place: str, fields: Fields
) -> tuple[Opened, tuple[Fault, ...]]:
    """The page that `fields` came from, and what is wrong with its code. Raises HttpRefusal as
    `came_from`, and after too many wrong codes."""
    held = came_from(deps, request, here, place, fields)
    typed = fields.get("code", "")
    return held, codes.of_session(deps, here.page(place), typed, held.code)


def came_from(deps: Deps, request: Request, here: SignedIn, place: str, fields: Fields) -> Opened:
    """The page that `fields` were sent from, opened when they say. Raises HttpRefusal when this
    session did not open it."""
    held = opened(deps, request, here.page(place), here.now)
    given = fields.get(_OPENED, "")
    at = links.opened_at(_key(deps), f"shown {here.page(place)}", given, here.now)
    if held is None or at is None:
        raise HttpRefusal(notices.PORTAL_OPEN_AGAIN)
    return Opened(at, held.code)


def _key(deps: Deps) -> str:
    return deps.secrets.get(deps.settings.page_key_secret)


def _secure(deps: Deps) -> bool:
    return urlsplit(deps.settings.public_base_url).scheme == "https"


def _name(deps: Deps) -> str:
    return "__Host-cs-session" if _secure(deps) else "cs-session"


def _cookie(deps: Deps, value: str, keep: timedelta) -> str:
    return set_cookie(
        _name(deps),
        value,
        path="/" if _secure(deps) else HOME,
        secure=_secure(deps),
        seconds=keep // timedelta(seconds=1),
    )
