"""Rows that are one text each, replaced only when nobody else did meanwhile, gone after a day."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from countersign.connectors.aws.client import client, guarded, is_conflict
from countersign.connectors.dynamodb import lists
from countersign.domain.approvals.codes import Code
from countersign.domain.approvals.directory import Directory, Member
from countersign.domain.approvals.session import MOST_MAILS, SignIn, recent
from countersign.domain.canonical import canonical, instant
from countersign.domain.errors import NotFound, StoreConflict

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


PARTITION = "PEOPLE"


class DynamoPeople:
    """ports.People on DynamoDB. A company's approvers usually fit into one answer (1 MB)."""

    def __init__(self, table: str, db: DynamoDBClient | None = None) -> None:
        self._table = table
        self._db = guarded(db or client("dynamodb"))

    def directory(self) -> Directory:
        """Everybody."""
        found = lists.pages(
            self._db.query,
            TableName=self._table,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": PARTITION}},
            ConsistentRead=True,
        )
        bodies = [item["body"]["S"] for page in found for item in page["Items"]]
        return Directory(members=tuple(Member.model_validate_json(body) for body in bodies))

    def save(self, member: Member) -> None:
        """Add or replace."""
        self._db.put_item(TableName=self._table, Item=_row(member))


def _row(member: Member) -> dict[str, Any]:
    key = {"pk": {"S": PARTITION}, "sk": {"S": f"MEMBER#{member.person.id}"}}
    return {**key, "body": {"S": canonical(member).decode()}}


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
