"""The pace and the breaker of each key, in one row of the jobs table: `PACE#<key>`.

Every booking is one plain update of that row, apart from all transactions: those would conflict on
a row that everybody writes. DynamoDB has no `max()`, so an update says which of two it is, and its
condition is what it guessed of the row; a refusal gives the row back. A booking whose answer was
lost may be stored twice: that costs room, never the limit.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from countersign.connectors.aws.client import client, guarded
from countersign.domain.canonical import canonical
from countersign.domain.limits.circuit_breaker import Breaker
from countersign.domain.limits.pace import Booking, Grant, Row, Wish, moment
from countersign.domain.ports import KeyState

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

_NUMBERS = ("queue", "lane", "long", "shift", "hold")
_HELD = "held#"
_HELD_PLACE = "#held"
_PAUSED = "paused#"
_PAUSED_PLACES = ("#paused_all", "#paused_of")


class DynamoLimits:
    """ports.KeyLimits on DynamoDB."""

    def __init__(self, table: str, db: DynamoDBClient | None = None) -> None:
        self._table = table
        self._db = guarded(db or client("dynamodb"))

    def state(self, key: str) -> KeyState:
        """The row, by a query: a right that every function has for its jobs."""
        found = self._db.query(
            TableName=self._table,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": pace_of(key)}},
            ConsistentRead=True,
        )
        return _state(key, next(iter(found["Items"]), {}))

    def book(self, key: str, booking: Booking) -> tuple[bool, KeyState]:
        """One update, on the condition that the row is as the booking guessed and nothing rests."""
        sets = [f"#{booking.way} = {_ends(booking)}"]
        if booking.wish.holder:
            sets.append(f"{_HELD_PLACE} = {_ends(booking)}")
        if booking.long_cost:
            base = "#long" if booking.long_behind else ":long"
            sets.append(f"#long = {base} + :long_cost")
        return self._update(key, _guessed(booking), sets, _numbers(booking), booking.wish)

    def give_back(self, key: str, grant: Grant, requests: int) -> None:
        """One update, on the condition that the row ends where the grant does."""
        way = f"#{grant.way}"
        values = {":ends": grant.ends, ":less": requests * grant.each}
        self._update(key, [f"{way} = :ends"], [f"{way} = {way} - :less"], values)

    def slow(self, key: str, seen: int, now: datetime, until: datetime) -> KeyState:
        """One update, on the condition that the row is not moved so far already."""
        values = {":shift": seen + moment(until) - moment(now), ":until": moment(until)}
        sets = ["#shift = :shift", "#hold = :until"]
        return self._update(key, [_below("#shift", ":shift")], sets, values)[1]

    def replace(self, before: Breaker, after: Breaker) -> bool:
        """Store `after` over `before` and nothing else."""
        never = "attribute_not_exists(#body) OR " if before == Breaker(key=before.key) else ""
        values: dict[str, int | str] = {
            ":before": canonical(before).decode(),
            ":after": canonical(after).decode(),
            ":rests": moment(after.open_until) if after.open_until else 0,
        }
        sets = ["#body = :after", "#rests = :rests"]
        return self._update(before.key, [f"({never}#body = :before)"], sets, values)[0]

    def pause(self, key: str, said: str, workflow: str = "") -> None:
        """One attribute, which every booking asks for."""
        self._rewrite(key, "SET #paused = :said", workflow, {":said": {"S": said}})

    def resume(self, key: str, workflow: str = "") -> None:
        """Without the attribute."""
        self._rewrite(key, "REMOVE #paused", workflow)

    def _rewrite(
        self, key: str, expression: str, workflow: str, values: Mapping[str, Any] | None = None
    ) -> None:
        given: Any = {"ExpressionAttributeValues": values} if values else {}
        self._db.update_item(
            TableName=self._table,
            Key=_key(key),
            UpdateExpression=expression,
            ExpressionAttributeNames={"#paused": _PAUSED + workflow},
            **given,
        )

    def _update(
        self,
        key: str,
        conditions: Iterable[str],
        sets: Iterable[str],
        values: Mapping[str, int | str],
        wish: Wish | None = None,
    ) -> tuple[bool, KeyState]:
        condition, update = " AND ".join(conditions), "SET " + ", ".join(sets)
        places = set(re.findall(r"#\w+", f"{condition} {update}"))
        used = set(re.findall(r":\w+", f"{condition} {update}"))
        try:
            done = self._db.update_item(
                TableName=self._table,
                Key=_key(key),
                ConditionExpression=condition,
                UpdateExpression=update,
                ExpressionAttributeNames={place: _attribute(place, wish) for place in places},
                ExpressionAttributeValues={v: _typed(values[v]) for v in used},
                ReturnValues="ALL_NEW",
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise
            return False, _state(key, error.response.get("Item", {}))  # type: ignore[arg-type] # the stub lacks it
        return True, _state(key, done["Attributes"])


def pace_of(key: str) -> str:
    """The partition key of a key's row."""
    return f"PACE#{key}"


