"""The patched emulator publishes what becomes of a mail, as a configuration set of SES does."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from infra.local.cloud import deployer
from infra.local.cloud.processes import LocalCloud

pytestmark = pytest.mark.cloud
RETURNED = ["Email Bounced", "Email Complaint Received", "Email Rejected"]
SENDER = "desk@outcomes.example.com"


@pytest.fixture(scope="module")
def heard(cloud: LocalCloud) -> Any:
    """A queue that hears of the mails of one set, by a rule like the stack's."""
    sqs, events = (deployer.client(name, cloud.endpoint) for name in ("sqs", "events"))
    url = sqs.create_queue(QueueName="returned")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]
    pattern = {
        "source": ["aws.ses"],
        "detail-type": RETURNED,
        "detail": {"mail": {"tags": {"ses:configuration-set": ["outcomes"]}}},
    }
    events.put_rule(Name="returned", EventPattern=json.dumps(pattern))
    events.put_targets(Rule="returned", Targets=[{"Id": "queue", "Arn": arn["QueueArn"]}])
    ses = deployer.client("sesv2", cloud.endpoint)
    for name in ("outcomes", "others"):
        ses.create_configuration_set(ConfigurationSetName=name)
        ses.create_configuration_set_event_destination(
            ConfigurationSetName=name,
            EventDestinationName="returned",
            EventDestination={
                "Enabled": True,
                "MatchingEventTypes": ["BOUNCE", "COMPLAINT", "REJECT"],
                "EventBridgeDestination": {
                    "EventBusArn": "arn:aws:events:us-east-1:000000000000:event-bus/default"
                },
            },
        )
    ses.create_email_identity(EmailIdentity=SENDER)
    return url


def send(cloud: LocalCloud, to: str, under: str) -> str:
    """Send a mail; its id."""
    sent = deployer.client("sesv2", cloud.endpoint).send_email(
        FromEmailAddress=SENDER,
        ConfigurationSetName=under,
        EmailTags=[{"Name": "part", "Value": "cs-1"}],
        Destination={"ToAddresses": [to]},
        Content={"Simple": {"Subject": {"Data": "s"}, "Body": {"Text": {"Data": "t"}}}},
    )
    return str(sent["MessageId"])


def test_a_bounce_reaches_the_rule_of_its_set_and_no_other(cloud: LocalCloud, heard: str) -> None:
    """Of three mails, one that arrives, one under another set and one that bounces, the last one
    comes back, with its id and its tags."""
    send(cloud, "ann@example.org", "outcomes")
    send(cloud, "bounce@simulator.example.org", "others")
    sent = send(cloud, "bounce@simulator.example.org", "outcomes")
    sqs = deployer.client("sqs", cloud.endpoint)
    told: list[Any] = []
    deadline = time.monotonic() + 10
    while not told and time.monotonic() < deadline:
        answer = sqs.receive_message(QueueUrl=heard, WaitTimeSeconds=1, MaxNumberOfMessages=10)
        told += [json.loads(one["Body"]) for one in answer.get("Messages", [])]
    assert [one["detail"]["mail"]["messageId"] for one in told] == [sent]
    assert told[0]["detail-type"] == "Email Bounced"
    assert told[0]["detail"]["mail"]["tags"]["part"] == ["cs-1"]


@pytest.mark.control
def test_nobody_else_can_say_so(cloud: LocalCloud) -> None:
    """Control: an event of the source `aws.ses` is refused when somebody puts it on the bus."""
    entry = {"Source": "aws.ses", "DetailType": RETURNED[0], "Detail": "{}"}
    answer = deployer.client("events", cloud.endpoint).put_events(Entries=[entry])
    assert answer["Entries"][0]["ErrorCode"] == "NotAuthorizedForSourceException"
