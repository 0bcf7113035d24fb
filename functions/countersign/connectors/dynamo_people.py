"""The directory in the jobs table: a partition of its own, read whole and consistently."""

from __future__ import annotations

from typing import TYPE_CHECKING

from countersign.connectors import dynamo_rows as rows
from countersign.connectors.aws import client
from countersign.domain.people import Directory, Member

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient


class DynamoPeople:
    """ports.People on DynamoDB. A company's approvers usually fit into one answer (1 MB)."""

    def __init__(self, table: str, db: DynamoDBClient | None = None) -> None:
        self._table = table
        self._db = db or client("dynamodb")

    def directory(self) -> Directory:
        """Everybody."""
        pages = self._db.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": rows.PEOPLE}},
            ConsistentRead=True,
        )
        bodies = (item["body"]["S"] for page in pages for item in page["Items"])
        return Directory(members=tuple(Member.model_validate_json(body) for body in bodies))

    def save(self, member: Member) -> None:
        """Add or replace."""
        self._db.put_item(TableName=self._table, Item=rows.member_row(member))
