"""The directory in the jobs table: a partition of its own, read whole and consistently."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from countersign.connectors.aws import aws_errors, client, guarded
from countersign.domain.canonical import canonical
from countersign.domain.people import Directory, Member

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

PARTITION = "PEOPLE"


class DynamoPeople:
    """ports.People on DynamoDB. A company's approvers usually fit into one answer (1 MB)."""

    def __init__(self, table: str, db: DynamoDBClient | None = None) -> None:
        self._table = table
        self._db = guarded(db or client("dynamodb"))

    def directory(self) -> Directory:
        """Everybody."""
        pages = self._db.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": PARTITION}},
            ConsistentRead=True,
        )
        with aws_errors():
            bodies = [item["body"]["S"] for page in pages for item in page["Items"]]
        return Directory(members=tuple(Member.model_validate_json(body) for body in bodies))

    def save(self, member: Member) -> None:
        """Add or replace."""
        self._db.put_item(TableName=self._table, Item=_row(member))


def _row(member: Member) -> dict[str, Any]:
    key = {"pk": {"S": PARTITION}, "sk": {"S": f"MEMBER#{member.person.id}"}}
    return {**key, "body": {"S": canonical(member).decode()}}
