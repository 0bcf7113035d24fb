"""The jobs table as the stack makes it, for emulators that deploy no template."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from countersign.connectors.dynamodb.lists import SHOWN

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient


def create_jobs_table(client: DynamoDBClient, name: str) -> None:
    """Keys and indexes as in infra/stack/storage.py."""
    text = ("pk", "sk", "due_shard", "due_at", "live", "ended", "listed")
    shown = {"ProjectionType": "INCLUDE", "NonKeyAttributes": list(SHOWN)}
    indexes: tuple[tuple[str, str, str, Any], ...] = (
        ("due", "due_shard", "due_at", {"ProjectionType": "ALL"}),
        ("live", "live", "listed", shown),
        ("ended", "ended", "listed", shown),
    )
    client.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": n, "AttributeType": "S"} for n in text],
        KeySchema=[
            {"AttributeName": "pk", "KeyType": "HASH"},
            {"AttributeName": "sk", "KeyType": "RANGE"},
        ],
        GlobalSecondaryIndexes=[
            {
                "IndexName": index,
                "KeySchema": [
                    {"AttributeName": first, "KeyType": "HASH"},
                    {"AttributeName": second, "KeyType": "RANGE"},
                ],
                "Projection": projection,
            }
            for index, first, second, projection in indexes
        ],
    )
