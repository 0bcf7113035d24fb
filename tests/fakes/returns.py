"""SES's events about mails that came back, as EventBridge delivers them."""

from __future__ import annotations

from typing import Any

from countersign.domain.mail import Email
from infra.local.cloud.mail_outcomes import outcomes

SIMULATOR = "@simulator.example.org"
RETURNED = {"BOUNCE", "COMPLAINT", "REJECT"}
"""What the set of all mails but campaigns' publishes."""


def event(email: Email, message_id: str, word: str = "bounce", **about: str) -> dict[str, Any]:
    """The event that `email` comes to when it goes to the simulator's mailbox `word`; `about`
    forges its tags."""
    tags = {**email.about, **about}
    request = {
        "ConfigurationSetName": "countersign-test",
        "FromEmailAddress": "hello@countersign.example",
        "Destination": {"ToAddresses": [word + SIMULATOR]},
        "EmailTags": [{"Name": name, "Value": value} for name, value in tags.items()],
    }
    ((_, told),) = outcomes(message_id, request, RETURNED)
    return {"source": told["Source"], "detail-type": told["DetailType"], "detail": told["Detail"]}
