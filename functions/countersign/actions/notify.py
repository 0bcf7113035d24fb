"""Telling people of ours: a message to a channel, a mail to somebody of the directory. Neither can
be recalled, found again or read back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar, Protocol

from pydantic import StringConstraints

from countersign.domain.contract import Contract
from countersign.domain.errors import Refused
from countersign.domain.ledger.action import Action, Prose, Receipt
from countersign.domain.mail import Email, Mailer

ChannelName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,39}$")]
"""A name that a workflow chose, such as `finance`. It can be no address: what it leads to is known
to the connector's secret alone."""


class Pushes(Protocol):
    """Writing to channels."""

    def push(self, channel: str, title: str, text: str) -> None:
        """Post once. Raises Throttled or Unavailable when nothing was posted, Refused, or Ambiguous
        when it may have been."""


class Push(Contract):
    """A message to one channel of the house, as plain text: nothing in it links or mentions."""

    CONTRACT: ClassVar[str] = "notify.push"
    VERSION: ClassVar[int] = 1

    channel: ChannelName
    title: Annotated[str, StringConstraints(min_length=1, max_length=150)]
    text: Annotated[Prose, StringConstraints(min_length=1, max_length=2000)]


class Attachable(Mailer, Protocol):
    """Sending mail with documents of the job."""

    def document(self, place: str) -> bytes | None:
        """What lies there below the job's documents, if anything."""


class Letter(Contract):
    """A mail to one of ours. `to` is their address in the directory, never one of a text."""

    CONTRACT: ClassVar[str] = "notify.mail"
    VERSION: ClassVar[int] = 1

    to: str
    subject: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    text: Annotated[Prose, StringConstraints(min_length=1, max_length=100_000)]


class Enclosing(Contract):
    """A mail to one of ours with documents. `to` is their address in the directory, `stored` says
    where below the job's documents files lie, `texts` are enclosed as they are, by their names."""

    CONTRACT: ClassVar[str] = "notify.documents"
    VERSION: ClassVar[int] = 1

    to: str
    subject: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    text: Annotated[Prose, StringConstraints(min_length=1, max_length=100_000)]
    texts: Mapping[str, Annotated[Prose, StringConstraints(max_length=100_000)]] = {}
    stored: tuple[str, ...] = ()


def _words(push: Push) -> str:
    return f"Tell the channel {push.channel}: “{push.title}”."


def _push(channels: Pushes, push: Push, key: str) -> Receipt:  # noqa: ARG001 - chat has no keys
    channels.push(push.channel, push.title, push.text)
    return Receipt(id="accepted", evidence={"channel": push.channel})


def _nothing(told: Push | Letter | Enclosing) -> Mapping[str, str]:  # noqa: ARG001 - acceptance is the receipt
    return {}


PUSH: Action[Push, Pushes] = Action(
    id="notify.push",
    version=1,
    connector="notify",
    params=Push,
    words=_words,
    do=_push,
    find=None,
    read_back=None,
    expected=_nothing,
)


def _letter_words(letter: Letter) -> str:
    return f"Mail to {letter.to}: “{letter.subject}”."


def _mail(mailer: Mailer, letter: Letter, key: str) -> Receipt:
    """The key makes no second sending harmless; it only names the action in the mail's bounce."""
    email = Email(
        to=letter.to,
        subject=letter.subject,
        text=letter.text,
        automatic="auto-generated",
        about={"part": key},
    )
    return Receipt(id=mailer.send(email), evidence={"accepted": "yes"})


MAIL: Action[Letter, Mailer] = Action(
    id="notify.mail",
    version=1,
    connector="mail",
    params=Letter,
    words=_letter_words,
    do=_mail,
    find=None,
    read_back=None,
    expected=_nothing,
)


def _enclosing_words(mail: Enclosing) -> str:
    names = ", ".join(name.rpartition("/")[2] for name in (*mail.stored, *mail.texts))
    return f"Mail to {mail.to}: “{mail.subject}”, with {names}."


def _enclose(mailer: Attachable, mail: Enclosing, key: str) -> Receipt:
    """As `_mail`. Raises Refused where a document is not there: nobody gets half of it."""
    stored = {place.rpartition("/")[2]: mailer.document(place) for place in mail.stored}
    gone = [name for name, body in stored.items() if body is None]
    if gone:
        raise Refused(f"{', '.join(gone)} is not there: nothing was sent")
    texts = {name: text.encode() for name, text in mail.texts.items()}
    email = Email(
        to=mail.to,
        subject=mail.subject,
        text=mail.text,
        automatic="auto-generated",
        about={"part": key},
        files={name: body for name, body in (stored | texts).items() if body is not None},
    )
    return Receipt(id=mailer.send(email), evidence={"accepted": "yes"})


DOCUMENTS: Action[Enclosing, Attachable] = Action(
    id="notify.documents",
    version=1,
    connector="mail",
    params=Enclosing,
    words=_enclosing_words,
    do=_enclose,
    find=None,
    read_back=None,
    expected=_nothing,
    inner=("texts", "stored"),
)
