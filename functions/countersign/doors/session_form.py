"""What a browser sends to the pages of somebody signed in: each field once, from our pages only."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import parse_qsl

from countersign.domain import links
from countersign.doors.approval_form import MAX_BYTES, MEDIA_TYPE, TurnedAway, trust_origin
from countersign.doors.http import Request
from countersign.pages import session_notices as notices
from countersign.pages.form import Fault
from countersign.runtime import Deps

MAX_FIELDS = 300
"""A hundred requests with two fields each, and the rest of the form."""

Fields = Mapping[str, str]

_PLAIN = re.compile(r"[\x21-\x7e]*")


def fields(deps: Deps, request: Request) -> Fields:
    """The form. Raises TurnedAway: another site's, too large, not a form, or a field twice."""
    trust_origin(request, deps.settings.public_base_url)
    if len(request.body) > MAX_BYTES:
        raise TurnedAway(notices.TOO_LARGE)
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media != MEDIA_TYPE:
        raise TurnedAway(notices.NOT_A_FORM)
    return _parsed(request.body)


def text(given: Fields, name: str) -> str:
    """A field as a person typed it, with line breaks as `\n`. Raises TurnedAway when missing."""
    if name not in given:
        raise TurnedAway(notices.MALFORMED)
    return given[name].replace("\r\n", "\n").strip()


def code_faults(typed: str, code: str) -> tuple[Fault, ...]:
    """What is wrong with the typed code. Nothing is counted: whoever can read the session's page
    can read its code, and whoever cannot has no session to guess for."""
    if links.same_code(typed, code):
        return ()
    words = "That is not the code that this page shows." if typed else "Type the code of this page."
    return (Fault("code", words),)


def _parsed(body: bytes) -> Fields:
    try:
        plain = body.decode("ascii")
        if not _PLAIN.fullmatch(plain):
            raise TurnedAway(notices.MALFORMED)
        pairs = parse_qsl(
            plain,
            keep_blank_values=True,
            strict_parsing=bool(plain),
            errors="strict",
            max_num_fields=MAX_FIELDS,
        )
    except ValueError:
        raise TurnedAway(notices.MALFORMED) from None
    found = dict(pairs)
    if len(found) != len(pairs):
        raise TurnedAway(notices.MALFORMED)
    return found
