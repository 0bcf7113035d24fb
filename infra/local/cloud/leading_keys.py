"""The partition keys that a DynamoDB request touches: the values of `dynamodb:LeadingKeys`.

It runs inside the emulator (see the patch `leading-keys`): nothing but the standard library.
"""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

HashKey = Callable[[str, str], str]
"""(table, index or nothing) → the name of its partition key; nothing for what is unknown."""

_EQUALS = re.compile(r"([#\w]+)\s*=\s*(:\w+)")


def hash_key_of(table_of: Callable[[str], Any]) -> HashKey:
    """The partition keys of tables as the emulator describes them."""

    def hash_key(table: str, index: str) -> str:
        held = table_of(table.rpartition("/")[2]) or {}
        indexes = {one["IndexName"]: one for one in held.get("GlobalSecondaryIndexes") or ()}
        schema = (indexes.get(index, {}) if index else held).get("KeySchema", ())
        return next((str(k["AttributeName"]) for k in schema if k["KeyType"] == "HASH"), "")

    return hash_key


def leading_keys(body: dict[str, Any], hash_key: HashKey) -> list[str]:
    """Every partition key value in the request, each as text. None for a Scan."""
    return [value for value in _values(body, hash_key) if value is not None]


def item_keys(body: bytes, hash_key: HashKey) -> list[dict[str, str]]:
    """The same for each item of a transaction, which AWS judges one by one."""
    items = json.loads(body)["TransactItems"]
    found = [[key for key in _values({"TransactItems": [item]}, hash_key) if key] for item in items]
    return [{"dynamodb:LeadingKeys": keys[0]} if keys else {} for keys in found]


def _values(body: dict[str, Any], hash_key: HashKey) -> Iterator[str | None]:
    for item in body.get("TransactItems") or ():
        for member in item.values():
            yield from _values(member, hash_key)
    for table, wanted in (body.get("RequestItems") or {}).items():
        yield from (_of(key, hash_key(table, "")) for key in _batch(wanted))
    if "TableName" in body:
        yield from _single(body, str(body["TableName"]), hash_key)


def _single(body: dict[str, Any], table: str, hash_key: HashKey) -> Iterator[str | None]:
    for member in ("Key", "Item"):
        if member in body:
            yield _of(body[member], hash_key(table, ""))
    if "KeyConditionExpression" in body:
        yield _queried(body, hash_key(table, str(body.get("IndexName") or "")))


def _batch(wanted: Any) -> Iterator[dict[str, Any]]:
    """Keys of a BatchGetItem, or of the puts and deletes of a BatchWriteItem."""
    if isinstance(wanted, dict):
        yield from wanted.get("Keys") or ()
        return
    for request in wanted:
        yield request.get("PutRequest", {}).get("Item") or request["DeleteRequest"]["Key"]


def _of(item: dict[str, Any], name: str) -> str | None:
    held = item.get(name)
    return str(next(iter(held.values()))) if held else None


def _queried(body: dict[str, Any], name: str) -> str | None:
    names = body.get("ExpressionAttributeNames") or {}
    for left, right in _EQUALS.findall(body["KeyConditionExpression"]):
        if names.get(left, left) == name:
            return _of(body.get("ExpressionAttributeValues") or {}, right)
    return None
