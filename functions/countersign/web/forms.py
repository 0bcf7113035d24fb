"""What a browser sends from one of our pages: from our page only, in our form only, once each."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

from countersign.domain.approvals.approval import RejectionReason
from countersign.runtime.deps import Deps
from countersign.web import notices
from countersign.web.http import Request
from countersign.web.notices import Notice

REASON_LIMIT = 2_000
"""Characters of a reason."""
MAX_BYTES = 64 * 1024
MAX_FIELDS = 200
MEDIA_TYPE = "application/x-www-form-urlencoded"
_PLAIN = re.compile(r"[\x21-\x7e]*")
Fields = Mapping[str, str]


class HttpRefusal(Exception):  # noqa: N818 - an answer, not a failure
    """The request ends here, with a page of few words, and whole `Set-Cookie` values."""

    def __init__(self, notice: Notice, *cookies: str) -> None:
        super().__init__(notice.title)
        self.notice = notice
        self.cookies = cookies


@dataclass(frozen=True)
class Fault:
    """What is wrong with one field; `field` is the id of its element."""

    field: str
    message: str


@dataclass(frozen=True)
class CodeStep:
    """How it stands with a mailed code: what the page says, and what it offers."""

    message: str
    wrong: bool = False
    """Whether the message is about something that went wrong."""
    open: bool = True
    """Whether there is a code that can be typed now."""
    again: bool = True
    """Whether another code can be asked for."""
    until: str = ""
    """When the code ends."""


@dataclass(frozen=True)
class Form:
    """What the form shows: the digests it is about, the code to type, and what was typed."""

    shown: str
    code: str
    choices: Mapping[str, str] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    """What was typed into fields of other names."""
    cause: str = ""
    reason: str = ""
    typed: str = ""
    faults: tuple[Fault, ...] = ()
    mailed: CodeStep | None = None
    """Set when a mailed code is needed beside the one on the page."""
    reason_limit: int = REASON_LIMIT
    causes: tuple[str, ...] = tuple(RejectionReason)
    """The list that a rejection's reason is chosen from."""

    def fault(self, name: str) -> str:
        """What is wrong with the field `name`; empty when nothing is."""
        return next((fault.message for fault in self.faults if fault.field == name), "")


def fields(deps: Deps, request: Request, most: int = MAX_BYTES) -> Fields:
    """The form. Raises HttpRefusal: another site's, larger than `most` bytes, not a form, or a
    field twice."""
    _trust_origin(request, deps.settings.public_base_url)
    if len(request.body) > most:
        raise HttpRefusal(notices.TOO_LARGE)
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media != MEDIA_TYPE:
        raise HttpRefusal(notices.NOT_A_FORM)
    return _parsed(request.body)


def text(given: Fields, name: str) -> str:
    """A field as a person typed it, with line breaks as `\n`. Raises HttpRefusal when missing."""
    if name not in given:
        raise HttpRefusal(notices.MALFORMED)
    return given[name].replace("\r\n", "\n").strip()


def _trust_origin(request: Request, base_url: str) -> None:
    """Raises HttpRefusal for a form that another site sent.

    Under `Referrer-Policy: no-referrer` browsers send `Origin: null` from our own page too (Fetch,
    "append a request Origin header"); then `Sec-Fetch-Site` and the SameSite cookie tell.
    """
    origin = request.headers.get("origin", "null").lower()
    own = urlsplit(base_url)
    site = request.headers.get("sec-fetch-site", "same-origin").lower()
    # "none": the person did it (a restored tab), no other page did.
    if origin not in {"null", f"{own.scheme}://{own.netloc}".lower()}:
        raise HttpRefusal(notices.ELSEWHERE)
    if site not in {"same-origin", "none"}:
        raise HttpRefusal(notices.ELSEWHERE)


def _parsed(body: bytes) -> dict[str, str]:
    try:
        text = body.decode("ascii")
        if not _PLAIN.fullmatch(text):
            raise HttpRefusal(notices.MALFORMED)
        pairs = parse_qsl(
            text,
            keep_blank_values=True,
            strict_parsing=bool(text),
            errors="strict",
            max_num_fields=MAX_FIELDS,
        )
    except ValueError:
        raise HttpRefusal(notices.MALFORMED) from None
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise HttpRefusal(notices.MALFORMED)
    return fields
