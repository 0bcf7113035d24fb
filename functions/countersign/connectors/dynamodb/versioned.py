"""Rows that are written whole, each only over the version that was read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from countersign.domain.canonical import canonical
from countersign.domain.contract import Contract
from countersign.domain.errors import StoreConflict

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient


def put(
    db: DynamoDBClient,
    table: str,
    key: Mapping[str, str],
    value: Contract,
    *,
    version: int,
    over: int | None,
) -> None:
    """Store `value` as this version over the one that was read; None: as the first one. Raises
    StoreConflict when what is stored is another one."""
    condition: dict[str, Any] = {"ConditionExpression": "attribute_not_exists(pk)"}
    if over is not None:
        held = {":held": {"N": str(over)}}
        condition = {"ConditionExpression": "version = :held", "ExpressionAttributeValues": held}
    keyed = {name: {"S": text} for name, text in key.items()}
    body = {"version": {"N": str(version)}, "body": {"S": canonical(value).decode()}}
    try:
        db.put_item(TableName=table, Item={**keyed, **body}, **condition)
    except ClientError as error:
        if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
            raise
        raise StoreConflict("it changed meanwhile") from None
