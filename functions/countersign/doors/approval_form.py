"""What a browser sends to the approval page: from our page only, in our form only, once each."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

from countersign.domain.approvals import Approval, Choice, still_open
from countersign.domain.causes import Cause
from countersign.doors.http import Request
from countersign.pages import notices
from countersign.pages.form import REASON_LIMIT, CodeStep, Fault
from countersign.pages.notices import Notice

MAX_BYTES = 64 * 1024
MAX_FIELDS = 200
MEDIA_TYPE = "application/x-www-form-urlencoded"

_PREFIX = "choice-"
_SINGLE = frozenset({"shown", "cause", "reason", "code"})
_OPTIONAL = frozenset({"mailed", "again"})
_PLAIN = re.compile(r"[\x21-\x7e]*")


class TurnedAway(Exception):  # noqa: N818 - an answer, not a failure
    """The request ends here, with a page of few words."""

    def __init__(self, notice: Notice) -> None:
        super().__init__(notice.title)
        self.notice = notice


@dataclass(frozen=True)
class Typed:
    """The mailed code as it came with a decision. `again`: another code is wanted."""

    code: str = ""
    again: bool = False


@dataclass(frozen=True)
class Filled:
    """The form as it was filled in. `choices` by digest, as text that nobody has checked."""

    shown: str
    choices: Mapping[str, str]
    cause: str
    reason: str
    code: str
    typed: Typed | None = None
    faults: tuple[Fault, ...] = ()
    mailed: CodeStep | None = None


def trust_origin(request: Request, base_url: str) -> None:
    """Raises TurnedAway for a form that another site sent.

    Under `Referrer-Policy: no-referrer` browsers send `Origin: null` from our own page too (Fetch,
    "append a request Origin header"); then `Sec-Fetch-Site` and the SameSite cookie tell.
    """
    origin = request.headers.get("origin", "null").lower()
    own = urlsplit(base_url)
    site = request.headers.get("sec-fetch-site", "same-origin").lower()
    # "none": the person did it (a restored tab), no other page did.
    if origin not in {"null", f"{own.scheme}://{own.netloc}".lower()}:
        raise TurnedAway(notices.ELSEWHERE)
    if site not in {"same-origin", "none"}:
        raise TurnedAway(notices.ELSEWHERE)


def read(request: Request) -> Filled:
    """The decision in the body. Raises TurnedAway: too large, not a form, or not our form."""
    fields = fields_of(request)
    choices = {k.removeprefix(_PREFIX): v for k, v in fields.items() if k.startswith(_PREFIX)}
    if {k for k in fields if not k.startswith(_PREFIX)} - _OPTIONAL != _SINGLE:
        raise TurnedAway(notices.MALFORMED)
    reason = fields["reason"].replace("\r\n", "\n").strip()
    typed = Typed(fields.get("mailed", "").strip(), "again" in fields)
    code = fields["code"].strip()
    return Filled(fields["shown"], choices, fields["cause"], reason, code, typed)


def fields_of(request: Request, most: int = MAX_BYTES) -> dict[str, str]:
    """The fields of any form of ours. Raises TurnedAway: larger than `most` bytes, not a form, or
    a field twice."""
    if len(request.body) > most:
        raise TurnedAway(notices.TOO_LARGE)
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media != MEDIA_TYPE:
        raise TurnedAway(notices.NOT_A_FORM)
    return _fields(request.body)


def shown(approval: Approval) -> str:
    """The digests in the form's hidden field: what the page showed, in its order."""
    return " ".join(approval.digests)


def about(filled: Filled, approval: Approval) -> None:
    """Raises TurnedAway when the form is not about exactly the approval's actions."""
    same = filled.shown == shown(approval) and set(filled.choices) <= set(approval.digests)
    known = set(filled.choices.values()) <= set(Choice) and filled.cause in {"", *Cause}
    if not same or not known:
        raise TurnedAway(notices.OTHER_ACTIONS)


def faults(filled: Filled, approval: Approval) -> tuple[Fault, ...]:
    """What is missing or too long, the code apart."""
    needed = still_open(approval)
    found = [
        Fault(f"{_PREFIX}{number}", f"Choose approve or reject for action {number}.")
        for number, digest in enumerate(approval.digests, 1)
        if digest not in filled.choices and digest in needed
    ]
    if Choice.REJECT in filled.choices.values():
        found += _unexplained(filled)
    if len(filled.reason) > REASON_LIMIT:
        found.append(Fault("reason", f"The reason is longer than {REASON_LIMIT} characters."))
    return tuple(found)


def cause_of(filled: Filled) -> Cause | None:
    """Why something is rejected; nothing when nothing is."""
    rejects = Choice.REJECT in filled.choices.values()
    return Cause(filled.cause) if rejects and filled.cause else None


def _unexplained(filled: Filled) -> list[Fault]:
    if not filled.cause:
        return [Fault("cause", "A rejection needs a reason: choose one from the list.")]
    if filled.cause == Cause.OTHER and not filled.reason:
        return [Fault("reason", "You chose “other”: write one or two sentences.")]
    return []


def _fields(body: bytes) -> dict[str, str]:
    try:
        text = body.decode("ascii")
        if not _PLAIN.fullmatch(text):
            raise TurnedAway(notices.MALFORMED)
        pairs = parse_qsl(
            text,
            keep_blank_values=True,
            strict_parsing=bool(text),
            errors="strict",
            max_num_fields=MAX_FIELDS,
        )
    except ValueError:
        raise TurnedAway(notices.MALFORMED) from None
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise TurnedAway(notices.MALFORMED)
    return fields
