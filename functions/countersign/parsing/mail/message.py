"""A raw mail as what its reader sees: sender, subject, new text, history, attachments."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from pydantic import BaseModel, ConfigDict

from countersign.domain.errors import Quarantined
from countersign.parsing.mail.addresses import Mailbox, mailboxes, repaired
from countersign.parsing.mail.authentication import is_authenticated
from countersign.parsing.mail.automatic import Automatic, automatic_kind, machine_signs
from countersign.parsing.mail.body import Body, MailAttachment, read_body
from countersign.parsing.mail.forwards import Forwarded, kin, original
from countersign.parsing.mail.headers import Headers, message_ids
from countersign.parsing.mail.mime import MimePart, read_tree
from countersign.parsing.mail.quoted import split
from countersign.parsing.sniff import Kind, file_kind, has_mail_field, sniff

_SUBJECT_CHARACTERS = 1_000
_ADDRESS_IN_NAME = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+")
_DATE_CHARACTERS = 100
_INSTEAD = {"reply-to": "Reply-To", "sender": "Sender", "resent-from": "Resent-From"}
"""Who else a mail is of when its From says nothing, by the field that says it."""
_NOT_MAIL: dict[Kind, str] = {
    "empty": "The file is empty.",
    "binary": "This is {file} and no mail: no file is opened here.",
    "json": "The bytes are JSON and no mail.",
    "text": "This is plain text or a table: it does not start with the headers of a mail.",
}


class Mail(BaseModel):
    """What one mail says and who sent it, as far as it can be known."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sender: str | None
    """Address of the one author, or None when it is missing or unusable."""
    sender_name: str
    reply_to: str | None
    reply_to_name: str = ""
    to: tuple[str, ...]
    subject: str
    date: datetime | None
    """When the sender says it was sent, in UTC."""
    message_id: str | None
    in_reply_to: str | None
    text: str
    """The visible new text, at most 200,000 characters."""
    quoted: str
    """The history that was split off."""
    signature: str
    """The signature that was split off: names, companies and phone numbers stand here."""
    forwarded: Forwarded | None = None
    """The first mail that this one passes on; its words are in `text` too."""
    attachments: tuple[MailAttachment, ...]
    automatic: Automatic | None
    signs: int
    """How many signs say that no person wrote it."""
    authenticated: bool
    """True only when our own receiver vouches for the domain of `sender`."""
    defects: tuple[str, ...]
    """One sentence for each thing that had to be repaired."""


def read_mail(raw: bytes, *, authserv_id: str) -> Mail:
    """Read the bytes of one mail.

    `authserv_id` names our own receiver: only its topmost Authentication-Results counts. Raises
    Quarantined, with the reason, for bytes that are no mail, exceed a bound, or show no text, no
    subject and no attachment; no other exception leaves for any bytes.
    """
    try:
        return _read(raw, authserv_id)
    except (ValueError, LookupError, TypeError, ArithmeticError, RecursionError) as error:
        raise Quarantined(f"The mail broke the reader ({type(error).__name__}).") from error


def _read(raw: bytes, authserv_id: str) -> Mail:
    _check_kind(raw)
    root, repairs = read_tree(raw)
    body = read_body(root)
    shown = body.text.strip() or body.attachments or root.headers.text("subject", 1)
    if not shown:
        raise Quarantined("The mail shows no text, and has neither subject nor attachment.")
    return _mail(root, body, repairs, authserv_id)


def _mail(root: MimePart, body: Body, repairs: tuple[str, ...], authserv_id: str) -> Mail:
    headers = replace(root.headers, charset=_charset(root))
    author, doubts = _author(headers)
    parts, writer = split(body.text, kin(headers)), _writer(headers)
    vouched = not doubts and is_authenticated(headers, author.domain, authserv_id=authserv_id)
    return Mail(
        sender=author.address,
        sender_name=author.name,
        **_answered(headers),
        to=_recipients(headers),
        subject=headers.text("subject", _SUBJECT_CHARACTERS),
        date=_date(headers.first("date")),
        message_id=_first_id(headers, "message-id"),
        in_reply_to=_first_id(headers, "in-reply-to"),
        text=parts.new,
        quoted=parts.quoted,
        signature=parts.signature,
        forwarded=original(parts.forwarded),
        attachments=body.attachments,
        automatic=automatic_kind(root, parts.new, writer),
        signs=machine_signs(root, parts.new, writer),
        authenticated=vouched,
        defects=tuple(dict.fromkeys((*repairs, *doubts, *body.defects))),
    )


def _check_kind(raw: bytes) -> None:
    kind = sniff(raw)
    if kind != "mail" and not (kind == "text" and has_mail_field(raw)):
        raise Quarantined(_NOT_MAIL[kind].format(file=file_kind(raw)))


def _first_id(headers: Headers, field: str) -> str | None:
    return next(iter(message_ids(headers.first(field))), None)


def _answered(headers: Headers) -> dict[str, str | None]:
    """Whom the first Reply-To names."""
    box = next(iter(mailboxes(headers.first("reply-to"))), Mailbox("", None))
    return {"reply_to": box.address, "reply_to_name": box.name}


def _charset(part: MimePart) -> str:
    """The charset that the first text of a mail declares."""
    within = (_charset(child) for child in part.parts)
    return part.parameters.get("charset", "") or next(filter(None, within), "")


def _author(headers: Headers) -> tuple[Mailbox, tuple[str, ...]]:
    """Return the first mailbox of the first From, and what makes it doubtful."""
    fields = headers.all("from")
    found = mailboxes(fields[0], headers.charset) if fields else ()
    stated = found[0] if found else Mailbox("", None)
    author, repair = (stated, "") if stated.address else _otherwise(headers, stated)
    doubts = {
        repair: bool(repair),
        "The mail has several From fields; the first counts.": len(fields) > 1,
        "The From field names several authors; the first counts.": not repair and len(found) > 1,
        "The mail has no usable sender address.": author.address is None,
        "The sender's name shows another address.": _shows_other_address(author),
    }
    return author, tuple(sentence for sentence, holds in doubts.items() if holds)


def _writer(headers: Headers) -> str:
    """What From itself names, by which a machine is told: not what was read instead."""
    stated = next(iter(mailboxes(headers.first("from"))), None)
    return (stated and stated.address) or headers.first("from")


def _otherwise(headers: Headers, stated: Mailbox) -> tuple[Mailbox, str]:
    """Who else it may be when From cannot be read by its grammar, and what was done."""
    readable = repaired(headers.first("from"))
    if readable:
        return readable, "The From field was repaired: one address can be read in it."
    for field, name in _INSTEAD.items():
        answers = [box for box in mailboxes(headers.first(field)) if box.address]
        if len(answers) == 1:
            return answers[0], f"From has no usable address; the one of {name} was read."
    return stated, ""


def _shows_other_address(author: Mailbox) -> bool:
    shown = _ADDRESS_IN_NAME.findall(author.name.lower())
    return bool(set(shown) - {(author.address or "").lower()})


def _recipients(headers: Headers) -> tuple[str, ...]:
    values = [*headers.all("to"), *headers.all("cc")]
    found = [box.address for value in values for box in mailboxes(value)]
    return tuple(dict.fromkeys(address for address in found if address))


def _date(value: str) -> datetime | None:
    try:
        sent = parsedate_to_datetime(value[:_DATE_CHARACTERS])
        return (sent if sent.tzinfo else sent.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, LookupError, OverflowError):
        return None
