"""Telling people of ours: a message to a channel, a mail to somebody of the directory. Neither can
be recalled, found again or read back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar, Protocol

from pydantic import StringConstraints

from countersign.domain.contract import Contract
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


class Letter(Contract):
    """A mail to one of ours. `to` is their address in the directory, never one of a text."""

    CONTRACT: ClassVar[str] = "notify.mail"
    VERSION: ClassVar[int] = 1

    to: str
    subject: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    text: Annotated[Prose, StringConstraints(min_length=1, max_length=100_000)]


def _words(push: Push) -> str:
    return f"Tell the channel {push.channel}: “{push.title}”."


def _push(channels: Pushes, push: Push, key: str) -> Receipt:  # noqa: ARG001 - chat has no keys
    channels.push(push.channel, push.title, push.text)
    return Receipt(id="accepted", evidence={"channel": push.channel})


def _nothing(told: Push | Letter) -> Mapping[str, str]:  # noqa: ARG001 - acceptance is the receipt
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
