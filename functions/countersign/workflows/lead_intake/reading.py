"""Bytes from either door into one input, and that input as the text which a model may see."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from countersign.domain.errors import ContractBroken, Quarantined
from countersign.domain.workflow import PARTS, Raw
from countersign.parsing.clean import one_line, tidy
from countersign.parsing.mail import Mail, read_mail
from countersign.parsing.masking import mask
from countersign.parsing.sniff import sniff
from countersign.parsing.strict_json import NotJson, loads
from countersign.workflows.lead_intake.contract import CUT, Attachment, LeadInput, Stated, WebForm
from countersign.workflows.lead_intake.language import code as language_code

_MAX_TEXT = 20_000
_MAX_SIGNATURE = 2_000
_SHOWN_ATTACHMENTS = 20
_BY_HAND = "Open the stored original with care and answer by hand."
_AUTOMATIC = {
    "bounce": "a delivery report (bounce)",
    "out-of-office": "an out-of-office reply",
    "mailing-list": "a mailing list's message",
    "auto-reply": "an automatic reply",
}


def read(raw: Raw) -> LeadInput:
    """A web form (JSON) or a mail as input. Raises ContractBroken for a form that breaks the
    published contract, and Quarantined for anything that cannot be read as either."""
    kind = sniff(raw.body)
    if kind == "json" or raw.door == "webhook":
        return _from_form(_form(raw.body))
    if kind == "empty":
        raise Quarantined("The upload is empty. Ask the sender for the message.")
    try:
        return _from_mail(read_mail(raw.body, authserv_id=raw.authserv_id))
    except Quarantined as unread:
        raise Quarantined(f"{unread} {_BY_HAND}") from None


def dismiss(message: LeadInput) -> str:
    """Why nobody answers this message: a machine wrote it. Empty when a person did."""
    if not message.automatic:
        return ""
    return f"closed without an answer: the message is {message.automatic}, written by a machine"


def source_text(message: LeadInput) -> str:
    """Everything the model was shown, as plain text: quotes are checked against this and no more.

    It is made of the same masked values as `prompt_text`, so a quote of a number that the model
    never saw cannot stand.
    """
    return PARTS.join(_values(_shown(message)))


def prompt_text(message: LeadInput) -> str:
    """The message as one JSON object, so that nothing in it can pose as anything but data."""
    return json.dumps(_shown(message), ensure_ascii=False, indent=1)


def _shown(message: LeadInput) -> Mapping[str, Any]:
    stated = message.stated
    form = {
        "name": message.sender_name,
        "phone": stated.phone,
        "company": stated.company,
        "country": stated.country,
        "language": stated.language,
    }
    files = [file.name for file in message.attachments[:_SHOWN_ATTACHMENTS]]
    shown: dict[str, Any] = {
        "channel": message.channel,
        "from": {"name": message.sender_name, "email": message.sender},
        "form": form if message.channel == "form" else {},
        "subject": message.subject,
        "text": message.text,
        "signature": message.signature,
        "attachments": files,
    }
    masked: dict[str, Any] = _masked(shown)
    return masked


def _masked(node: Any) -> Any:
    if isinstance(node, dict):
        return {key: _masked(item) for key, item in node.items()}
    if isinstance(node, list):
        return [_masked(item) for item in node]
    return mask(str(node))


def _values(node: Any) -> list[str]:
    if isinstance(node, Mapping):
        return [text for item in node.values() for text in _values(item)]
    if isinstance(node, list):
        return [text for item in node for text in _values(item)]
    return [node] if node else []


def _form(body: bytes) -> WebForm:
    try:
        parsed = loads(body)
    except NotJson as error:
        raise ContractBroken(f"lead_intake.form: the body is not JSON: {error}") from None
    return WebForm.read(_plain(parsed))


def _plain(node: Any) -> Any:
    # A number with a point has no place in the form; as a float the contract can say so by field.
    if isinstance(node, Decimal):
        return float(node)
    if isinstance(node, dict):
        return {key: _plain(item) for key, item in node.items()}
    return [_plain(item) for item in node] if isinstance(node, list) else node


def _from_form(form: WebForm) -> LeadInput:
    text = tidy(form.message)
    name = one_line(form.name, 200)
    if not text or not name:
        raise ContractBroken("lead_intake.form: name and message need visible characters")
    language = one_line(form.language or "", 35)
    return LeadInput(
        channel="form",
        sender=_address(form.email),
        sender_name=name,
        text=text,
        stated=Stated(
            phone=one_line(form.phone or "", 200),
            company=one_line(form.company or "", 200),
            country=one_line(form.country or "", 200),
            language=language,
            consent=form.consent,
        ),
        language_hints=tuple(filter(None, (language_code(language),))),
    )


def _from_mail(mail: Mail) -> LeadInput:
    automatic = _AUTOMATIC[mail.automatic] if mail.automatic else ""
    if not mail.sender and not automatic:
        raise Quarantined("The mail has no usable sender address.")
    text = mail.text or mail.quoted or mail.signature
    return LeadInput(
        channel="mail",
        sender=mail.sender or "",
        sender_name=one_line(mail.sender_name, 200),
        authenticated=mail.authenticated,
        subject=one_line(mail.subject, 300),
        text=text[:_MAX_TEXT],
        signature=(mail.signature if mail.text else "")[:_MAX_SIGNATURE],
        attachments=tuple(
            Attachment(name=file.name or "", content_type=file.content_type, size=file.size)
            for file in mail.attachments
        ),
        automatic=automatic,
        message_id=mail.message_id or "",
        defects=(*mail.defects, CUT) if len(text) > _MAX_TEXT else mail.defects,
    )


def _address(stated: str) -> str:
    # Loaded here because only Prepare reads forms, and the other steps should start without it.
    from email_validator import EmailNotValidError, validate_email  # noqa: PLC0415 - as said above

    try:
        checked = validate_email(stated, check_deliverability=False)
    except EmailNotValidError:
        raise ContractBroken(
            "lead_intake.form: email: not an address that mail can reach"
        ) from None
    if checked.ascii_email is None:
        raise ContractBroken(
            "lead_intake.form: email: write the part before the @ in plain letters"
        )
    return checked.ascii_email
