"""The intake queue as the template makes it, and Lambda's poller that feeds the real start door."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from types import SimpleNamespace
from typing import Any

import boto3
from moto import mock_aws

from countersign.connectors.aws.client import _session
from countersign.entrypoints import start
from countersign.runtime.step import production
from infra.build.synth import default_out, synthesize
from tests.fakes.tables import create_jobs_table
from tests.infra.template import Template

Handler = Callable[[dict[str, Any], Any], Any]
Refuses = Callable[[str, Mapping[str, Any]], str]
"""(operation, request) → the code of AWS's error; empty: it is let through."""

ROLE = "arn:aws:iam::123456789012:role/machine"
CONTEXT = SimpleNamespace(get_remaining_time_in_millis=lambda: 30_000)
WAITS = {"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 1, "End": True}}}


@dataclass(frozen=True)
class Polling:
    """What the template says about the queue and its consumer."""

    receives: int
    batch: int
    partial: bool
    """Whether the function tells which messages of a batch failed."""


@lru_cache(maxsize=1)
def polling() -> Polling:
    """The numbers of the synthesized template."""
    template = Template(synthesize("dev", default_out("dev")))
    ((key, intake),) = (
        (key, one)
        for key, one in template.of("SQS::Queue").items()
        if key.startswith("Intake") and "RedrivePolicy" in one
    )
    (source,) = (
        one
        for one in template.of("Lambda::EventSourceMapping").values()
        if one["EventSourceArn"]["Fn::GetAtt"][0] == key
    )
    return Polling(
        receives=int(intake["RedrivePolicy"]["maxReceiveCount"]),
        batch=int(source["BatchSize"]),
        partial="ReportBatchItemFailures" in source["FunctionResponseTypes"],
    )


@dataclass
class Edge:
    """The edge of AWS: it refuses what a test says, and counts the executions it was asked for."""

    refuses: Refuses = lambda *_: ""
    asked: Counter[str] = field(default_factory=Counter)

    def meets(
        self, model: Any, params: Mapping[str, Any], **_: Any
    ) -> tuple[SimpleNamespace, dict[str, Any]] | None:
        """botocore's `before-call`: an answer instead of sending, or None."""
        code = self.refuses(model.name, params)
        if code:
            told = {"Code": code, "Message": "made up"}
            metadata = {"HTTPStatusCode": 400}
            return SimpleNamespace(status_code=400), {"Error": told, "ResponseMetadata": metadata}
        if model.name == "StartExecution":
            self.asked[json.loads(params["body"])["name"]] += 1
        return None


class Intake:
    """Queue, dead letters and the poller."""

    def __init__(self, edge: Edge, polled: Polling) -> None:
        self.edge, self._polling = edge, polled
        self._sqs = boto3.client("sqs")
        self.dead = self._sqs.create_queue(QueueName="dead")["QueueUrl"]
        arn = self._sqs.get_queue_attributes(QueueUrl=self.dead, AttributeNames=["QueueArn"])
        redrive = {
            "deadLetterTargetArn": arn["Attributes"]["QueueArn"],
            "maxReceiveCount": polled.receives,
        }
        self.queue = self._sqs.create_queue(
            QueueName="intake", Attributes={"RedrivePolicy": json.dumps(redrive)}
        )["QueueUrl"]

    def holds(self, bodies: Sequence[str]) -> None:
        """Messages lie in the queue."""
        for at in range(0, len(bodies), 10):
            batch = bodies[at : at + 10]
            self._sqs.send_message_batch(
                QueueUrl=self.queue,
                Entries=[{"Id": str(n), "MessageBody": body} for n, body in enumerate(batch)],
            )

    def drains(self, handler: Handler = start.handler) -> None:
        """Until nothing can be received. What failed is seen again at once, its time-out over."""
        while found := self._received(self.queue):
            failed = self._failed(handler, found)
            for message in found:
                receipt = {"QueueUrl": self.queue, "ReceiptHandle": message["ReceiptHandle"]}
                if message["MessageId"] in failed:
                    self._sqs.change_message_visibility(**receipt, VisibilityTimeout=0)
                else:
                    self._sqs.delete_message(**receipt)

    def redriven(self) -> None:
        """What StartMessageMoveTask does: the dead letters are put back into their queue."""
        while found := self._received(self.dead):
            self.holds([message["Body"] for message in found])
            for message in found:
                self._sqs.delete_message(QueueUrl=self.dead, ReceiptHandle=message["ReceiptHandle"])

    def depth(self, queue: str) -> int:
        """How many messages a queue holds."""
        names: Any = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        found = self._sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=names)
        return sum(int(number) for number in found["Attributes"].values())

    def _received(self, queue: str) -> list[Any]:
        answer = self._sqs.receive_message(
            QueueUrl=queue, MaxNumberOfMessages=min(10, self._polling.batch)
        )
        return list(answer.get("Messages", []))

    def _failed(self, handler: Handler, messages: Sequence[Any]) -> set[str]:
        """The ids that the function names; all of them when it raises, or cannot name any."""
        try:
            said = handler(batch({m["MessageId"]: m["Body"] for m in messages}), CONTEXT)
        except Exception:  # noqa: BLE001 - Lambda gives the whole batch back
            return {message["MessageId"] for message in messages}
        return ids(said) if self._polling.partial else set()


def batch(messages: Mapping[str, str]) -> dict[str, Any]:
    """What the function gets: bodies by message id."""
    return {"Records": [_record(message_id, body) for message_id, body in messages.items()]}


def _record(message_id: str, body: str) -> dict[str, Any]:
    return {
        "messageId": message_id,
        "receiptHandle": message_id,
        "body": body,
        "attributes": {"ApproximateReceiveCount": "1"},
        "messageAttributes": {},
        "md5OfBody": "",
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:us-east-1:123456789012:intake",
        "awsRegion": "us-east-1",
    }


def ids(said: Any) -> set[str]:
    """The item identifiers of a partial response."""
    return {failure["itemIdentifier"] for failure in said["batchItemFailures"]}


@contextmanager
def start_door(edge: Edge) -> Iterator[None]:
    """The handler's own surroundings on moto. It needs made-up credentials."""
    with mock_aws():
        create_jobs_table(boto3.client("dynamodb"), "jobs")
        boto3.client("s3").create_bucket(Bucket="payloads")
        machine = boto3.client("stepfunctions").create_state_machine(
            name="jobs", definition=json.dumps(WAITS), roleArn=ROLE
        )
        os.environ.update(
            STAGE="local",
            JOBS_TABLE="jobs",
            PAYLOADS_BUCKET="payloads",
            STATE_MACHINE_ARN=machine["stateMachineArn"],
        )
        _session.cache_clear()
        _session().events.register("before-call", edge.meets)  # type: ignore[arg-type] # an answer is its point
        production.cache_clear()
        try:
            yield
        finally:
            production.cache_clear()
            _session.cache_clear()


def executions() -> int:
    """How many executions AWS has."""
    states = boto3.client("stepfunctions")
    arn = os.environ["STATE_MACHINE_ARN"]
    pages = states.get_paginator("list_executions").paginate(stateMachineArn=arn)
    return sum(len(page["executions"]) for page in pages)
