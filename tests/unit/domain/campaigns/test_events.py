"""The provider's event about a mail of a campaign, read without trusting its shape."""

from __future__ import annotations

from typing import Any

import pytest

from countersign.domain.campaigns.events import Heard, hashed, heard
from countersign.domain.campaigns.sent import Event

TAGS = {"job": ["j-1"], "batch": ["3"], "item": ["120"]}


def event(kind: str, tags: Any = TAGS, **detail: Any) -> dict[str, Any]:
    """As EventBridge delivers it."""
    mail = {"messageId": "m-1", "tags": tags}
    return {"source": "aws.ses", "detail-type": kind, "detail": {"mail": mail, **detail}}


@pytest.mark.parametrize(
    ("kind", "detail", "became"),
    [
        ("Email Sent", {}, Event.SENT),
        ("Email Delivered", {}, Event.DELIVERED),
        ("Email Bounced", {"bounce": {"bounceType": "Permanent"}}, Event.BOUNCED),
        ("Email Bounced", {"bounce": {"bounceType": "Undetermined"}}, Event.BOUNCED),
        ("Email Bounced", {"bounce": {"bounceType": "Transient"}}, Event.DELAYED),
        ("Email Complaint Received", {}, Event.COMPLAINED),
        ("Email Rejected", {}, Event.REJECTED),
        ("Email Delivery Delayed", {}, Event.DELAYED),
    ],
)
def test_each_kind_says_what_happened_to_which_message(
    kind: str, detail: dict[str, Any], became: Event
) -> None:
    """By the tags of the mail; a bounce after which a mail may arrive is a delay."""
    told = heard(event(kind, **detail))
    assert told == Heard(kind=became, message_id="m-1", job_id="j-1", batch=3, item=120)


@pytest.mark.parametrize(
    "strange",
    [
        {},
        {"detail-type": ["Email Sent"]},
        {"detail-type": "Email Sent", "detail": "text"},
        event("Email Opened"),
        event("Email Sent", {**TAGS, "job": []}),
        event("Email Sent", {**TAGS, "batch": ["3", "4"]}),
        event("Email Sent", {**TAGS, "item": ["../1"]}),
        event("Email Sent", {**TAGS, "item": ["1" * 10]}),
        event("Email Sent", "tags"),
    ],
)
def test_what_says_of_no_message_what_it_is_says_nothing(strange: dict[str, Any]) -> None:
    """Another kind, another shape, a tag that is none of ours."""
    assert heard(strange) is None


def test_a_token_is_kept_as_its_digest() -> None:
    """Nobody comes from what is stored to the address; another token has another digest."""
    assert hashed("one") != hashed("two")
    assert "one" not in hashed("one")
    assert len(hashed("one")) == 64
