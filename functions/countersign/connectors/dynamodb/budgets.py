"""The budgets of a day in one row of the jobs table: `BUDGET#<day>`.

One plain conditional update reserves, settles, frees or adds. Nothing is added twice: a hold stands
in the row under its attempt, and a write that is repeated because its answer was lost meets it, or
meets it no more.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from countersign.connectors.aws.client import client, guarded
from countersign.connectors.dynamodb import rows
from countersign.connectors.dynamodb.updates import Update
from countersign.domain.canonical import canonical
from countersign.domain.errors import Throttled
from countersign.domain.limits.budgets import (
    PARTS,
    Amount,
    Counter,
    Hold,
    Raise,
    Reserving,
)

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

_TRIES = 12
_KEPT_DAYS = 400
"""As long as a job: who raised a budget, and why, is asked for as late as that."""
_HELD, _RAISED, _CALLS, _RAISES = "held#", "raised#", "calls#", "raises"


class DynamoBudgets:
    """budgets.Counters on DynamoDB."""

    def __init__(self, table: str, db: DynamoDBClient | None = None) -> None:
        self._table = table
        self._db = guarded(db or client("dynamodb"))

    def counter(self, day: str) -> Counter:
        """The row, by a query: a right that every function has for its jobs."""
        found = self._db.query(
            TableName=self._table,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": _key(day)["pk"]},
            ConsistentRead=True,
        )
        return _counter(day, found["Items"][0] if found["Items"] else {})

    def reserve(self, wanted: Reserving) -> tuple[bool, Counter]:
        """One update, on the condition that there is room in all counters."""
        hold, held = wanted.hold, _HELD + wanted.attempt
        update = Update([f"attribute_not_exists({{{held}}})"])
        update.sets(held, {"S": canonical(hold).decode()})
        update.sets("ttl", rows.ttl(hold.until, _KEPT_DAYS)["ttl"])
        for scope in hold.scopes:
            for part in PARTS:
                update.adds(f"{part}#{scope}", getattr(hold.amount, part))
        for scope, part, room in wanted.rooms():
            update.needs_at_most(f"{part}#{scope}", room)
            raised = getattr(wanted.seen.added(scope), part)
            update.needs_equal(f"{_RAISED}{part}#{scope}", raised)
        return self._applied(wanted.seen.day, update)

    def settle(self, day: str, attempt: str, hold: Hold, spent: Amount | None) -> Counter | None:
        """One update, on the condition that the hold is there."""
        held, less = _HELD + attempt, (spent or Amount()).minus(hold.amount)
        update = Update([f"attribute_exists({{{held}}})"])
        update.removes(held)
        for scope in hold.scopes:
            for part in PARTS:
                update.adds(f"{part}#{scope}", getattr(less, part))
            update.adds(_CALLS + scope, 0 if spent is None else 1)
        done, row = self._applied(day, update)
        return row if done else None

    def add(self, day: str, more: Raise) -> Counter:
        """One update of what the row has now; again where somebody else added meanwhile. Raises
        Throttled where others do not let go."""
        for _ in range(_TRIES):
            seen = self.counter(day)
            if more in seen.raises:  # an answer that was lost
                return seen
            done, row = self._applied(day, _adding(seen, more))
            if done:
                return row
        raise Throttled("others keep raising this budget; try again in a moment")

    def _applied(self, day: str, update: Update) -> tuple[bool, Counter]:
        try:
            done = self._db.update_item(
                TableName=self._table,
                Key=_key(day),
                **update.expressions(),
                ReturnValues="ALL_NEW",
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise
            return False, _counter(day, error.response.get("Item", {}))  # type: ignore[arg-type] # the stub lacks it
        return True, _counter(day, done["Attributes"])


def _adding(seen: Counter, more: Raise) -> Update:
    update = Update([])
    for part in PARTS:
        name, before = f"{_RAISED}{part}#{more.scope}", getattr(seen.added(more.scope), part)
        update.needs_equal(name, before)
        update.sets(name, {"N": str(before + getattr(more.amount, part))})
    update.sets(_RAISES, {"L": [{"S": canonical(one).decode()} for one in (*seen.raises, more)]})
    update.sets("ttl", rows.ttl(more.at, _KEPT_DAYS)["ttl"])
    return update


def budget_of(day: str) -> str:
    """The partition of a day's counters, or of those of one job's items."""
    return f"BUDGET#{day}"


def _key(day: str) -> Any:
    return {"pk": {"S": budget_of(day)}, "sk": {"S": "BUDGET"}}


def _counter(day: str, item: Mapping[str, Any]) -> Counter:
    numbers = {name: int(value["N"]) for name, value in item.items() if "N" in value}
    held = {n.removeprefix(_HELD): v["S"] for n, v in item.items() if n.startswith(_HELD)}
    return Counter(
        day=day,
        committed=_amounts(numbers, ""),
        raised=_amounts(numbers, _RAISED),
        calls={n.removeprefix(_CALLS): v for n, v in numbers.items() if n.startswith(_CALLS)},
        held={name: Hold.model_validate_json(text) for name, text in held.items()},
        raises=tuple(
            Raise.model_validate_json(one["S"]) for one in item.get(_RAISES, {}).get("L", ())
        ),
    )


def _amounts(numbers: Mapping[str, int], prefix: str) -> Mapping[str, Amount]:
    """By scope."""
    found: dict[str, dict[str, int]] = {}
    for part in PARTS:
        start = f"{prefix}{part}#"
        for name, number in numbers.items():
            if name.startswith(start):
                found.setdefault(name.removeprefix(start), {})[part] = number
    return {scope: Amount(**parts) for scope, parts in found.items()}
