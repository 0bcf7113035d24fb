"""Mails that say which job they are of, so that what becomes of them finds its way back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol


@dataclass(frozen=True)
class Email:
    """A mail to one person."""

    to: str
    subject: str
    text: str
    html: str = ""
    reply_to: str = ""
    in_reply_to: str = ""
    """Message-ID that this answers, for threading."""
    automatic: str = ""
    """What `Auto-Submitted` says of a mail that no person wrote (RFC 3834): `auto-replied` or
    `auto-generated`; empty for one that a person wrote or signed."""
    files: Mapping[str, bytes] = field(default_factory=dict)
    """What is enclosed, by its name."""
    about: Mapping[str, str] = field(default_factory=dict)
    """What the mail is about, for its own bounce: `job` (an id) and `part` (a ledger entry's key,
    or `link-` and a link's id). Never content, never a secret: the provider repeats it."""


class Mailer(Protocol):
    """Sending mail."""

    def send(self, email: Email) -> str:
        """The provider's id of the accepted mail. Raises Throttled or Unavailable when nothing was
        sent, Refused, or Ambiguous when the answer was lost."""


def token_of_key(key: str) -> str:
    """What stands for one sending in the address to which it is answered: nobody can tell its job
    by it."""
    return key.removeprefix("cs-")


def reply_address(inbound: str, token: str) -> str:
    """`answers+<token>@…`: where one of our mails is answered to."""
    local, _, domain = inbound.rpartition("@")
    return f"{local}+{token}@{domain}"


def token_of(address: str, inbound: str) -> str:
    """The token in an address of ours; empty for any other address."""
    local, _, domain = inbound.lower().rpartition("@")
    theirs, _, where = address.lower().rpartition("@")
    found = theirs.removeprefix(f"{local}+") if local and where == domain else theirs
    return "" if found == theirs else found


LINK = "link-"
"""How the `part` of an approval mail begins; a link's id follows."""


@dataclass(frozen=True)
class JobMailer:
    """A mailer for the actions of one job."""

    mailer: Mailer
    job_id: str
    inbound: str = ""
    """The address at which answers arrive; empty: the mail is answered to whom it is from."""
    documents: Callable[[str], bytes | None] = field(default=lambda _: None)
    """What lies somewhere below the job's documents, for mails that enclose some."""

    def document(self, place: str) -> bytes | None:
        """As actions.notify.Attachable."""
        return self.documents(place)

    def send(self, email: Email) -> str:
        """As the port, the mail marked with its job, and answered to an address of its own."""
        part = email.about.get("part", "")
        if self.inbound and part:
            email = replace(email, reply_to=reply_address(self.inbound, token_of_key(part)))
        return self.mailer.send(of_job(email, self.job_id))


def of_job(email: Email, job_id: str, part: str = "") -> Email:
    """`email`, marked with its job and, where it has none yet, with the part that it is about."""
    named = {"part": part} if part else {}
    return replace(email, about={**email.about, **named, "job": job_id})
