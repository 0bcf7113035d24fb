"""The mailbox simulator says what AWS's says, and only of mails to it under a configuration set."""

from __future__ import annotations

from typing import Any

import pytest

from infra.local.cloud.mail_outcomes import outcomes, published

RETURNED = {"BOUNCE", "COMPLAINT"}
ALL = RETURNED | {"SEND", "DELIVERY"}


def request(to: str, **more: Any) -> dict[str, Any]:
    """A SendEmail request."""
    return {
        "ConfigurationSetName": "set",
        "FromEmailAddress": "hello@example.com",
        "Destination": {"ToAddresses": [to]},
        "EmailTags": [{"Name": "job", "Value": "j-1"}],
        **more,
    }


@pytest.mark.parametrize(
    ("word", "detail_type", "said"),
    [
        ("bounce", "Email Bounced", ("bounce", "bounceType", "Permanent")),
        ("BOUNCE+ann", "Email Bounced", ("bounce", "bounceSubType", "General")),
        ("suppressed", "Email Bounced", ("bounce", "bounceSubType", "OnAccountSuppressionList")),
        ("ooto", "Email Bounced", ("bounce", "bounceType", "Transient")),
        ("complaint", "Email Complaint Received", ("complaint", "complaintFeedbackType", "abuse")),
    ],
)
def test_the_first_word_of_the_address_decides(
    word: str, detail_type: str, said: tuple[str, str, str]
) -> None:
    """Bounces, soft and hard, suppressed addresses, complaints; the mail's tags come along."""
    ((_, told),) = outcomes("m-1", request(f"{word}@simulator.example.org"), RETURNED)
    assert (told["Source"], told["DetailType"]) == ("aws.ses", detail_type)
    kind, name, value = said
    assert told["Detail"][kind][name] == value
    mail = told["Detail"]["mail"]
    assert mail["messageId"] == "m-1"
    assert mail["tags"] == {"job": ["j-1"], "ses:configuration-set": ["set"]}


@pytest.mark.parametrize(
    "sent",
    [
        request("ann@simulator.example.org"),
        request("bounced.cheques@simulator.example.org"),
        request("bounce@example.org"),
        request("bounce@simulator.example.org", ConfigurationSetName=""),
        {"Destination": {}},
    ],
    ids=str,
)
def test_every_other_mail_arrives(sent: dict[str, Any]) -> None:
    """Another word, another domain, or no set to publish by: there is no event."""
    assert outcomes("m-1", sent, RETURNED) == []


@pytest.mark.parametrize(
    ("word", "heard"),
    [
        ("ann", ["Sent", "Delivered"]),
        ("bounce", ["Sent", "Bounced"]),
        ("complaint", ["Sent", "Delivered", "Complaint Received"]),
        ("lost", []),
        ("late", ["Delivered", "Sent"]),
        ("twice", ["Sent", "Delivered", "Sent", "Delivered"]),
    ],
)
def test_a_campaign_s_set_publishes_the_whole_course(word: str, heard: list[str]) -> None:
    """In the order and as often as EventBridge would bring it, one after the other; or not at
    all."""
    found = outcomes("m-1", request(f"{word}@simulator.example.org"), ALL)
    assert [told["DetailType"] for _, told in found] == [f"Email {one}" for one in heard]
    seconds = [after for after, _ in found]
    assert seconds == sorted(seconds)


def test_a_set_publishes_what_its_destinations_name() -> None:
    """Those that are enabled and lead to EventBridge; a set that has none publishes nothing."""
    bus: dict[str, Any] = {"EventBridgeDestination": {"EventBusArn": "default"}, "Enabled": True}
    held = {
        "EventDestinations": {
            "here": {**bus, "MatchingEventTypes": ["SEND"]},
            "off": {**bus, "Enabled": False, "MatchingEventTypes": ["BOUNCE"]},
            "elsewhere": {"Enabled": True, "SnsDestination": {}, "MatchingEventTypes": ["OPEN"]},
        }
    }
    assert published(held) == {"SEND"}
    assert published({}) == published(None) == set()
