"""What a mail's headers say of the mails before it: enough to find the job that it belongs to."""

from __future__ import annotations

from countersign.domain.jobs.matters import Thread
from countersign.parsing.mail.addresses import mailboxes
from countersign.parsing.mail.headers import MAX_HEADER_BYTES, Headers, message_ids, split_headers
from countersign.parsing.sniff import has_mail_field, sniff
from countersign.parsing.text import unix_lines

MOST = 6
"""So many ids are heeded, the nearest to the mail: those are what programs keep when they cut."""
_RECIPIENTS = ("to", "cc", "delivered-to", "x-original-to")


def read_thread(raw: bytes) -> Thread:
    """The thread of the mail in `raw`; an empty one for what is no mail. Only headers are read, and
    nothing in them is trusted: a thread says where to look, not who wrote."""
    if sniff(raw) != "mail" and not has_mail_field(raw):
        return Thread()
    head = unix_lines(raw[:MAX_HEADER_BYTES].removeprefix(b"\xef\xbb\xbf")).lstrip(b"\n")
    headers, _ = split_headers(head.partition(b"\n\n")[0])
    return Thread(
        message_id=next(iter(message_ids(headers.first("message-id"))), ""),
        answers=tuple(dict.fromkeys(_answers(headers)))[:MOST],
        recipients=tuple(dict.fromkeys(_recipients(headers))),
    )


def _answers(headers: Headers) -> list[str]:
    earlier = [one for value in headers.all("references") for one in message_ids(value)]
    return [*message_ids(headers.first("in-reply-to")), *reversed(earlier)]


def _recipients(headers: Headers) -> list[str]:
    values = [value for name in _RECIPIENTS for value in headers.all(name)]
    return [box.address for value in values for box in mailboxes(value) if box.address]
