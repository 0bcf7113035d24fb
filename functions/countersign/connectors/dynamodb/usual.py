"""What is usual of each workflow: a row each in one partition, written by `tick` alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from countersign.connectors.aws.client import client, guarded
from countersign.connectors.dynamodb import lists
from countersign.domain.canonical import canonical
from countersign.domain.reporting.usual import Usual

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

PARTITION = "USUAL"


class DynamoUsuals:
    """Usuals on DynamoDB."""

    def __init__(self, table: str, db: DynamoDBClient | None = None) -> None:
        self._table = table
        self._db = guarded(db or client("dynamodb"))

    def all(self) -> Mapping[str, Usual]:
        """Those of all workflows, by their names."""
        found = lists.pages(
            self._db.query,
            TableName=self._table,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": PARTITION}},
            ConsistentRead=True,
        )
        items: list[Any] = [item for page in found for item in page["Items"]]
        return {item["sk"]["S"]: Usual.model_validate_json(item["body"]["S"]) for item in items}

    def put(self, workflow: str, usual: Usual) -> None:
        """Store it in the place of what was there."""
        item = {"pk": {"S": PARTITION}, "sk": {"S": workflow}}
        body = canonical(usual).decode()
        self._db.put_item(TableName=self._table, Item={**item, "body": {"S": body}})
