"""How often a sender came within a minute: one row per sender and minute, `SENDER#<id>`.

One plain update each, apart from all transactions. An update whose answer was lost counts twice:
that costs the sender room, never the limit.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from countersign.connectors.aws.client import client, guarded
from countersign.domain.canonical import instant

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

_KEPT = timedelta(minutes=5)
_A_MINUTE = 16
"""Characters of an instant as text, up to its minutes: `2026-11-29T15:04`."""


class DynamoSenderLimits:
    """ports.SenderLimits on DynamoDB."""

    def __init__(self, table: str, db: DynamoDBClient | None = None) -> None:
        self._table = table
        self._db = guarded(db or client("dynamodb"))

    def counts(self, sender: str, most: int, now: datetime) -> bool:
        """Count one request, unless the minute of `now` has `most` already."""
        try:
            self._db.update_item(
                TableName=self._table,
                Key={"pk": {"S": f"SENDER#{sender}"}, "sk": {"S": instant(now)[:_A_MINUTE]}},
                UpdateExpression="SET requests = if_not_exists(requests, :no) + :one, #ttl = :ttl",
                ConditionExpression="attribute_not_exists(requests) OR requests < :most",
                ExpressionAttributeNames={"#ttl": "ttl"},
                ExpressionAttributeValues={
                    ":no": {"N": "0"},
                    ":one": {"N": "1"},
                    ":most": {"N": str(most)},
                    ":ttl": {"N": str(int((now + _KEPT).timestamp()))},
                },
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise
            return False
        return True
