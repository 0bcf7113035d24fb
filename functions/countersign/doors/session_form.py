"""What a browser sends to the pages of somebody signed in: each field once, from our pages only."""

from __future__ import annotations

from collections.abc import Mapping

from countersign.deps import Deps
from countersign.domain import links
from countersign.doors.approval_form import TurnedAway, fields_of, trust_origin
from countersign.doors.http import Request
from countersign.pages import notices as of_links
from countersign.pages import session_notices as notices
from countersign.pages.form import Fault

Fields = Mapping[str, str]

_OWN_WORDS = {
    of_links.ELSEWHERE: notices.ELSEWHERE,
    of_links.MALFORMED: notices.MALFORMED,
    of_links.NOT_A_FORM: notices.NOT_A_FORM,
    of_links.TOO_LARGE: notices.TOO_LARGE,
}


def fields(deps: Deps, request: Request) -> Fields:
    """The form. Raises TurnedAway: another site's, too large, not a form, or a field twice."""
    try:
        trust_origin(request, deps.settings.public_base_url)
        return fields_of(request)
    except TurnedAway as turned:
        raise TurnedAway(_OWN_WORDS.get(turned.notice, turned.notice)) from None


def text(given: Fields, name: str) -> str:
    """A field as a person typed it, with line breaks as `\n`. Raises TurnedAway when missing."""
    if name not in given:
        raise TurnedAway(notices.MALFORMED)
    return given[name].replace("\r\n", "\n").strip()


def code_faults(typed: str, code: str) -> tuple[Fault, ...]:
    """What is wrong with the typed code; nothing is counted here."""
    if links.same_code(typed, code):
        return ()
    words = "That is not the code that this page shows." if typed else "Type the code of this page."
    return (Fault("code", words),)
