"""Actions on mail: a reply or a question to the sender. Mail cannot be recalled or read back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from countersign.domain.contract import Contract
from countersign.domain.ledger.action import Action, Prose, Receipt
from countersign.domain.mail import Email, Mailer
from countersign.domain.planning.inquiry import ASK_SENDER as ASKING


class Reply(Contract):
    """A mail to the person who wrote. `to` comes from the sender's record, never from a model."""

    CONTRACT: ClassVar[str] = "email.send_reply"
    VERSION: ClassVar[int] = 1

    to: str
    subject: str
    text: Prose
    template: Literal["draft", "acknowledgement"]
    """A draft was written for this message; the acknowledgement is fixed text."""
    in_reply_to: str = ""


def _words(reply: Reply) -> str:
    what = "the drafted reply" if reply.template == "draft" else "the fixed acknowledgement"
    return f"Send {what} to {reply.to}: “{reply.subject}”"


class Inquiry(Contract):
    """A question to the person who wrote. `to` is the address that wrote, never from a model."""

    CONTRACT: ClassVar[str] = "email.ask_sender"
    VERSION: ClassVar[int] = 1

    to: str
    subject: str
    text: Prose
    language: str
    """ISO 639-1 code of the fixed texts; the reminder is written in it."""
    missing: Annotated[tuple[str, ...], Field(min_length=1)]
    """Names of the facts that are asked for."""
    purpose: str
    """What they are needed for."""
    in_reply_to: str = ""


def _asks(inquiry: Inquiry) -> str:
    facts = " and ".join(inquiry.missing)
    return (
        f"Ask {inquiry.to} for {facts} ({inquiry.purpose}): “{inquiry.subject}”, and wait for the "
        "answer; after some days it is asked once more"
    )


def _send(mailer: Mailer, reply: Reply | Inquiry, key: str) -> Receipt:
    """The key makes no second sending harmless; it only names the action in the mail's bounce."""
    message_id = mailer.send(
        Email(
            to=reply.to,
            subject=reply.subject,
            text=reply.text,
            in_reply_to=reply.in_reply_to,
            automatic="" if _is_draft(reply) else "auto-replied",
            about={"part": key},
        )
    )
    return Receipt(id=message_id, evidence={"accepted": "yes"})


def _is_draft(reply: Reply | Inquiry) -> bool:
    """Whether it was written for this message."""
    return isinstance(reply, Reply) and reply.template == "draft"


def _nothing(reply: Reply | Inquiry) -> Mapping[str, str]:  # noqa: ARG001 - acceptance is the receipt
    return {}


def _as_edited(reply: Reply) -> Reply:
    """A text that somebody changed is no fixed acknowledgement any more."""
    return reply.model_copy(update={"template": "draft"})


SEND_REPLY: Action[Reply, Mailer] = Action(
    id="email.send_reply",
    version=1,
    connector="mail",
    params=Reply,
    words=_words,
    do=_send,
    find=None,
    read_back=None,
    expected=_nothing,
    inner=("template", "in_reply_to"),
    editable=("subject", "text"),
    wording=("subject", "text"),
    as_edited=_as_edited,
)


ASK_SENDER: Action[Inquiry, Mailer] = Action(
    id=ASKING,
    version=1,
    connector="mail",
    params=Inquiry,
    words=_asks,
    do=_send,
    find=None,
    read_back=None,
    expected=_nothing,
    editable=("subject", "text"),
    wording=("subject", "text"),
)
