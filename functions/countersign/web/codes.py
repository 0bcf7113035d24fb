"""The code that a page shows and a person types: what is wrong with it, and when it is the last."""

from __future__ import annotations

from collections.abc import Callable

from countersign.domain.approvals import links
from countersign.domain.approvals.codes import TRIES, Code, count_wrong
from countersign.domain.approvals.session import SESSION_FOR
from countersign.runtime.deps import Deps
from countersign.web import notices
from countersign.web.forms import Fault, HttpRefusal
from countersign.web.notices import Notice
from countersign.web.wording import tries_left

_NO_CODE = (
    f"The code that this page shows has {links.CODE_LENGTH} letters and digits. This did not count"
    " as a try."
)


def faults(
    typed: str, shown: str, count: Callable[[], int], closed: Callable[[int], Notice]
) -> tuple[Fault, ...]:
    """What is wrong with the typed code. What is no code at all is not a guess: a scanner that
    presses buttons and fills in words must not use up a person's tries.

    `count` counts a wrong one and says how many there were. At the last one, and at those after
    it, raises HttpRefusal with what `closed` says of the tries that are left: none, or fewer.
    """
    if links.same_code(typed, shown):
        return ()
    if not typed:
        return (Fault("code", "Type the code that this page shows."),)
    if not links.well_formed(typed):
        return (Fault("code", _NO_CODE),)
    left = TRIES - count()
    if left <= 0:
        raise HttpRefusal(closed(left))
    return (Fault("code", f"That is not the code that this page shows; {tries_left(left)}."),)


def of_session(deps: Deps, page: str, typed: str, shown: str) -> tuple[Fault, ...]:
    """The same on a page of somebody signed in, `page` being its id: wrong codes count for the
    whole session. Raises HttpRefusal at its last one, and for every code after that."""
    key = f"session {page.split()[1]}"
    if _stored(deps, key).tries >= TRIES:
        raise HttpRefusal(notices.PORTAL_TRIED_OUT)
    return faults(typed, shown, lambda: _counted(deps, key), lambda _: notices.PORTAL_TRIED_OUT)


def _counted(deps: Deps, key: str) -> int:
    def count(held: Code) -> None:
        after = held.model_copy(update={"tries": held.tries + 1})
        deps.codes.change(held if held.tries else None, after)

    return count_wrong(_stored(deps, key), count, lambda: _stored(deps, key))


def _stored(deps: Deps, key: str) -> Code:
    """The session's counter; without a wrong code there is none yet."""
    return deps.codes.held(key) or Code(key=key, expires_at=deps.clock.now() + SESSION_FOR)
