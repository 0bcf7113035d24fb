"""The virtual clock's offset: one row of the jobs table, in the stage `local` only."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from countersign.connectors.aws import client, guarded

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

_ROW = "CLOCK"


class DynamoOffset:
    """The offset in a row of the jobs table, in whole seconds."""

    def __init__(self, table: str, db: DynamoDBClient | None = None) -> None:
        self._table = table
        self._db = guarded(db or client("dynamodb"))

    def read(self) -> timedelta:
        """Consistently, by a query: a right that nearly every function has for its jobs."""
        found = self._db.query(
            TableName=self._table,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": _ROW}},
            ConsistentRead=True,
        )
        return timedelta(seconds=sum(int(item["seconds"]["N"]) for item in found["Items"]))

    def write(self, offset: timedelta) -> None:
        """Replace the row."""
        seconds = str(offset // timedelta(seconds=1))
        key = {"pk": {"S": _ROW}, "sk": {"S": _ROW}}
        self._db.put_item(TableName=self._table, Item={**key, "seconds": {"N": seconds}})
