"""What the doctor asks of AWS, with the caller's own rights: reading, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any, Protocol

import boto3
from botocore.exceptions import ClientError

from infra.build import starts
from infra.build.account import Account, bootstrap_version, resolve


@dataclass(frozen=True)
class MailAccount:
    """SES in this region. `quota` is what may be sent in 24 hours, `rate` in a second."""

    production: bool
    sending: bool
    quota: float
    rate: float


@dataclass(frozen=True)
class Identity:
    """A sender that SES knows."""

    verified: bool
    dkim: bool


_TOPIC = re.compile(r"^Watch|[0-9A-F]{8}$")
"""What stands around a topic's name in the stack's."""


class Cloud(Protocol):
    """An account in one region."""

    def account(self) -> Account:
        """Who asks, and where. Raises AccountError."""

    def bootstrap(self) -> int:
        """The version of CDK's bootstrap stack; 0: there is none."""

    def mail(self) -> MailAccount:
        """SES, as it is here."""

    def identity(self, name: str) -> Identity | None:
        """An address or a domain as a sender."""

    def receives(self, domain: str) -> bool:
        """Whether the active receipt rule set has a rule for the domain, or for all."""

    def concurrency(self) -> int:
        """How many functions may run at once in the account."""

    def letters(self, queue_url: str) -> int:
        """How many messages are in a queue."""

    def subscribers(self, stack: str) -> Mapping[str, Sequence[tuple[str, bool]]]:
        """Who hears alarms, by topic, `alarms` or `pages`: an address, and whether they confirmed
        it."""

    def now(self) -> datetime:
        """The time there."""


class Aws:
    """The account of the caller's environment."""

    def account(self) -> Account:
        """As the port."""
        return resolve()

    def bootstrap(self) -> int:
        """As the port."""
        return bootstrap_version()

    def mail(self) -> MailAccount:
        """As the port."""
        found = boto3.client("sesv2").get_account()
        quota = found.get("SendQuota", {})
        return MailAccount(
            production=found.get("ProductionAccessEnabled", False),
            sending=found.get("SendingEnabled", False),
            quota=quota.get("Max24HourSend", 0.0),
            rate=quota.get("MaxSendRate", 0.0),
        )

    def identity(self, name: str) -> Identity | None:
        """As the port."""
        try:
            found = boto3.client("sesv2").get_email_identity(EmailIdentity=name)
        except ClientError as error:
            if error.response["Error"]["Code"] == "NotFoundException":
                return None
            raise
        dkim = found.get("DkimAttributes", {})
        signs = dkim.get("SigningEnabled", False) and dkim.get("Status") == "SUCCESS"
        return Identity(found.get("VerifiedForSendingStatus", False), signs)

    def receives(self, domain: str) -> bool:
        """As the port."""
        active = boto3.client("ses").describe_active_receipt_rule_set()
        rules: list[Mapping[str, Any]] = [*active.get("Rules", [])]
        return any(_takes(rule, domain) for rule in rules if rule.get("Enabled"))

    def concurrency(self) -> int:
        """As the port."""
        return starts.concurrency()

    def letters(self, queue_url: str) -> int:
        """As the port."""
        found = boto3.client("sqs").get_queue_attributes(
            QueueUrl=queue_url, AttributeNames=["ApproximateNumberOfMessages"]
        )
        return int(found["Attributes"]["ApproximateNumberOfMessages"])

    def subscribers(self, stack: str) -> Mapping[str, Sequence[tuple[str, bool]]]:
        """As the port. A subscription that waits for its confirmation has no ARN yet."""
        pages = boto3.client("cloudformation").get_paginator("list_stack_resources")
        topics = {
            _TOPIC.sub("", row["LogicalResourceId"]).lower(): row["PhysicalResourceId"]
            for page in pages.paginate(StackName=stack)
            for row in page["StackResourceSummaries"]
            if row["ResourceType"] == "AWS::SNS::Topic"
        }
        sns = boto3.client("sns")
        return {
            name: [
                (one["Endpoint"], one["SubscriptionArn"].startswith("arn:"))
                for one in sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
            ]
            for name, topic in topics.items()
        }

    def now(self) -> datetime:
        """As the port: what an answer of AWS is dated."""
        said = boto3.client("sts").get_caller_identity()["ResponseMetadata"]["HTTPHeaders"]["date"]
        return parsedate_to_datetime(said)


def _takes(rule: Mapping[str, Any], domain: str) -> bool:
    wanted = rule.get("Recipients") or [domain]
    return any(one in (domain, f".{domain}") or one.endswith(f"@{domain}") for one in wanted)
