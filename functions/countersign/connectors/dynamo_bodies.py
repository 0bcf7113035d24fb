"""Rows that are one text each, replaced only when nobody else did meanwhile, gone after a day."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from countersign.connectors.aws import client, guarded, is_conflict

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

_KEEP = timedelta(days=1)
_SAME = "#body = :before"
_FRESH = "attribute_not_exists(pk)"


class Bodies:
    """Such rows in one table."""

    def __init__(self, table: str, db: DynamoDBClient | None = None) -> None:
        self._table = table
        self._db = guarded(db or client("dynamodb"))

    def body(self, key: dict[str, Any]) -> str | None:
        """A row's text, read consistently."""
        found = self._db.get_item(TableName=self._table, Key=key, ConsistentRead=True)
        return found["Item"]["body"]["S"] if "Item" in found else None

    def put(
        self, key: dict[str, Any], body: str, since: datetime, before: str | None
    ) -> dict[str, Any]:
        """The write of a row whose text is `before` (None: there is no row), kept from `since`."""
        ends = str(int((since + _KEEP).timestamp()))
        put: dict[str, Any] = {
            "TableName": self._table,
            "Item": {**key, "body": {"S": body}, "ttl": {"N": ends}},
            "ConditionExpression": _FRESH if before is None else _SAME,
        }
        if before is not None:
            put["ExpressionAttributeNames"] = {"#body": "body"}
            put["ExpressionAttributeValues"] = {":before": {"S": before}}
        return {"Put": put}

    def applied(self, puts: list[Any]) -> bool:
        """All of the writes, or none and False."""
        try:
            self._db.transact_write_items(TransactItems=puts)
        except ClientError as error:
            if is_conflict(error):
                return False
            raise
        return True
