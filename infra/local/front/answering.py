"""Answering a mail as the customer who got it: the mail that their program would send."""

from __future__ import annotations

from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid

from infra.local.front.mailbox import Mail

MOST = 4_000
"""Characters of an answer."""


def answer(mail: Mail, text: str, at: datetime, authserv_id: str) -> bytes:
    """What its reader answers to `mail`, as our own receiver hands it over: `authserv_id` vouches
    for who wrote it."""
    (customer, *_), ours = mail.to, mail.subject
    domain = customer.rpartition("@")[2]
    made = EmailMessage(policy=SMTP)
    made["Authentication-Results"] = f"{authserv_id}; dmarc=pass header.from={domain}"
    made["From"], made["To"] = customer, mail.reply_to
    made["Subject"] = ours if ours.lower().startswith("re:") else f"Re: {ours}"
    made["Date"] = format_datetime(at)
    made["Message-ID"] = make_msgid(domain=domain)
    made["In-Reply-To"] = made["References"] = f"<{mail.id}@email.amazonses.com>"
    made.set_content(f"{text}\n\n" + "".join(f"> {line}\n" for line in mail.text.splitlines()))
    return made.as_bytes()
