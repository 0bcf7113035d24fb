"""One inbound message, whichever door it came through: what every workflow's input shares."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from itertools import islice
from typing import Annotated, Any, Literal, TypeVar

from pydantic import StringConstraints

from countersign.domain.contract import Contract, ContractT, Value
from countersign.domain.errors import ContractBroken
from countersign.domain.workflow import PARTS
from countersign.extraction.customer import DOUBTED
from countersign.parsing.charsets import decode
from countersign.parsing.escaped import as_typed
from countersign.parsing.json import NotJson, loads
from countersign.parsing.masking import mask
from countersign.parsing.text import one_line, tidy

DESK, FORM = "desk", "form"
"""The door of what another job handed over; the part of an object that names a form of ours."""
Channel = Literal["form", "mail"]
Required = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Optional = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]
Address = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=320)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20_000)]
SourceT = TypeVar("SourceT", bound="Source")
MessageT = TypeVar("MessageT", bound="Message")
DocumentT = TypeVar("DocumentT", bound="Document")

CLOSED_BY = 2
"""So many signs that no person wrote a message close it unread."""
_NOT_WRITTEN = frozenset({"subject", "title", "quoted"})
ONLY_QUOTED = "The mail has no new text; what it quotes, or its signature, was read instead."
NO_SENDER = f"{DOUBTED}it is plain text without a sender."
LATER = "later message"
"""How the name of a part begins that came with a later message of the same person."""
CUT = "The text is longer than what is read; the rest was left out."


class Attachment(Value):
    """A file that came along. It is listed, never opened. `size` in bytes."""

    name: str
    content_type: str
    size: int


class Forwarded(Value):
    """Whose mail a mail passes on. `address` has its domain in lower case; empty if unreadable."""

    name: str
    address: str
    subject: str
    text: str


class Source(Contract):
    """What enters a workflow, whatever it is: where it comes from, and text in named parts."""

    channel: str
    """How it came: `form`, `mail`, `document`."""
    sender: str = ""
    """The address that it comes from, domain in lower case; empty where no person sent it."""
    sender_name: str = ""
    authenticated: bool = False
    """Whether `sender` is vouched for: our own receiver (DMARC or aligned DKIM) for a mail; for a
    form only a signed webhook of a system that knows its customers. Never for a public form."""
    attachments: tuple[Attachment, ...] = ()
    automatic: str = ""
    """Which kind of machine may have written this; empty when no sign says so."""
    machine_signs: int = 0
    """How many signs say that no person did: with one it is read, and any mail asks."""
    defects: tuple[str, ...] = ()
    """What the parser had to repair, in sentences."""
    language_hints: tuple[str, ...] = ()
    """ISO 639-1 codes that headers or the form declare."""

    def texts(self) -> Mapping[str, str]:
        """The text in its parts, by their names, in order: quotes must stand in one of them."""
        raise NotImplementedError  # each kind of source has its own parts


class Message(Source):
    """What somebody wrote, and how far it is known who did. Workflows add what a form stated."""

    channel: Channel
    sender: str
    """The only recipient a reply can have."""
    subject: str = ""
    text: str
    signature: str = ""
    quoted: str = ""
    """The beginning of the history below a mail's new text: shown, and never the sender's word."""
    forwarded: Forwarded | None = None
    """The first mail that this one passes on, as it says: nobody vouches for it."""
    message_id: str = ""
    more: str = ""
    """What a form says in fields that its contract does not know, a line each: shown, no fact."""

    def texts(self) -> Mapping[str, str]:
        """Subject, text, what was written later, signature; the quoted history and a form's further
        fields where there are any."""
        first, *later = self.text.split(PARTS)
        names = (LATER if not at else f"{LATER} {at + 1}" for at in range(len(later)))
        written = {"text": first, **dict(zip(names, later, strict=True))}
        told = {"subject": self.subject, **written, "signature": self.signature}
        also = {"quoted": self.quoted, "more": self.more}
        return told | {name: text for name, text in also.items() if text}


class Document(Source):
    """Text that is no message: a transcript, a ticket, a brief, a row of a table."""

    title: str = ""
    parts: Mapping[str, str]
    """Each part by its name: speakers, columns, headings."""

    def texts(self) -> Mapping[str, str]:
        """The title, and every part."""
        return {"title": self.title, **self.parts}


MAX_TEXT = 20_000
"""Characters of a text."""
MAX_NAME = 60
"""Characters of a part's name."""
_MAX_MORE, _MAX_VALUE = 30, 200
"""Fields that a form's contract does not know, and characters of each."""


def words(source: Source) -> str:
    """What was written, without what heads it."""
    texts = source.texts().items()
    held = (text for name, text in texts if text and name not in _NOT_WRITTEN)
    return "\n\n".join(held).replace(PARTS.strip(), " ")


def dismiss(message: Source) -> str:
    """Why nobody reads this message: two signs say that a machine wrote it. One sign is enough to
    send nothing back by itself, and too little to close what a person may have written."""
    if message.machine_signs < CLOSED_BY:
        return ""
    return f"closed without an answer: the message is {message.automatic}, written by a machine"


def requester(message: Source) -> str:
    """Who wrote: they never approve what they ask for."""
    return message.sender


def form(kind: type[ContractT], body: bytes) -> ContractT:
    """The form in `body`. Raises ContractBroken, which names the fields."""
    return kind.read(_object(kind, body))


def form_and_more(kind: type[ContractT], body: bytes) -> tuple[ContractT, str]:
    """The same, and the fields that the contract does not know: a line each, as evidence. A web
    site's form gets a field more on any day."""
    held = _object(kind, body)
    if not isinstance(held, dict):
        return kind.read(held), ""
    known = {name: held[name] for name in held if name in kind.model_fields}
    more = (_line(name, held[name]) for name in held if name not in kind.model_fields)
    return kind.read(known), "\n".join(filter(None, islice(more, _MAX_MORE)))


def _line(name: str, value: Any) -> str:
    said = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    told = one_line(said, _MAX_VALUE) if value not in (None, "") else ""
    return f"{one_line(name, MAX_NAME)}: {told}" if told else ""


def as_text(body: bytes) -> str:
    """Bytes that could not be read as what they should be, for a person: masked and cut."""
    return mask(tidy(decode(body, None)[0]))[:MAX_TEXT]


def _object(kind: type[Contract], body: bytes) -> Any:
    try:
        return _plain(loads(body))
    except NotJson as error:
        raise ContractBroken(f"{kind.CONTRACT}: the body is not JSON: {error}") from None


def address(stated: str, contract: str) -> str:
    """The form's address, domain in lower case. Raises ContractBroken with advice."""
    # Loaded here because only Prepare reads forms, and the other steps should start without it.
    from email_validator import EmailNotValidError, validate_email  # noqa: PLC0415 - as said above

    try:
        checked = validate_email(stated, check_deliverability=False)
    except EmailNotValidError:
        raise ContractBroken(f"{contract}: email: not an address that mail can reach") from None
    if checked.ascii_email is None:
        raise ContractBroken(f"{contract}: email: write the part before the @ in plain letters")
    return checked.ascii_email


def _plain(node: Any) -> Any:
    if isinstance(node, str):
        return as_typed(node)
    # A number with a point has no place in a form; as a float the contract can say so by field.
    if isinstance(node, Decimal):
        return float(node)
    if isinstance(node, dict):
        return {key: _plain(item) for key, item in node.items()}
    return [_plain(item) for item in node] if isinstance(node, list) else node
