"""What came in as input: a form, a mail, any object or text, whichever door it came through."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from countersign.domain.errors import ContractBroken, Quarantined
from countersign.domain.workflow import Ours, Raw
from countersign.extraction import parts
from countersign.extraction.customer import customer, doubtful
from countersign.extraction.messages import (
    CUT,
    DESK,
    FORM,
    MAX_NAME,
    MAX_TEXT,
    NO_SENDER,
    ONLY_QUOTED,
    Attachment,
    DocumentT,
    Forwarded,
    MessageT,
    address,
)
from countersign.extraction.patterns import language
from countersign.parsing.charsets import decode
from countersign.parsing.json import NotJson, loads
from countersign.parsing.mail.message import Mail, read_mail
from countersign.parsing.sniff import has_mail_field, sniff
from countersign.parsing.text import one_line, tidy

_MAX_SIGNATURE = 2_000
_MAX_HISTORY = 4_000
_MAX_PARTS = 200
_BY_HAND = "Open the stored original with care and answer by hand."
_AUTOMATIC = {
    "bounce": "a delivery report (bounce)",
    "out-of-office": "an out-of-office reply",
    "mailing-list": "a mailing list's message",
    "meeting-answer": "an answer to a meeting",
    "auto-reply": "an automatic reply",
}


def read(
    raw: Raw, kind: type[MessageT], from_form: Callable[[bytes], MessageT], form_id: str
) -> MessageT:
    """A form (JSON) or a mail as input. What a desk handed over was posted to no form of ours: only
    an object that names the form's id is read by it, any other by its parts. Raises ContractBroken
    for a form that breaks the published contract, and Quarantined for anything that cannot be read
    as either."""
    found = sniff(raw.body)
    if raw.door == DESK:
        return read_any(raw, kind, from_form, form_id)
    if found == "json" or raw.door == "webhook":
        return _doubted(from_form(raw.body), raw.ours)
    if found == "empty":
        raise Quarantined("The upload is empty. Ask the sender for the message.")
    return read_letter(raw, kind)


def read_letter(raw: Raw, kind: type[MessageT], **more: Any) -> MessageT:
    """The mail. `more`: what else its kind has. Raises Quarantined."""
    try:
        return _from_mail(kind, read_mail(raw.body, authserv_id=raw.authserv_id), raw.ours, more)
    except Quarantined as unread:
        raise Quarantined(f"{unread} {_BY_HAND}") from None


def read_any(
    raw: Raw,
    kind: type[MessageT],
    from_form: Callable[[bytes], MessageT] | None = None,
    form_id: str = "",
    **more: Any,
) -> MessageT:
    """Any mail, text or JSON object. Raises ContractBroken for a form that it names and breaks,
    Quarantined for anything else."""
    found = sniff(raw.body)
    if found == "json":
        held = loads(raw.body)
        if from_form and isinstance(held, dict) and held.get(FORM) == form_id:
            rest = {name: one for name, one in held.items() if name != FORM}
            return _doubted(from_form(json.dumps(rest, default=float).encode()), raw.ours)
        return _doubted(parts.message(kind, held).model_copy(update=more), raw.ours)
    if found != "text" or has_mail_field(raw.body):
        return read_letter(raw, kind, **more)
    text = tidy(decode(raw.body, None)[0])[:MAX_TEXT]
    return kind(channel="mail", sender="", text=text, defects=(NO_SENDER,), **more)


def _doubted(message: MessageT, ours: Ours) -> MessageT:
    doubt = "" if message.authenticated else doubtful(message.sender, ours)
    defects = (*message.defects, *((doubt,) if doubt else ()))
    return message.model_copy(update={"defects": defects})


def read_document(raw: Raw, kind: type[DocumentT]) -> DocumentT:
    """A JSON object of texts, one part each (`title`, `sender`, `language` are none), or plain text
    as the part `text`. Raises ContractBroken for JSON of another shape, and
    Quarantined for what is no text."""
    found = sniff(raw.body)
    if found == "json":
        return _from_object(kind, raw.body)
    if found == "mail":
        raise Quarantined(f"This is a mail and no document. {_BY_HAND}")
    if found != "text":
        raise Quarantined(f"This is no text that can be read ({found}). {_BY_HAND}")
    text = tidy(decode(raw.body, None)[0])
    return _document(kind, {"text": text})


def _from_object(kind: type[DocumentT], body: bytes) -> DocumentT:
    try:
        held = loads(body)
    except NotJson as error:
        raise ContractBroken(f"{kind.CONTRACT}: the body is not JSON: {error}") from None
    if not isinstance(held, dict) or not all(isinstance(one, str) for one in held.values()):
        raise ContractBroken(f"{kind.CONTRACT}: an object whose values are texts is wanted")
    return _document(kind, {name: tidy(text) for name, text in held.items()})


def _document(kind: type[DocumentT], held: dict[str, str]) -> DocumentT:
    title, sender = held.pop("title", ""), held.pop("sender", "")
    spoken = language.code(held.pop("language", ""))
    parts = {one_line(name, MAX_NAME): text for name, text in held.items() if text}
    if not parts or "" in parts or len(parts) > _MAX_PARTS:
        raise ContractBroken(
            f"{kind.CONTRACT}: 1 to {_MAX_PARTS} parts with a name and a text are wanted"
        )
    most = MAX_TEXT // len(parts)
    cut = any(len(text) > most for text in parts.values()) or len(parts) < len(held)
    return kind(
        channel="document",
        sender=address(sender, kind.CONTRACT) if sender else "",
        title=one_line(title, 300),
        parts={name: text[:most] for name, text in parts.items()},
        defects=(CUT,) if cut else (),
        language_hints=(spoken,) if spoken else (),
    )


def _from_mail(kind: type[MessageT], mail: Mail, ours: Ours, more: Mapping[str, Any]) -> MessageT:
    automatic = _AUTOMATIC[mail.automatic] if mail.automatic else ""
    who = customer(mail, ours)
    text = mail.text or mail.quoted or mail.signature
    if who.passed_on and mail.forwarded and mail.forwarded.text:
        text = mail.forwarded.text
    return kind(
        channel="mail",
        sender=who.address,
        sender_name=one_line(who.name, 200),
        authenticated=who.authenticated,
        subject=one_line(mail.subject, 300),
        text=text[:MAX_TEXT],
        signature=(mail.signature if mail.text else "")[:_MAX_SIGNATURE],
        quoted=(mail.quoted if mail.text else "")[:_MAX_HISTORY],
        forwarded=_forwarded(mail),
        attachments=tuple(
            Attachment(name=file.name or "", content_type=file.content_type, size=file.size)
            for file in mail.attachments
        ),
        automatic=automatic,
        machine_signs=mail.signs,
        message_id=mail.message_id or "",
        defects=(*mail.defects, *_read_otherwise(mail, text), *who.notes),
        **more,
    )


def _forwarded(mail: Mail) -> Forwarded | None:
    held = mail.forwarded
    if held is None:
        return None
    return Forwarded(
        name=one_line(held.name, 200),
        address=held.address or "",
        subject=held.subject,
        text=held.text[:MAX_TEXT],
    )


def _read_otherwise(mail: Mail, text: str) -> Iterator[str]:
    """What makes the text another one than the sender wrote for us."""
    if not mail.text and mail.quoted:
        yield ONLY_QUOTED
    if len(text) > MAX_TEXT:
        yield CUT
