"""Due rows in the jobs table: read by the sparse `due` index, moved on or forgotten one by one."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from countersign.connectors import dynamo_rows as rows
from countersign.connectors.aws import client, guarded
from countersign.domain.canonical import instant
from countersign.domain.change import DueRow

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

_PAGE = 100


class DynamoDue:
    """The part of ports.JobStore that is about time."""

    def __init__(self, table: str, db: DynamoDBClient | None = None) -> None:
        self._table = table
        self._db = guarded(db or client("dynamodb"))

    def due(self, now: datetime) -> Iterator[DueRow]:
        """Due rows of all shards up to `now`, oldest first, each once, read as they are taken."""
        shards = (self._shard(str(number), now) for number in range(rows.SHARDS))
        return heapq.merge(*shards, key=lambda row: row.at)

    def postpone(self, row: DueRow, until: datetime) -> None:
        """Move a row that failed on to `until`, unless it was changed meanwhile."""
        item = rows.due(row.job_id, row.failed_until(until), until)
        self._unless_changed(self._db.put_item, row, Item=item)

    def forget(self, row: DueRow) -> None:
        """Delete a row whose job is gone, unless it was changed meanwhile."""
        self._unless_changed(self._db.delete_item, row, Key=rows.due_key(row.job_id, row.kind))

    def _unless_changed(self, write: Any, row: DueRow, **what: rows.Item) -> None:
        try:
            write(
                TableName=self._table,
                ConditionExpression="due_at = :read",
                ExpressionAttributeValues={":read": {"S": instant(row.at)}},
                **what,
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise

    def _shard(self, shard: str, now: datetime) -> Iterator[DueRow]:
        start: dict[str, Any] = {}
        while True:
            page = self._db.query(
                TableName=self._table,
                IndexName="due",
                KeyConditionExpression="due_shard = :shard AND due_at <= :now",
                ExpressionAttributeValues={":shard": {"S": shard}, ":now": {"S": instant(now)}},
                Limit=_PAGE,
                **start,
            )
            yield from map(rows.due_row, page["Items"])
            if "LastEvaluatedKey" not in page:
                return
            start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}
