"""Slots and breakers as rows of the jobs table: `SLOT#<connector>` and `BREAKER#<connector>`.

Taking and giving back ride in the transaction of the change that they belong to. Times that are
compared are whole milliseconds since 1970: rounded up where a row ends, down where now is.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from countersign.connectors.aws.client import client, guarded
from countersign.domain.canonical import canonical
from countersign.domain.errors import ConnectorResting, CountersignError, SlotTaken, StoreConflict
from countersign.domain.jobs.change import Change
from countersign.domain.limits.circuit_breaker import Breaker
from countersign.domain.limits.slots import Slot

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_dynamodb.type_defs import TransactWriteItemTypeDef


_FREE = "attribute_not_exists(pk) OR ends <= :now"
_OURS = "attempt = :attempt"
_NEW = "attribute_not_exists(pk)"
_UNCHANGED = "#body = :before"
_CLOSED = "attribute_not_exists(ends) OR ends <= :now"


class DynamoLimits:
    """limit_ports.Limits on DynamoDB."""

    def __init__(self, table: str, db: DynamoDBClient | None = None) -> None:
        self._table = table
        self._db = guarded(db or client("dynamodb"))

    def slots(self, connector: str) -> Sequence[Slot]:
        """The slots of a connector."""
        bodies = self._bodies(slots_of(connector))
        return [Slot.model_validate_json(body) for body in bodies]

    def free(self, slot: Slot) -> None:
        """Give a slot back, unless somebody else has it: then it is not ours to free."""
        self._put(_give_back(self._table, slot)["Put"])

    def breaker(self, connector: str) -> Breaker:
        """The breaker."""
        bodies = self._bodies(breaker_of(connector))
        return Breaker.model_validate_json(bodies[0]) if bodies else Breaker(connector=connector)

    def replace(self, before: Breaker, after: Breaker) -> bool:
        """Store `after` over `before` and nothing else."""
        never = before == Breaker(connector=before.connector)
        return self._put(
            {
                "TableName": self._table,
                "Item": _breaker(after),
                "ConditionExpression": _UNCHANGED if not never else f"{_NEW} OR {_UNCHANGED}",
                "ExpressionAttributeNames": {"#body": "body"},
                "ExpressionAttributeValues": {":before": {"S": canonical(before).decode()}},
            }
        )

    def _put(self, put: dict[str, Any]) -> bool:
        try:
            self._db.put_item(**put)
        except ClientError as error:
            if error.response["Error"]["Code"] == "ConditionalCheckFailedException":
                return False
            raise
        return True

    def _bodies(self, partition: str) -> list[str]:
        found = self._db.query(
            TableName=self._table,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": partition}},
            ConsistentRead=True,
        )
        return [item["body"]["S"] for item in found["Items"]]


def slots_of(connector: str) -> str:
    """The partition key of a connector's slots."""
    return f"SLOT#{connector}"


def breaker_of(connector: str) -> str:
    """The partition key of a connector's breaker."""
    return f"BREAKER#{connector}"


def items(table: str, change: Change) -> list[TransactWriteItemTypeDef]:
    """What `change` does to slots: nothing, [take, check that nothing rests] or [give back]."""
    if change.takes:
        return [_take(table, change.takes), _check(table, change.takes)]
    return [_give_back(table, change.frees)] if change.frees else []


def refusal(conflict: StoreConflict, change: Change, shared: int) -> CountersignError:
    """Why a transaction was refused whose last `shared` items are those of `items`: about the job,
    the connector's breaker, or the slot, in this order."""
    error = conflict.__cause__
    if not change.takes or not isinstance(error, ClientError):
        return conflict
    reasons: Any = error.response.get("CancellationReasons", [])
    if len(reasons) <= shared or any(map(_refused, reasons[:-shared])):
        return conflict
    check = reasons[-1]
    if _code(check) == "ConditionalCheckFailed":
        return ConnectorResting(change.takes.connector, _open_until(check))
    # Also when somebody else's transaction on one of both rows is under way at this moment.
    return SlotTaken("another visit holds the slot")


def _take(table: str, slot: Slot) -> TransactWriteItemTypeDef:
    return {
        "Put": {
            "TableName": table,
            "Item": _slot(slot),
            "ConditionExpression": _FREE,
            "ExpressionAttributeValues": {":now": _now(slot.taken_at)},
        }
    }


def _check(table: str, slot: Slot) -> TransactWriteItemTypeDef:
    return {
        "ConditionCheck": {
            "TableName": table,
            "Key": _breaker_key(slot.connector),
            "ConditionExpression": _CLOSED,
            "ExpressionAttributeValues": {":now": _now(slot.taken_at)},
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }
    }


def _give_back(table: str, slot: Slot) -> Any:
    return {
        "Put": {
            "TableName": table,
            "Item": _slot(slot),
            "ConditionExpression": _OURS,
            "ExpressionAttributeValues": {":attempt": {"S": slot.attempt}},
        }
    }


def _slot(slot: Slot) -> dict[str, Any]:
    return {
        "pk": {"S": slots_of(slot.connector)},
        "sk": {"S": f"{slot.number:03d}"},
        "body": {"S": canonical(slot).decode()},
        "attempt": {"S": slot.attempt},
        "ends": _end(slot.free_at),
    }


def _breaker_key(connector: str) -> dict[str, Any]:
    return {"pk": {"S": breaker_of(connector)}, "sk": {"S": "BREAKER"}}


def _breaker(breaker: Breaker) -> dict[str, Any]:
    ends = {"ends": _end(breaker.open_until)} if breaker.open_until else {}
    body = {"body": {"S": canonical(breaker).decode()}}
    return _breaker_key(breaker.connector) | body | ends


def _open_until(check: Any) -> datetime | None:
    body = check.get("Item", {}).get("body", {}).get("S")
    return Breaker.model_validate_json(body).open_until if body else None


def _now(at: datetime) -> dict[str, Any]:
    return {"N": str(math.floor(at.timestamp() * 1000))}


def _end(at: datetime) -> dict[str, Any]:
    return {"N": str(math.ceil(at.timestamp() * 1000))}


def _refused(reason: Any) -> bool:
    return _code(reason) not in ("", "None")


def _code(reason: Any) -> str:
    return str(reason.get("Code") or "")
