"""What became of a mail of a campaign, read from the provider's event.

Events come late, twice, in any order and, now and then, never: each is noted once on its message's
row, and what a message is follows from all that was noted. Amazon SES on EventBridge: detail-types
`Email Sent`, `Email Delivered`, `Email Bounced`, `Email Complaint Received`, `Email Rejected` and
`Email Delivery Delayed`, from the Amazon SES Developer Guide, "Monitoring SES events using Amazon
EventBridge". The tags of the mail say which message of which job it is.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import Any

from countersign.domain.campaigns.sent import Event
from countersign.domain.contract import Value
from countersign.domain.jobs.mail_events import SOFT, mapping, tag, text

_E = Event
_KINDS: Mapping[str, Event] = {
    "Email Sent": _E.SENT,
    "Email Delivered": _E.DELIVERED,
    "Email Bounced": _E.BOUNCED,
    "Email Complaint Received": _E.COMPLAINED,
    "Email Rejected": _E.REJECTED,
    "Email Delivery Delayed": _E.DELAYED,
}
_NUMBER = re.compile(r"[0-9]{1,9}")


class Heard(Value):
    """One event."""

    kind: Event
    message_id: str
    job_id: str
    batch: int
    item: int
    """The message's row in the list."""


def heard(event: Mapping[str, Any]) -> Heard | None:
    """The event as a value; None when it is none of these, or says of no message what it is."""
    kind = _KINDS.get(text(event, "detail-type"))
    detail = mapping(event, "detail")
    mail = mapping(detail, "mail")
    tags = mapping(mail, "tags")
    job, batch, item = (tag(tags, one) for one in ("job", "batch", "item"))
    if kind is None or not job or not _NUMBER.fullmatch(batch) or not _NUMBER.fullmatch(item):
        return None
    return Heard(
        kind=_E.DELAYED if text(mapping(detail, "bounce"), "bounceType") == SOFT else kind,
        message_id=text(mail, "messageId"),
        job_id=job,
        batch=int(batch),
        item=int(item),
    )


def hashed(token: str) -> str:
    """How the token of an address for unsubscribing is stored: it is random, so that its plain
    digest gives nobody the token."""
    return hashlib.sha256(token.encode()).hexdigest()
