"""Sign-in links in the jobs table, and how many an address was sent; both end by TTL."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

from countersign.connectors.dynamo_bodies import Bodies
from countersign.domain.canonical import canonical, instant
from countersign.domain.errors import NotFound, StoreConflict
from countersign.domain.session import MOST_MAILS, SignIn, recent

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

_TRIES = 3


class DynamoSignIns:
    """ports.SignIns on DynamoDB."""

    def __init__(self, table: str, db: DynamoDBClient | None = None) -> None:
        self._rows = Bodies(table, db)

    def ask(self, link: SignIn, address: str, now: datetime) -> bool:
        """Count and store, both or neither."""
        for _ in range(_TRIES):
            before = self._rows.body(_asked_key(address))
            sent = recent([datetime.fromisoformat(at) for at in json.loads(before or "[]")], now)
            if len(sent) >= MOST_MAILS:
                return False
            body = json.dumps([instant(at) for at in (*sent, now)])
            count = self._rows.put(_asked_key(address), body, now, before)
            made = self._rows.put(_link_key(link.link_id), canonical(link).decode(), now, None)
            if self._rows.applied([count, made]):
                return True
        return False

    def link(self, link_id: str) -> SignIn:
        """A link. Raises NotFound."""
        body = self._rows.body(_link_key(link_id))
        if body is None:
            raise NotFound("no such link")
        return SignIn.model_validate_json(body)

    def change(self, before: SignIn, after: SignIn) -> None:
        """Replace, if nothing changed. Raises StoreConflict."""
        key = _link_key(after.link_id)
        old, new = canonical(before).decode(), canonical(after).decode()
        if not self._rows.applied([self._rows.put(key, new, after.expires_at, old)]):
            raise StoreConflict("the sign-in link changed meanwhile")


def _asked_key(address: str) -> dict[str, Any]:
    return {"pk": {"S": f"SIGNIN#{address}"}, "sk": {"S": "ASKED"}}


def _link_key(link_id: str) -> dict[str, Any]:
    return {"pk": {"S": f"SIGNIN#{link_id}"}, "sk": {"S": "LINK"}}
