"""Sign-in links in the jobs table, and how many an address was sent; both end by TTL."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from countersign.connectors.aws import client, guarded, is_conflict
from countersign.domain.canonical import canonical, instant
from countersign.domain.errors import NotFound, StoreConflict
from countersign.domain.session import MOST_MAILS, SignIn, recent

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

_KEEP = timedelta(days=1)
_TRIES = 3
_SAME = "#body = :before"
_FRESH = "attribute_not_exists(pk)"


class DynamoSignIns:
    """ports.SignIns on DynamoDB."""

    def __init__(self, table: str, db: DynamoDBClient | None = None) -> None:
        self._table = table
        self._db = guarded(db or client("dynamodb"))

    def ask(self, link: SignIn, address: str, now: datetime) -> bool:
        """Count and store, both or neither."""
        for _ in range(_TRIES):
            before = self._body(_asked_key(address))
            sent = recent([datetime.fromisoformat(at) for at in json.loads(before or "[]")], now)
            if len(sent) >= MOST_MAILS:
                return False
            body = json.dumps([instant(at) for at in (*sent, now)])
            count = self._put(_asked_key(address), body, now, before)
            made = self._put(_link_key(link.link_id), canonical(link).decode(), now, None)
            if self._applied([count, made]):
                return True
        return False

    def link(self, link_id: str) -> SignIn:
        """A link. Raises NotFound."""
        body = self._body(_link_key(link_id))
        if body is None:
            raise NotFound("no such link")
        return SignIn.model_validate_json(body)

    def change(self, before: SignIn, after: SignIn) -> None:
        """Replace, if nothing changed. Raises StoreConflict."""
        key = _link_key(after.link_id)
        old, new = canonical(before).decode(), canonical(after).decode()
        if not self._applied([self._put(key, new, after.expires_at, old)]):
            raise StoreConflict("the sign-in link changed meanwhile")

    def _applied(self, puts: list[Any]) -> bool:
        try:
            self._db.transact_write_items(TransactItems=puts)
        except ClientError as error:
            if is_conflict(error):
                return False
            raise
        return True

    def _body(self, key: dict[str, Any]) -> str | None:
        found = self._db.get_item(TableName=self._table, Key=key, ConsistentRead=True)
        return found["Item"]["body"]["S"] if "Item" in found else None

    def _put(
        self, key: dict[str, Any], body: str, since: datetime, before: str | None
    ) -> dict[str, Any]:
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


def _asked_key(address: str) -> dict[str, Any]:
    return {"pk": {"S": f"SIGNIN#{address}"}, "sk": {"S": "ASKED"}}


def _link_key(link_id: str) -> dict[str, Any]:
    return {"pk": {"S": f"SIGNIN#{link_id}"}, "sk": {"S": "LINK"}}
