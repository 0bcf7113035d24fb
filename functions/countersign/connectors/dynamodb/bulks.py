"""Bulk operations: one partition of the jobs table, one row per operation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from countersign.connectors.aws.client import client, guarded
from countersign.connectors.dynamodb import lists, versioned
from countersign.domain.errors import NotFound
from countersign.domain.jobs.bulk import Bulk

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

PARTITION = "BULK"


class DynamoBulks:
    """ports.Bulks on DynamoDB."""

    def __init__(self, table: str, db: DynamoDBClient | None = None) -> None:
        self._table = table
        self._db = guarded(db or client("dynamodb"))

    def all(self) -> Sequence[Bulk]:
        """All of them, read consistently."""
        found = lists.pages(
            self._db.query,
            TableName=self._table,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": PARTITION}},
            ConsistentRead=True,
        )
        bodies = [item["body"]["S"] for page in found for item in page["Items"]]
        return sorted(map(Bulk.model_validate_json, bodies), key=lambda one: one.at)

    def bulk(self, bulk_id: str) -> Bulk:
        """One of them. Raises NotFound."""
        for one in self.all():
            if one.bulk_id == bulk_id:
                return one
        raise NotFound(f"no bulk operation {bulk_id}: see `countersign bulk list`")

    def change(self, before: Bulk | None, after: Bulk) -> None:
        """Store `after`. Raises StoreConflict when what is stored is not `before` any more."""
        key = {"pk": PARTITION, "sk": f"BULK#{after.bulk_id}"}
        over = None if before is None else before.version
        versioned.put(self._db, self._table, key, after, version=after.version, over=over)
