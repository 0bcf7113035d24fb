"""Workflows' months: one partition of the jobs table, one row for each month and workflow."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from countersign.connectors.aws.client import client, guarded
from countersign.connectors.dynamodb import lists, versioned
from countersign.domain.contract import Contract
from countersign.domain.errors import StoreConflict
from countersign.domain.reporting.owner_review import OwnerReview

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

PARTITION = "OWNER_REVIEW"
_BEGAN = "BEGAN"


class Began(Contract):
    """When a stage was first looked at: what came before has no review."""

    CONTRACT: ClassVar[str] = "owner.review.began"
    VERSION: ClassVar[int] = 1

    at: datetime


class DynamoOwnerReviews:
    """OwnerReviews on DynamoDB."""

    def __init__(self, table: str, db: DynamoDBClient | None = None) -> None:
        self._table = table
        self._db = guarded(db or client("dynamodb"))

    def of(self, month: str) -> Sequence[OwnerReview]:
        """All of a month, read consistently."""
        return [OwnerReview.model_validate_json(body) for body in self._bodies(f"MONTH#{month}#")]

    def change(self, before: OwnerReview | None, after: OwnerReview) -> None:
        """Store `after`. Raises StoreConflict when what is stored is not `before` any more."""
        key = {"pk": PARTITION, "sk": f"MONTH#{after.month}#{after.workflow}"}
        over = None if before is None else before.version
        versioned.put(self._db, self._table, key, after, version=after.version, over=over)

    def began(self, now: datetime) -> datetime:
        """When this was asked first; now, if it never was."""
        held = self._bodies(_BEGAN)
        if held:
            return Began.model_validate_json(held[0]).at
        key = {"pk": PARTITION, "sk": _BEGAN}
        try:
            versioned.put(self._db, self._table, key, Began(at=now), version=0, over=None)
        except StoreConflict:
            return Began.model_validate_json(self._bodies(_BEGAN)[0]).at
        return now

    def _bodies(self, begins: str) -> list[str]:
        found = lists.pages(
            self._db.query,
            TableName=self._table,
            KeyConditionExpression="pk = :pk AND begins_with(sk, :sk)",
            ExpressionAttributeValues={":pk": {"S": PARTITION}, ":sk": {"S": begins}},
            ConsistentRead=True,
        )
        return [item["body"]["S"] for page in found for item in page["Items"]]
