"""The mailbox simulator of the local cloud: what becomes of mails to `…@simulator.example.org`.

The local part's first word says it, as at AWS's own simulator: `bounce`, `complaint`, `suppressed`,
`ooto`; `bounce+anything` does the same. The emulator imports this: standard library only.
"""

from __future__ import annotations

from collections.abc import Mapping
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


def outcome(message_id: str, request: Mapping[str, Any]) -> dict[str, Any] | None:
    """The entry that SES puts on the event bus for this SendEmail request (API v2); None when the
    mail arrives, or is sent under no configuration set."""
    published = request.get("ConfigurationSetName")
    to = request.get("Destination", {}).get("ToAddresses", [])
    told = next((found for address in to if (found := _told(str(address)))), None)
    if not published or told is None:
        return None
    detail_type, named = told
    tags = {tag["Name"]: [tag["Value"]] for tag in request.get("EmailTags") or []}
    mail = {
        "messageId": message_id,
        "timestamp": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "source": request.get("FromEmailAddress", ""),
        "destination": to,
        "tags": {**tags, "ses:configuration-set": [published]},
    }
    return {"Source": "aws.ses", "DetailType": detail_type, "Detail": {**named, "mail": mail}}


def _told(address: str) -> tuple[str, dict[str, Any]] | None:
    local, _, domain = address.strip().lower().rpartition("@")
    word = local.partition("+")[0]
    if domain != DOMAIN:
        return None
    if word == "complaint":
        told = {"complaintFeedbackType": "abuse", "complainedRecipients": [_recipient(address)]}
        return "Email Complaint Received", {"eventType": "Complaint", "complaint": told}
    if word not in _BOUNCES:
        return None
    kind, sub = _BOUNCES[word]
    bounce = {"bounceType": kind, "bounceSubType": sub, "bouncedRecipients": [_recipient(address)]}
    return "Email Bounced", {"eventType": "Bounce", "bounce": bounce}


def _recipient(address: str) -> dict[str, str]:
    return {"emailAddress": address}
