"""The short code that a page shows and a person types: what a scanner does not do."""

from __future__ import annotations

from countersign.deps import Deps
from countersign.domain import links
from countersign.domain.change import Link
from countersign.domain.errors import StoreConflict
from countersign.doors import session_tries
from countersign.doors.approval_cookie import Opened, opened
from countersign.doors.approval_form import TurnedAway
from countersign.doors.approval_visit import TRIES
from countersign.doors.http import Request
from countersign.doors.new_link import owe_new_link
from countersign.pages import notices
from countersign.pages.form import Fault


def opened_here(deps: Deps, request: Request, link: Link) -> Opened:
    """The page from which the form was sent. Raises TurnedAway when this browser has none open."""
    held = opened(deps, request, link.link_id, deps.clock.now())
    if held is None:
        raise TurnedAway(notices.OPEN_AGAIN)
    return held


def code_faults(deps: Deps, link: Link, held: Opened, typed: str) -> tuple[Fault, ...]:
    """What is wrong with the typed code. No code at all is not a guess: a button clicker must not
    use up a person's tries. Raises TurnedAway at the last try."""
    if not link.secret_hash:
        # A page of somebody signed in: there is no link to close.
        return session_tries.code_faults(deps, link.link_id, typed, held.code)
    if links.same_code(typed, held.code):
        return ()
    if not typed:
        return (Fault("code", "Type the code that this page shows."),)
    left = TRIES - _counted(deps, link)
    if left <= 0:
        # Only the try that closed it: guesses at the same time bring no second mail.
        mailed = not left and owe_new_link(deps, link)
        raise TurnedAway(notices.NEW_LINK if mailed else notices.TRIED_OUT)
    tries = "1 try is" if left == 1 else f"{left} tries are"
    return (Fault("code", f"That is not the code; {tries} left."),)


def _counted(deps: Deps, link: Link) -> int:
    """Count a wrong code; how many there were. Guesses at the same time are counted one by one."""
    for _ in range(TRIES):
        try:
            deps.store.count_try(link)
        except StoreConflict:
            link = deps.store.link(link.link_id)
        else:
            return link.tries + 1
    return link.tries
