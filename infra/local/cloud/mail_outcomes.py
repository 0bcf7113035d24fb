"""The mailbox simulator of the local cloud: what becomes of mails.

Every mail arrives, but those to `…@simulator.example.org`. The local part's first word says it, as
at AWS's own simulator: `bounce`, `complaint`, `suppressed`, `ooto`; so does `bounce+anything`.
Three more are what EventBridge does now and then: of a mail to `lost` nobody hears anything, to
`twice` everything twice, and to `late` the last first. A set publishes the types of event that its
destinations name, and no other. The emulator imports this: standard library only.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

DOMAIN = "simulator.example.org"
SECONDS = 0.5
"""Until it is known: a real bounce takes seconds, and never comes before the answer."""
_BOUNCES = {
    "bounce": ("Permanent", "General"),
    "suppressed": ("Permanent", "OnAccountSuppressionList"),
    "ooto": ("Transient", "General"),
}
_TYPES = {
    "Email Sent": "SEND",
    "Email Delivered": "DELIVERY",
    "Email Bounced": "BOUNCE",
    "Email Complaint Received": "COMPLAINT",
}
"""What a destination of a set calls each event."""

Told = tuple[str, dict[str, Any]]
"""The detail-type of an event, and what it says beside the mail."""


def published(held: Mapping[str, Any] | None) -> Collection[str]:
    """The types that a set publishes to EventBridge, as the emulator keeps it."""
    destinations = ((held or {}).get("EventDestinations") or {}).values()
    return {
        name
        for one in destinations
        if one.get("Enabled") and one.get("EventBridgeDestination")
        for name in one.get("MatchingEventTypes", ())
    }


def outcomes(
    message_id: str, request: Mapping[str, Any], types: Collection[str]
) -> list[tuple[float, dict[str, Any]]]:
    """The entries that SES puts on the event bus for this SendEmail request (API v2), each after so
    many seconds, under a set that publishes `types`."""
    under = request.get("ConfigurationSetName")
    to = [str(one) for one in request.get("Destination", {}).get("ToAddresses", [])]
    if not under or not to:
        return []
    tags = {tag["Name"]: [tag["Value"]] for tag in request.get("EmailTags") or []}
    mail = {
        "messageId": message_id,
        "timestamp": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "source": request.get("FromEmailAddress", ""),
        "destination": to,
        "tags": {**tags, "ses:configuration-set": [under]},
    }
    word = _word(to[0])
    told = [one for one in _told(word, to[0]) if _TYPES[one[0]] in types]
    told = {"late": told[::-1], "twice": told * 2}.get(word, told)
    return [
        (
            SECONDS * (1 + at / 4),
            {"Source": "aws.ses", "DetailType": kind, "Detail": {**said, "mail": mail}},
        )
        for at, (kind, said) in enumerate(told)
    ]


def _word(address: str) -> str:
    """What is played of a mail to this address; empty: it arrives."""
    local, _, domain = address.strip().lower().rpartition("@")
    return local.partition("+")[0] if domain == DOMAIN else ""


def _told(word: str, address: str) -> Iterator[Told]:
    if word == "lost":
        return
    yield "Email Sent", {"eventType": "Send", "send": {}}
    if word in _BOUNCES:
        kind, sub = _BOUNCES[word]
        yield (
            "Email Bounced",
            {
                "eventType": "Bounce",
                "bounce": {
                    "bounceType": kind,
                    "bounceSubType": sub,
                    "bouncedRecipients": [_recipient(address)],
                },
            },
        )
        return
    yield "Email Delivered", {"eventType": "Delivery", "delivery": {"recipients": [address]}}
    if word == "complaint":
        told = {"complaintFeedbackType": "abuse", "complainedRecipients": [_recipient(address)]}
        yield "Email Complaint Received", {"eventType": "Complaint", "complaint": told}


def _recipient(address: str) -> dict[str, str]:
    return {"emailAddress": address}
