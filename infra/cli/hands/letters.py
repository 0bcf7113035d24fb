"""Dead letters: events that nothing could start or take, sent again where they were to go.

The dead letters of the intake, and those of what became of campaign mails, go back to their
queue. The queue of failed events holds what functions
could not take (Lambda's destination envelope: the function and what it was given) and what rules
could not deliver (the event, with its target as an attribute); it has no source queue, so that
SQS's own redrive cannot serve it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.exceptions import ClientError

from countersign.connectors.aws.client import client
from countersign.domain.errors import ContractBroken
from infra.cli.options import say

_WAIT_SECONDS = 1
_TARGET = "TARGET_ARN"


@dataclass(frozen=True)
class Letters:
    """One queue of dead letters, and the queue that they came from, or by which jobs begin."""

    url: str
    back_to: str

    def count(self) -> int:
        """How many there are now, about."""
        found = client("sqs").get_queue_attributes(
            QueueUrl=self.url, AttributeNames=["ApproximateNumberOfMessages"]
        )
        return int(found["Attributes"]["ApproximateNumberOfMessages"])

    def sent_again(self, most: int) -> Iterator[bool]:
        """Each of at most so many letters: whether it was taken. One that was not stays where it
        is, and comes again in time."""
        left = most
        while left > 0:
            letters = self._received(min(left, 10))
            if not letters:
                return
            left -= len(letters)
            yield from map(self._one, letters)

    def _received(self, most: int) -> list[Mapping[str, Any]]:
        found: Mapping[str, Any] = client("sqs").receive_message(
            QueueUrl=self.url,
            MaxNumberOfMessages=most,
            WaitTimeSeconds=_WAIT_SECONDS,
            MessageAttributeNames=["All"],
        )
        return list(found.get("Messages", []))

    def _one(self, letter: Mapping[str, Any]) -> bool:
        try:
            function, given = addressed(letter)
        except ContractBroken as wrong:
            say(f"letter {letter.get('MessageId', '')}: {wrong}")
            return False
        if function == "":
            client("sqs").send_message(QueueUrl=self.back_to, MessageBody=given)
        elif not _invoked(function, given):
            return False
        client("sqs").delete_message(QueueUrl=self.url, ReceiptHandle=letter["ReceiptHandle"])
        return True


def addressed(letter: Mapping[str, Any]) -> tuple[str, str]:
    """The function that a letter is for, and what it is given; no function: the intake queue.
    Raises ContractBroken for what none of ours has written."""
    text = str(letter["Body"])
    try:
        body = json.loads(text)
    except ValueError:
        raise ContractBroken("it is no JSON, so it stays; delete it in SQS's console") from None
    if isinstance(body, dict) and "requestPayload" in body:
        arn = str(body["requestContext"]["functionArn"]).removesuffix(":$LATEST")
        return arn, json.dumps(body["requestPayload"])
    target = letter.get("MessageAttributes", {}).get(_TARGET, {}).get("StringValue", "")
    return (target if ":lambda:" in target else ""), text


def _invoked(function: str, given: str) -> bool:
    try:
        boto3.client("lambda").invoke(
            FunctionName=function, InvocationType="Event", Payload=given.encode()
        )
    except ClientError as error:
        say(f"{function}: {error.response['Error']['Code']}")
        return False
    return True
