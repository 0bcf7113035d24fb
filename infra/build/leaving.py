"""What a stack holds when it is deleted: buckets are emptied, and what stays is named."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import boto3
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from types_boto3_s3.client import S3Client

PAGE = 1_000
"""Objects that S3 lists, and deletes, at once."""
HELD = {
    "AWS::DynamoDB::Table": "table",
    "AWS::S3::Bucket": "bucket",
    "AWS::SecretsManager::Secret": "secret",
    "AWS::SQS::Queue": "queue",
}
"""What may hold something of the business, in people's words."""
ALWAYS = (
    "the CDK bootstrap stack (CDKToolkit) with the assets it holds",
    "the key that signed the hourly roots: KMS deletes it after 30 days",
    "the SES identity's verification records in your DNS",
    "log groups that Lambda made anew after their deletion, if something was still running",
)
Say = Callable[[str], None]


@dataclass(frozen=True)
class Held:
    """One thing of the stack."""

    kind: str
    name: str

    @property
    def words(self) -> str:
        """As people read it."""
        return f"{HELD[self.kind]} {self.name}"


def held_by(stack: str) -> tuple[Held, ...]:
    """What the stack has that may hold data; nothing where there is no stack."""
    pages = boto3.client("cloudformation").get_paginator("list_stack_resources")
    try:
        found = [
            row
            for page in pages.paginate(StackName=stack)
            for row in page["StackResourceSummaries"]
        ]
    except ClientError as error:
        if error.response["Error"]["Code"] == "ValidationError":
            return ()
        raise
    return tuple(
        Held(row["ResourceType"], row["PhysicalResourceId"])
        for row in found
        if row["ResourceType"] in HELD and row.get("PhysicalResourceId")
    )


def empty(held: tuple[Held, ...], say: Say) -> None:
    """Delete every version of every object in the buckets, and say how far it is. A lock that an
    administrator may open is opened."""
    s3 = boto3.client("s3")
    for bucket in (one.name for one in held if one.kind == "AWS::S3::Bucket"):
        opened: Any = {"BypassGovernanceRetention": True} if _is_locked(s3, bucket) else {}
        gone = 0
        for versions in _versions(s3, bucket):
            batch: Any = {"Objects": versions, "Quiet": True}
            done = s3.delete_objects(Bucket=bucket, Delete=batch, **opened)
            gone += len(versions) - len(done.get("Errors", []))
            say(f"  {bucket}: {gone} versions deleted")
            for failed in done.get("Errors", [])[:1]:
                say(f"  {bucket}: {failed.get('Key')} stays: {failed.get('Message')}")


def _is_locked(s3: S3Client, bucket: str) -> bool:
    try:
        s3.get_object_lock_configuration(Bucket=bucket)
    except ClientError as error:
        if error.response["Error"]["Code"] != "ObjectLockConfigurationNotFoundError":
            raise
        return False
    return True


def _versions(s3: S3Client, bucket: str) -> Iterator[list[Any]]:
    pages = s3.get_paginator("list_object_versions")
    for page in pages.paginate(Bucket=bucket, PaginationConfig={"PageSize": PAGE}):
        found = [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
        if found:
            yield [{"Key": one["Key"], "VersionId": one["VersionId"]} for one in found]


def still_there(held: tuple[Held, ...]) -> tuple[Held, ...]:
    """What of it is there now."""
    return tuple(one for one in held if _is_there(one))


def _is_there(one: Held) -> bool:
    look: dict[str, Callable[[], object]] = {
        "AWS::DynamoDB::Table": lambda: boto3.client("dynamodb").describe_table(TableName=one.name),
        "AWS::S3::Bucket": lambda: boto3.client("s3").head_bucket(Bucket=one.name),
        "AWS::SecretsManager::Secret": lambda: boto3.client("secretsmanager").describe_secret(
            SecretId=one.name
        ),
        "AWS::SQS::Queue": lambda: boto3.client("sqs").get_queue_attributes(QueueUrl=one.name),
    }
    try:
        look[one.kind]()
    except ClientError as error:
        if _GONE.intersection({error.response["Error"]["Code"]}):
            return False
        raise
    return True


_GONE = frozenset(
    {
        *("ResourceNotFoundException", "404", "NoSuchBucket"),
        *("QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue"),
    }
)


def told(left: tuple[Held, ...]) -> str:
    """What is left, a line each."""
    lines = (*(one.words for one in left), *ALWAYS)
    return "Left in the account:\n" + "\n".join(f"  - {one}" for one in lines)
