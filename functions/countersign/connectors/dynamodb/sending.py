"""How much of the account's sending campaigns take: one row of the jobs table, `SENDING`.

Every block is one plain update of it, apart from all transactions, as in `limits`: those would
conflict on a row that everybody writes. DynamoDB has no `max()`, so an update says whether others
are ahead in the queue, and a refusal gives the row back. Parts of a day are attributes of their
own, so that a roll takes away what leaves the sum and sets nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from countersign.connectors.aws.client import client, guarded
from countersign.connectors.dynamodb.updates import Update
from countersign.domain.campaigns.sending import Booking, Ramp, Reading, Roll, Row
from countersign.domain.canonical import canonical, instant
from countersign.domain.limits.pace import when

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

SENDING = "SENDING"
"""The partition key of the row."""
_KEY: Any = {"pk": {"S": SENDING}, "sk": {"S": SENDING}}
_NUMBERS = ("epoch", "total", "taken", "queue")
_COUNT, _TURN, _RECENT = "c#", "turn#", "recent#"
_SINCE, _LAST, _RAMP, _HOUR = "since#", "last#", "ramp#", "h#"


class DynamoSendingLimits:
    """quota.SendingLimits on DynamoDB."""

    def __init__(self, table: str, db: DynamoDBClient | None = None) -> None:
        self._table = table
        self._db = guarded(db or client("dynamodb"))

    def row(self) -> Row:
        """The row, by a query: a right that every function has for its jobs."""
        found = self._db.query(
            TableName=self._table,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": _KEY["pk"]},
            ConsistentRead=True,
        )
        return _row(next(iter(found["Items"]), {}))

    def book(self, booking: Booking) -> tuple[bool, Row]:
        """One update, on the condition that the row is as the booking guessed and has room."""
        update, group = Update(), booking.ask.group
        at = update.value({"N": str(booking.at)})
        update.needs(f"{{epoch}} = {update.value({'N': str(booking.epoch)})}")
        update.needs(f"{{read_at}} = {update.value({'S': instant(booking.read_at)})}")
        update.needs_at_most("total", booking.most_total)
        update.needs_at_most("taken", booking.most_taken)
        for counter in ("total", "taken", f"{_COUNT}{booking.epoch}"):
            update.adds(counter, booking.n)
        start = "{queue}" if booking.behind else at
        if booking.behind:
            update.needs(f"{{queue}} >= {at}")
            update.needs_at_most("queue", booking.furthest)
            update.sets_sum("queue", "queue", booking.cost)
        else:
            update.needs(f"{{queue}} < {at}")
            update.sets("queue", {"N": str(booking.at + booking.cost)})
        if group:
            turn = f"{{{_TURN}{group}}}"
            update.needs(f"(attribute_not_exists({turn}) OR {turn} <= {start})")
            if booking.behind:
                update.sets_sum(f"{_TURN}{group}", "queue", booking.group_cost)
            else:
                update.sets(f"{_TURN}{group}", {"N": str(booking.at + booking.group_cost)})
            update.adds(f"{_RECENT}{group}", booking.n)
        _ramps(update, booking)
        return self._applied(update)

    def roll(self, roll: Roll) -> tuple[bool, Row]:
        """One update, on the condition that the row is in the old epoch."""
        update = Update()
        update.needs(f"{{epoch}} = {update.value({'N': str(roll.old)})}")
        update.sets("epoch", {"N": str(roll.new)})
        update.adds("total", -sum(roll.dropped.values()))
        for epoch in roll.dropped:
            update.removes(f"{_COUNT}{epoch}")
        if roll.old in roll.dropped:
            update.needs_equal(f"{_COUNT}{roll.old}", roll.dropped[roll.old])
        _leaves_ramps(update, roll)
        for group, turn in roll.idle.items():
            update.needs_equal(f"{_TURN}{group}", turn)
            update.removes(f"{_TURN}{group}")
        for group in roll.recent:
            update.removes(f"{_RECENT}{group}")
        return self._applied(update)

    def keep(self, before: Reading | None, after: Reading) -> bool:
        """One update, over the reading that was seen; the first one makes the row."""
        seen = Update()
        if before is None:
            seen.needs("attribute_not_exists({read_at})")
        else:
            seen.needs(f"{{read_at}} = {seen.value({'S': instant(before.at)})}")
        seen.sets("read_at", {"S": instant(after.at)})
        seen.sets("read", {"S": canonical(after).decode()})
        for number in _NUMBERS:
            seen.adds(number, 0)
        return self._applied(seen)[0]

    def _applied(self, update: Update) -> tuple[bool, Row]:
        try:
            done = self._db.update_item(
                TableName=self._table,
                Key=_KEY,
                **update.expressions(),
                ReturnValues="ALL_NEW",
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise
            return False, _row(error.response.get("Item", {}))  # type: ignore[arg-type] # the stub lacks it
        return True, _row(done["Attributes"])


def _ramps(update: Update, booking: Booking) -> None:
    """What the domain's ramp adds to the condition and the write."""
    domain = booking.ask.domain
    since = f"{{{_SINCE}{domain}}}"
    if booking.began is None:
        update.needs(f"attribute_not_exists({since})")
    else:
        update.needs(f"{since} = {update.value({'S': instant(booking.began)})}")
    if booking.most_ramp is not None:
        update.needs_at_most(f"{_RAMP}{domain}", booking.most_ramp)
    update.sets(f"{_SINCE}{domain}", {"S": instant(booking.begins)})
    update.sets(f"{_LAST}{domain}", {"N": str(booking.at)})
    update.adds(f"{_RAMP}{domain}", booking.n)
    update.adds(f"{_HOUR}{booking.hour}#{domain}", booking.n)


def _leaves_ramps(update: Update, roll: Roll) -> None:
    for domain, gone in roll.ramps.items():
        update.adds(f"{_RAMP}{domain}", -sum(gone.values()))
        for hour in gone:
            update.removes(f"{_HOUR}{hour}#{domain}")


def _row(item: Mapping[str, Any]) -> Row:
    numbers = {name: int(value["N"]) for name, value in item.items() if "N" in value}
    said = item.get("read", {}).get("S")
    return Row(
        **{name: numbers.get(name, 0) for name in _NUMBERS},
        counts={int(epoch): n for epoch, n in _named(numbers, _COUNT).items()},
        groups=_named(numbers, _TURN),
        recent=_named(numbers, _RECENT),
        ramps={d: _ramp(d, v["S"], numbers) for d, v in _named(item, _SINCE).items()},
        reading=Reading.model_validate_json(said) if said else None,
    )


def _ramp(domain: str, since: str, numbers: Mapping[str, int]) -> Ramp:
    hours = {
        int(hour): n
        for name, n in _named(numbers, _HOUR).items()
        for hour, _, of in (name.partition("#"),)
        if of == domain
    }
    return Ramp(
        since=datetime.fromisoformat(since),
        last=when(numbers[f"{_LAST}{domain}"]),
        total=numbers[f"{_RAMP}{domain}"],
        counts=hours,
    )


def _named(attributes: Mapping[str, Any], prefix: str) -> dict[str, Any]:
    """By what follows the prefix."""
    return {n.removeprefix(prefix): v for n, v in attributes.items() if n.startswith(prefix)}
