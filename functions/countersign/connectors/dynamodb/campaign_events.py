"""What became of the messages of campaigns: a mark on each message's row, the counts of a campaign
in sixteen rows, and the rows by which an address for unsubscribing is known."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from countersign.connectors.aws.client import client, guarded, is_conflict
from countersign.connectors.dynamodb import lists, rows
from countersign.connectors.dynamodb.lanes import batch_of
from countersign.domain.campaigns.sent import UNWANTED, Event
from countersign.domain.canonical import instant
from countersign.domain.errors import StoreConflict
from countersign.domain.jobs.suppression import Suppressed, Why

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

Row = dict[str, Any]

TOKENS = "UNSUBSCRIBE#"
"""What the partition keys of addresses for unsubscribing begin with."""
TALLIES = "CAMPAIGN#"
"""What the partition keys of counts begin with."""
SHARDS = 16
"""Rows of one campaign's counts: one takes some hundred transactions a second."""
ANSWERS_FOR = timedelta(days=420)
"""How long an address for unsubscribing is known; people open a mail of last year."""
_MESSAGE, _TALLY, _TOKEN, _STOP = "MAIL#", "TALLY#", "UNSUBSCRIBE", "STOP"


def message_key(job_id: str, batch: int, item: int) -> Row:
    """Where a message of a campaign stands: beside its item, in the batch's partition."""
    return _key(batch_of(job_id, batch), f"{_MESSAGE}{item:09}")


def token_row(token: str, where: tuple[str, int, int], contact: str, at: datetime) -> Row:
    """The row by which an address for unsubscribing is known from its token's hash, for
    `ANSWERS_FOR`. It names nobody: `contact` is a digest."""
    job_id, batch, item = where
    return {
        **_key(f"{TOKENS}{token}", _TOKEN),
        "job": {"S": job_id},
        "batch": {"N": str(batch)},
        "item": {"N": str(item)},
        "contact": {"S": contact},
        "ttl": {"N": str(int((at + ANSWERS_FOR).timestamp()))},
    }


class DynamoCampaignEvents:
    """campaigns.ports.CampaignEvents on DynamoDB."""

    def __init__(self, table: str, db: DynamoDBClient | None = None) -> None:
        self._table = table
        self._db = guarded(db or client("dynamodb"))

    def event(
        self, where: tuple[str, int, int], event: Event, at: datetime, message_id: str = ""
    ) -> bool:
        """Whoever is not wanted is suppressed first: what is cut off after it is heard again."""
        if event in UNWANTED:
            held = self._one(message_key(*where))
            if held:
                self._suppress(held["contact"]["S"], UNWANTED[event], at, where[0])
        job_id, _, item = where
        count = _counted(event, job_id, item, at)
        return self._both(_marked(where, event, at, message_id), count)

    def opt_out(self, token: str, at: datetime) -> bool:
        """As the port."""
        key = _key(f"{TOKENS}{token}", _TOKEN)
        held = self._one(key)
        if held is None:
            return False
        job_id, item = held["job"]["S"], int(held["item"]["N"])
        self._suppress(held["contact"]["S"], "opt-out", at, job_id)
        mark = {
            "Key": key,
            "UpdateExpression": "SET opted_out_at = :at",
            "ConditionExpression": "attribute_exists(pk) AND attribute_not_exists(opted_out_at)",
            "ExpressionAttributeValues": {":at": {"S": instant(at)}},
        }
        self._both(mark, _counted(Event.OPTED_OUT, job_id, item, at))
        return True

    def counts(self, job_id: str) -> Mapping[Event, int]:
        """As the port."""
        found = lists.pages(
            self._db.query,
            TableName=self._table,
            KeyConditionExpression="pk = :pk AND begins_with(sk, :sk)",
            ExpressionAttributeValues={
                ":pk": {"S": f"{TALLIES}{job_id}"},
                ":sk": {"S": _TALLY},
            },
            ConsistentRead=True,
        )
        shards = [row for page in found for row in page["Items"]]
        sums = {one: sum(int(row[one]["N"]) for row in shards if one in row) for one in Event}
        return {one: many for one, many in sums.items() if many}

    def stopped_at(self, job_id: str) -> Mapping[Event, int]:
        """As the port."""
        held = self._one(_key(f"{TALLIES}{job_id}", _STOP)) or {}
        return {one: int(held[one]["N"]) for one in Event if one in held}

    def keep_stop(self, job_id: str, counts: Mapping[Event, int], at: datetime) -> None:
        """As the port."""
        row = {
            **_key(f"{TALLIES}{job_id}", _STOP),
            "ttl": {"N": str(int((at + ANSWERS_FOR).timestamp()))},
            **{event.value: {"N": str(many)} for event, many in counts.items()},
        }
        self._db.put_item(TableName=self._table, Item=row)

    def _both(self, mark: Row, count: Row) -> bool:
        """A mark and its campaign's count, in one write; whether the mark was new."""
        both: Any = [{"Update": {"TableName": self._table, **one}} for one in (mark, count)]
        try:
            self._db.transact_write_items(TransactItems=both)
        except ClientError as error:
            reasons = {one.get("Code") for one in error.response.get("CancellationReasons", ())}
            if "ConditionalCheckFailed" in reasons:
                return False
            if is_conflict(error):
                raise StoreConflict("the message is being written by somebody else") from None
            raise
        return True

    def _suppress(self, contact: str, why: Why, now: datetime, by: str) -> None:
        """Once: why and since when stay as they were first said."""
        row = rows.suppression(Suppressed(key=contact, why=why, since=now, by=by))
        try:
            self._db.put_item(
                TableName=self._table, Item=row, ConditionExpression="attribute_not_exists(pk)"
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise

    def _one(self, key: Row) -> Row | None:
        """A row, read consistently, by a query: a right that whoever asks has for its rows."""
        found = self._db.query(
            TableName=self._table,
            KeyConditionExpression="pk = :pk AND sk = :sk",
            ExpressionAttributeValues={":pk": key["pk"], ":sk": key["sk"]},
            ConsistentRead=True,
        )
        return next(iter(found["Items"]), None)


def _marked(where: tuple[str, int, int], event: Event, at: datetime, message_id: str) -> Row:
    """Once for each event; only on a message that was to be sent, and on this very sending."""
    marks = ["#event = :at"]
    values = {":at": {"S": instant(at)}}
    free = "attribute_exists(pk) AND attribute_not_exists(#event)"
    if message_id:
        marks.append("message_id = if_not_exists(message_id, :id)")
        values[":id"] = {"S": message_id}
        free += " AND (attribute_not_exists(message_id) OR message_id = :id)"
    return {
        "Key": message_key(*where),
        "UpdateExpression": f"SET {', '.join(marks)}",
        "ConditionExpression": free,
        "ExpressionAttributeNames": {"#event": f"{event}_at"},
        "ExpressionAttributeValues": values,
    }


def _counted(event: Event, job_id: str, item: int, at: datetime) -> Row:
    ends = int((at + ANSWERS_FOR).timestamp())
    return {
        "Key": _key(f"{TALLIES}{job_id}", f"{_TALLY}{item % SHARDS:02}"),
        "UpdateExpression": "SET #ttl = if_not_exists(#ttl, :ends) ADD #event :one",
        "ExpressionAttributeNames": {"#ttl": "ttl", "#event": event.value},
        "ExpressionAttributeValues": {":ends": {"N": str(ends)}, ":one": {"N": "1"}},
    }


def _key(pk: str, sk: str) -> Row:
    return {"pk": {"S": pk}, "sk": {"S": sk}}
