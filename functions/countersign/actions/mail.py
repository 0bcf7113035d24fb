"""Actions on mail: a reply to the sender. Mail cannot be recalled or read back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

from countersign.domain.contract import Contract
from countersign.domain.ledger.action import Action, Prose, Receipt
from countersign.domain.mail import Email, Mailer


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


def _send(mailer: Mailer, reply: Reply, key: str) -> Receipt:
    """The key makes no second sending harmless; it only names the action in the mail's bounce."""
    message_id = mailer.send(
        Email(
            to=reply.to,
            subject=reply.subject,
            text=reply.text,
            in_reply_to=reply.in_reply_to,
            automatic="auto-replied" if reply.template == "acknowledgement" else "",
            about={"part": key},
        )
    )
    return Receipt(id=message_id, evidence={"accepted": "yes"})


def _nothing(reply: Reply) -> Mapping[str, str]:  # noqa: ARG001 - acceptance is the receipt
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
    as_edited=_as_edited,
)
