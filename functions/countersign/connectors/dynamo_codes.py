"""Codes that somebody types, in the jobs table; they end by TTL, and long before by their time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from countersign.connectors.dynamo_bodies import Bodies
from countersign.domain.canonical import canonical
from countersign.domain.codes import Code
from countersign.domain.errors import StoreConflict

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient


class DynamoCodes:
    """session_ports.Codes on DynamoDB."""

    def __init__(self, table: str, db: DynamoDBClient | None = None) -> None:
        self._rows = Bodies(table, db)

    def held(self, key: str) -> Code | None:
        """The code."""
        body = self._rows.body(_key(key))
        return Code.model_validate_json(body) if body else None

    def change(self, before: Code | None, after: Code) -> None:
        """Store, if nothing changed. Raises StoreConflict."""
        old = canonical(before).decode() if before else None
        put = self._rows.put(_key(after.key), canonical(after).decode(), after.expires_at, old)
        if not self._rows.applied([put]):
            raise StoreConflict("the code changed meanwhile")


def _key(key: str) -> dict[str, Any]:
    return {"pk": {"S": f"CODE#{key}"}, "sk": {"S": "CODE"}}
