"""Caps in the jobs table: a reservation and the counters it draws on, in one transaction.

A counter is a row `CAP#<name>` with its total, written as a whole on the condition that it is still
what was read. Nothing is ever added to a stored number: a write that is repeated because its answer
was lost meets its own reservation.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from countersign.connectors.aws.client import client, guarded, is_conflict
from countersign.connectors.clock import pause
from countersign.connectors.dynamodb import rows
from countersign.domain.canonical import canonical
from countersign.domain.errors import Throttled
from countersign.domain.limits.caps import Cap, Reservation, reached
from countersign.domain.planning.reservations import check
from countersign.domain.policy.rules import Finding

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient


Item = dict[str, Any]

_TRIES, _READS = 24, 6
_FIRST_WAIT_US, _LONGEST_WAIT_US = 20_000, 400_000
_COUNTER_DAYS, _RESERVATION_DAYS = 40, 400
_FRESH = "attribute_not_exists(pk)"
_SAME_TOTAL, _SAME_ATTEMPT = "#total = :before", "#attempt = :before"


class DynamoCaps:
    """caps.Caps on DynamoDB."""

    def __init__(self, table: str, db: DynamoDBClient | None = None) -> None:
        self._table = table
        self._db = guarded(db or client("dynamodb"))

    def reserve(self, caps: Sequence[Cap], wanted: Reservation) -> Finding | None:
        """Reserve in all caps or in none. Raises Throttled when too many write at once."""
        for turn in range(_TRIES):
            held, totals = self._read(wanted)
            if held and held.attempt == wanted.attempt:
                return None
            new = [cap for cap in caps if not held or cap.counter not in held.counters]
            full = reached(new, totals, wanted.amount)
            if full:
                return full
            raised = {c.counter: totals.get(c.counter, 0) + wanted.amount.minor for c in new}
            puts = [self._reservation(wanted, held), *self._counters(wanted, totals, raised)]
            due = rows.due(wanted.job_id, check(wanted), wanted.reserved_at)
            if self._applied([*puts, {"Put": {"TableName": self._table, "Item": due}}], turn):
                return None
        raise Throttled("too many jobs write to the same cap at once; try again in a moment")

    def release(self, held: Reservation) -> bool:
        """Give back what is held. Raises Throttled when too many write at once."""
        for turn in range(_TRIES):
            stored, totals = self._read(held)
            if stored is None or stored.attempt != held.attempt:
                return False
            lowered = {name: total - held.amount.minor for name, total in totals.items()}
            gone = {"TableName": self._table, "Key": _key(held), **_unchanged(held)}
            if self._applied([{"Delete": gone}, *self._counters(held, totals, lowered)], turn):
                return True
        raise Throttled("too many jobs write to the same cap at once; try again in a moment")

    def _read(self, wanted: Reservation) -> tuple[Reservation | None, Mapping[str, int]]:
        """The reservation as it is stored, and the counters that are. Nothing says that they were
        read at one moment; that they were still so when they are written does the condition."""
        keys = [_key(wanted), *(_counter_key(name) for name in wanted.counters)]
        found = self._items(keys)
        held = next((item["body"]["S"] for item in found if "body" in item), None)
        totals = {
            item["counter"]["S"]: int(item["total"]["N"]) for item in found if "total" in item
        }
        return Reservation.model_validate_json(held) if held else None, totals

    def _items(self, keys: Sequence[Item]) -> list[Item]:
        """What is stored under `keys`. Raises Throttled when the table leaves keys out for long."""
        found: list[Item] = []
        asked: Any = {self._table: {"Keys": keys, "ConsistentRead": True}}
        for turn in range(_READS):
            answer = self._db.batch_get_item(RequestItems=asked)
            found += answer["Responses"].get(self._table, [])
            asked = answer.get("UnprocessedKeys")
            if not asked:
                return found
            _waits(turn)
        raise Throttled("the table does not give the caps; try again in a moment")

    def _reservation(self, wanted: Reservation, held: Reservation | None) -> Item:
        item = {
            **_key(wanted),
            "body": {"S": canonical(wanted).decode()},
            "attempt": {"S": wanted.attempt},
            **rows.ttl(wanted.reserved_at, _RESERVATION_DAYS),
        }
        condition = _unchanged(held) if held else {"ConditionExpression": _FRESH}
        return {"Put": {"TableName": self._table, "Item": item, **condition}}

    def _counters(
        self, of: Reservation, totals: Mapping[str, int], after: Mapping[str, int]
    ) -> list[Item]:
        return [
            {
                "Put": {
                    "TableName": self._table,
                    "Item": {
                        **_counter_key(name),
                        "counter": {"S": name},
                        "total": {"N": str(total)},
                        **rows.ttl(of.reserved_at, _COUNTER_DAYS),
                    },
                    **_still(totals.get(name)),
                }
            }
            for name, total in after.items()
        ]

    def _applied(self, writes: list[Any], turn: int) -> bool:
        try:
            self._db.transact_write_items(TransactItems=writes)
        except ClientError as error:
            if not is_conflict(error):
                raise
            _waits(turn)
            return False
        return True


def _waits(turn: int) -> None:
    longest = min(_LONGEST_WAIT_US, _FIRST_WAIT_US << turn)
    apart = random.randrange(longest)  # noqa: S311 - two that met are to meet no more; no secret
    pause(timedelta(microseconds=apart).total_seconds())


def _unchanged(held: Reservation) -> Item:
    return {
        "ConditionExpression": _SAME_ATTEMPT,
        "ExpressionAttributeNames": {"#attempt": "attempt"},
        "ExpressionAttributeValues": {":before": {"S": held.attempt}},
    }


def _still(total: int | None) -> Item:
    if total is None:
        return {"ConditionExpression": _FRESH}
    return {
        "ConditionExpression": _SAME_TOTAL,
        "ExpressionAttributeNames": {"#total": "total"},
        "ExpressionAttributeValues": {":before": {"N": str(total)}},
    }


def _key(of: Reservation) -> Item:
    return {"pk": {"S": rows.partition(of.job_id)}, "sk": {"S": f"RESERVED#{of.key}"}}


def _counter_key(name: str) -> Item:
    return {"pk": {"S": f"CAP#{name}"}, "sk": {"S": "CAP"}}