def _key(key: str) -> Any:
    return {"pk": {"S": pace_of(key)}, "sk": {"S": "PACE"}}


def _guessed(booking: Booking) -> list[str]:
    """What `pace.booked` asks of the row, in DynamoDB's words."""
    way, place = f"#{booking.way}", ":position"
    conditions = [
        _none_or("#rests", "<= :at"),
        _none_or("#shift", "= :shift") if booking.shift == 0 else "#shift = :shift",
        f"{way} >= {place}" if booking.behind else _below(way, place),
    ]
    paused = _PAUSED_PLACES if booking.wish.workflow else _PAUSED_PLACES[:1]
    conditions += [f"attribute_not_exists({place})" for place in paused]
    if booking.up_to is not None:
        conditions.append(f"{way} <= :up_to")
    if booking.way == "lane" and booking.wish.holder:
        conditions.append(_none_or(_HELD_PLACE, "<= :came"))
    if booking.long_cost:
        room = "#long >= :long AND #long <= :long_most"
        conditions.append(room if booking.long_behind else _below("#long", ":long"))
    return conditions


def _ends(booking: Booking) -> str:
    return f"{f'#{booking.way}' if booking.behind else ':position'} + :cost"


def _numbers(booking: Booking) -> dict[str, int | str]:
    return {
        ":at": booking.at,
        ":came": booking.at - booking.shift,
        ":shift": booking.shift,
        ":position": booking.position,
        **({} if booking.up_to is None else {":up_to": booking.up_to}),
        ":cost": booking.cost,
        ":long": booking.long_position,
        ":long_cost": booking.long_cost,
        ":long_most": booking.long_most,
    }


def _below(place: str, value: str) -> str:
    return _none_or(place, f"< {value}")


def _none_or(place: str, rest: str) -> str:
    return f"(attribute_not_exists({place}) OR {place} {rest})"


def _attribute(place: str, wish: Wish | None) -> str:
    if wish is None:
        return place[1:]
    of = dict(zip(_PAUSED_PLACES, (_PAUSED, _PAUSED + wish.workflow), strict=True))
    return {_HELD_PLACE: _HELD + wish.holder, **of}.get(place, place[1:])


def _typed(value: int | str) -> Any:
    return {"N": str(value)} if isinstance(value, int) else {"S": value}


def _state(key: str, item: Mapping[str, Any]) -> KeyState:
    numbers: Any = {name: int(item[name]["N"]) for name in _NUMBERS if name in item}
    held = {n.removeprefix(_HELD): int(v["N"]) for n, v in item.items() if n.startswith(_HELD)}
    body = item.get("body", {}).get("S")
    breaker = Breaker.model_validate_json(body) if body else Breaker(key=key)
    paused = {n.removeprefix(_PAUSED): v["S"] for n, v in item.items() if n.startswith(_PAUSED)}
    return KeyState(Row(held=held, **numbers), breaker, paused)
