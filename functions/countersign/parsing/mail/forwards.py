"""What a mail is to an earlier one, and the mails that it passes on."""

import re
from itertools import takewhile

from pydantic import BaseModel, ConfigDict

from countersign.parsing.mail.addresses import Mailbox, mailboxes
from countersign.parsing.mail.headers import Headers
from countersign.parsing.mail.phrases import (
    FORWARD_PREFIX,
    FROM_FIELD,
    REPLY_PREFIX,
    SUBJECT_FIELD,
)
from countersign.parsing.mail.quoted import FIELD, Kin
from countersign.parsing.text import one_line

_COLON = "[:\uff1a]"
_PREFIX = re.compile(
    rf"(?:\s*\[[^\[\]]{{1,40}}\])*\W*(?:(?P<forward>{FORWARD_PREFIX})|{REPLY_PREFIX})(?:\[\d+\])?\s*{_COLON}",
    re.IGNORECASE,
)
_FROM = re.compile(rf"\W*(?:{FROM_FIELD})\s*\*?{_COLON}\*?\s*(.+)", re.IGNORECASE)
_SUBJECT = re.compile(rf"\W*(?:{SUBJECT_FIELD})\s*\*?{_COLON}\*?\s*(.*)", re.IGNORECASE)
_MAILTO = re.compile(r"<mailto:[^<>]*>|\[mailto:|\]|\*")
_ATTRIBUTED = re.compile(r'[^"<>]{0,60}"?([^"<>@]{0,60})"?\s*(<[^<>\s]+@[^<>\s]+>)\W*')
"""What stands instead of a copied header: a date and whose mail it is."""
_SHOWN = 300
_LOOKED_AT = 5
_HEADER_LINES = 8


class Forwarded(BaseModel):
    """Whose mail is passed on, as the mail says that passes it on: nobody vouches for it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    address: str | None
    subject: str
    text: str
    """What it says, with all that follows it."""


def kin(headers: Headers) -> Kin:
    """By the subject's first prefix; else a mail that names an earlier one is a reply."""
    prefix = _PREFIX.match(headers.text("subject", _SHOWN))
    if prefix:
        return "forward" if prefix["forward"] else "reply"
    return "reply" if headers.first("in-reply-to") or headers.first("references") else ""


def original(passed_on: str) -> Forwarded | None:
    """The mail of a text that begins with a forward's marker or copied header; None without the
    header's From."""
    lines = passed_on.split("\n")
    start = next((at for at, line in enumerate(lines[:_LOOKED_AT]) if FIELD.fullmatch(line)), None)
    if start is None:
        return _attributed(lines)
    top = list(takewhile(str.strip, lines[start : start + _HEADER_LINES]))
    last = max(at for at, line in enumerate(top) if FIELD.fullmatch(line))
    head = top[: last + 1]
    author = next((_author(found[1]) for line in head if (found := _FROM.fullmatch(line))), None)
    subject = next((found[1] for line in head if (found := _SUBJECT.fullmatch(line))), "")
    text = "\n".join(lines[start + len(head) :]).strip()
    if author is None:
        return None
    return Forwarded(
        name=author.name, address=author.address, subject=one_line(subject, _SHOWN), text=text
    )


def _attributed(lines: list[str]) -> Forwarded | None:
    said = [at for at, line in enumerate(lines) if line.strip()]
    found = _ATTRIBUTED.fullmatch(lines[said[1]]) if len(said) > 1 else None
    if found is None:
        return None
    author = _author(f'"{found[1]}" {found[2]}')
    text = "\n".join(lines[said[1] + 1 :]).strip()
    return Forwarded(name=author.name, address=author.address, subject="", text=text)


def _author(stated: str) -> Mailbox:
    """The mailbox of a copied From; programs write `Ann [mailto:a@example.com]` too."""
    plain = _MAILTO.sub(lambda sign: {"[mailto:": "<", "]": ">"}.get(sign[0], ""), stated)
    raw = plain.encode("utf-8").decode("latin-1")
    named = mailboxes(raw)
    if "@" not in plain or not named:
        return Mailbox(one_line(plain, _SHOWN), None)
    return named[0]
