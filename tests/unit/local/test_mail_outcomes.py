"""The mailbox simulator says what AWS's says, and only of mails to it under a configuration set."""

from __future__ import annotations

from typing import Any

import pytest

from infra.local.cloud.mail_outcomes import outcome


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
    told = outcome("m-1", request(f"{word}@simulator.example.org"))
    assert told
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
    assert outcome("m-1", sent) is None
