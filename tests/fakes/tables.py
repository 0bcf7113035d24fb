"""The jobs table as the stack makes it, for emulators that deploy no template."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient


def create_jobs_table(client: DynamoDBClient, name: str) -> None:
    """Keys and indexes as in infra/stack/storage.py."""
    text = ("pk", "sk", "due_shard", "due_at", "status", "updated_at")
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
                "Projection": {"ProjectionType": "ALL"},
            }
            for index, first, second in (
                ("due", "due_shard", "due_at"),
                ("status", "status", "updated_at"),
            )
        ],
    )
