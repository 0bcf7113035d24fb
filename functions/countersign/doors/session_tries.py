"""What is stored of sessions: wrong codes, after the last of which one takes no form any more; and
that somebody signed out, after which one is worth nothing."""

from __future__ import annotations

from countersign.deps import Deps
from countersign.domain.codes import TRIES, Code
from countersign.domain.errors import StoreConflict
from countersign.domain.session import SESSION_FOR
from countersign.doors import session_form
from countersign.doors.approval_form import TurnedAway
from countersign.pages import session_notices as notices
from countersign.pages.form import Fault


def code_faults(deps: Deps, page: str, typed: str, code: str) -> tuple[Fault, ...]:
    """What is wrong with the code that was typed on a page, `page` being its id in the session. No
    code at all is no guess. Raises TurnedAway at the session's last wrong code and after it."""
    key = f"session {page.split()[1]}"
    held = deps.codes.held(key)
    if held is not None and held.tries >= TRIES:
        raise TurnedAway(notices.TRIED_OUT)
    faults = session_form.code_faults(typed, code)
    if not faults or not typed:
        return faults
    left = TRIES - _counted(deps, key, held)
    if left <= 0:
        raise TurnedAway(notices.TRIED_OUT)
    tries = "1 try is" if left == 1 else f"{left} tries are"
    return (Fault("code", f"That is not the code that this page shows; {tries} left."),)


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


def _counted(deps: Deps, key: str, held: Code | None) -> int:
    """Count a wrong code; how many there were. Those of the same moment are counted one by one."""
    for _ in range(TRIES):
        before = held or Code(key=key, expires_at=deps.clock.now() + SESSION_FOR)
        after = before.model_copy(update={"tries": before.tries + 1})
        try:
            deps.codes.change(held, after)
        except StoreConflict:
            held = deps.codes.held(key)
        else:
            return after.tries
    return TRIES
