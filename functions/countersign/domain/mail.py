"""Mails that say which job they are of, so that what becomes of them finds its way back."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

from countersign.domain.errors import ContractBroken

_PLACE = re.compile(
    r"(?:https://[A-Za-z0-9.:-]+|http://127\.0\.0\.1:[0-9]+)/[A-Za-z0-9._~/-]+"
    r"(?:\?[A-Za-z0-9._~=&-]+)?"
)
_PERSON = re.compile(r"[A-Za-z0-9.+_-]+@[A-Za-z0-9.-]+")


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
    unsubscribe: str = ""
    """The https address at which its reader wants no more (RFC 8058); empty: no mail of a list."""
    files: Mapping[str, bytes] = field(default_factory=dict)
    """What is enclosed, by its name."""
    about: Mapping[str, str] = field(default_factory=dict)
    """What the mail is about, for its own bounce: `job` (an id) and `part` (a ledger entry's key,
    or `link-` and a link's id). Never content, never a secret: the provider repeats it."""


ONE_CLICK = ("List-Unsubscribe", "One-Click")
"""What a receiver's server posts for its reader (RFC 8058, 3.1), and what the header announces."""


def unsubscribe_headers(url: str, mailto: str = "") -> Mapping[str, str]:
    """The two headers by which a mail program offers to unsubscribe (RFC 2369, RFC 8058); none for
    an empty address. Raises ContractBroken for what is neither an https address, since receivers
    post nowhere else, nor this machine's own."""
    if not url:
        return {}
    if not _PLACE.fullmatch(url) or (mailto and not _PERSON.fullmatch(mailto)):
        raise ContractBroken("one-click unsubscribing needs an https address")
    ways = [f"<{url}>", *([f"<mailto:{mailto}?subject=unsubscribe>"] if mailto else [])]
    return {"List-Unsubscribe": ", ".join(ways), "List-Unsubscribe-Post": "=".join(ONE_CLICK)}


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
