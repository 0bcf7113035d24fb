"""The suppression list: one partition of the jobs table, one row per contact."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from countersign.connectors.aws.client import client, guarded
from countersign.connectors.dynamodb import lists, rows
from countersign.connectors.dynamodb.rows import SUPPRESSION, suppression_key
from countersign.domain.jobs.suppression import Suppressed

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient


class DynamoSuppressionList:
    """ports.SuppressionList on DynamoDB. Jobs add to it, and ask it, in their own transactions."""

    def __init__(self, table: str, db: DynamoDBClient | None = None) -> None:
        self._table = table
        self._db = guarded(db or client("dynamodb"))

    def has(self, key: str) -> bool:
        """By a query of one row, read consistently: a right that whoever asks has for its jobs."""
        at = suppression_key(key)
        found = self._db.query(
            TableName=self._table,
            KeyConditionExpression="pk = :pk AND sk = :sk",
            ExpressionAttributeValues={":pk": at["pk"], ":sk": at["sk"]},
            ConsistentRead=True,
        )
        return bool(found["Items"])

    def rows(self) -> Sequence[Suppressed]:
        """All of them, read consistently."""
        found = lists.pages(
            self._db.query,
            TableName=self._table,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": SUPPRESSION}},
            ConsistentRead=True,
        )
        bodies = [item["body"]["S"] for page in found for item in page["Items"]]
        return [Suppressed.model_validate_json(body) for body in bodies]

    def add(self, row: Suppressed) -> None:
        """Add a contact, or say anew why."""
        self._db.put_item(TableName=self._table, Item=rows.suppression(row))

    def remove(self, key: str) -> bool:
        """Take a contact out; whether it was there."""
        gone = self._db.delete_item(
            TableName=self._table, Key=suppression_key(key), ReturnValues="ALL_OLD"
        )
        return "Attributes" in gone
