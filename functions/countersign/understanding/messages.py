"""One inbound message, whichever door it came through: what every workflow's input shares."""

from __future__ import annotations

from typing import Annotated, Literal, TypeVar

from pydantic import StringConstraints

from countersign.domain.contract import Contract, Value

Channel = Literal["form", "mail"]
Required = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Optional = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]
Address = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=320)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20_000)]
MessageT = TypeVar("MessageT", bound="Message")

CUT = "The text is longer than what is read; the rest was left out."


class Attachment(Value):
    """A file that came along. It is listed, never opened. `size` in bytes."""

    name: str
    content_type: str
    size: int


class Message(Contract):
    """What somebody wrote, and how far it is known who did. Workflows add what a form stated."""

    channel: Channel
    sender: str
    """The address that wrote, domain in lower case; the only recipient a reply can have."""
    sender_name: str = ""
    authenticated: bool = False
    """Whether `sender` is vouched for: our own receiver (DMARC or aligned DKIM) for a mail; for a
    form only a signed webhook of a system that knows its customers. Never for a public form."""
    subject: str = ""
    text: str
    signature: str = ""
    attachments: tuple[Attachment, ...] = ()
    automatic: str = ""
    """Why nobody wrote this by hand (a sentence); empty when somebody did."""
    message_id: str = ""
    defects: tuple[str, ...] = ()
    """What the parser had to repair, in sentences."""
    language_hints: tuple[str, ...] = ()
    """ISO 639-1 codes that headers or the form declare."""
