"""The bulk lane: a partition for what is said of a job's file, and one for each of its batches. No
load of a job reads any of it, and whoever works on a batch reaches no other."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from countersign.connectors.aws.client import client, guarded, is_conflict
from countersign.connectors.dynamodb import lists, versioned
from countersign.domain.canonical import canonical
from countersign.domain.errors import BatchTaken, StoreConflict
from countersign.domain.lane.batches import Head
from countersign.domain.lane.control import Control
from countersign.domain.lane.items import Item
from countersign.domain.lane.run import Run

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

Row = dict[str, Any]

PARTITION = "LANE#"
"""What the partition keys of all files begin with."""
_RUN, _CONTROL, _HEAD, _ITEM = "RUN", "CONTROL", "HEAD", "ITEM#"
_KEPT_SECONDS = 90 * 86_400
"""As long as the longest job may take: what lasts longer is in the bucket."""
_AT_ONCE = 100
"""Keys of one request: DynamoDB takes no more."""


def lane_of(job_id: str) -> str:
    """The partition of what is said of a job's file."""
    return f"{PARTITION}{job_id}"


def batch_of(job_id: str, batch: int) -> str:
    """The partition of one of its batches."""
    return f"{PARTITION}{job_id}#{batch:06}"


class DynamoLanes:
    """lane.run.Lanes on DynamoDB."""

    def __init__(self, table: str, db: DynamoDBClient | None = None) -> None:
        self._table = table
        self._db = guarded(db or client("dynamodb"))

    def run(self, job_id: str) -> Run | None:
        """Read consistently."""
        held = next(self._rows(lane_of(job_id), _RUN), None)
        return Run.model_validate_json(held["body"]["S"]) if held else None

    def keep_run(self, before: Run | None, after: Run) -> None:
        """As the port."""
        over = before.version if before else None
        key = {"pk": lane_of(after.job_id), "sk": _RUN}
        versioned.put(self._db, self._table, key, after, version=after.version, over=over)

    def control(self, job_id: str) -> Control:
        """Read consistently."""
        held = next(self._rows(lane_of(job_id), _CONTROL), None)
        return Control.model_validate_json(held["body"]["S"]) if held else Control()

    def keep_control(self, job_id: str, before: Control, after: Control) -> None:
        """As the port."""
        key = {"pk": lane_of(job_id), "sk": _CONTROL}
        over = before.version or None
        versioned.put(self._db, self._table, key, after, version=after.version, over=over)

    def head(self, job_id: str, batch: int) -> Head | None:
        """Read consistently."""
        held = next(self._rows(batch_of(job_id, batch), _HEAD), None)
        return Head.model_validate_json(held["body"]["S"]) if held else None

    def heads(self, job_id: str, batches: Iterable[int]) -> Mapping[int, Head]:
        """A hundred at once."""
        found: dict[int, Head] = {}
        every = list(batches)
        for start in range(0, len(every), _AT_ONCE):
            keys = {batch_of(job_id, one): one for one in every[start : start + _AT_ONCE]}
            for row in self._got([_key(pk, _HEAD) for pk in keys]):
                found[keys[row["pk"]["S"]]] = Head.model_validate_json(row["body"]["S"])
        return found

    def keep_head(self, job_id: str, batch: int, before: Head | None, after: Head) -> None:
        """One write, over the entry that was read."""
        row = {**_key(batch_of(job_id, batch), _HEAD), **_entry(after.entry), **_body(after)}
        try:
            self._db.put_item(TableName=self._table, Item=row, **_over(before))
        except ClientError as error:
            raise StoreConflict(str(taken(error))) from None

    def items(self, job_id: str, batch: int) -> Mapping[int, Item]:
        """All of the partition but its head."""
        bodies = [row["body"]["S"] for row in self._rows(batch_of(job_id, batch), _ITEM)]
        found = map(Item.model_validate_json, bodies)
        return {one.number: one for one in found}

    def claim(self, job_id: str, batch: int, item: Item) -> None:
        """Head and item in one transaction; its token is that of the claim, so that a lost answer
        is answered again."""
        both: Any = claim_of(self._table, batch_of(job_id, batch), item)
        token = once(batch_of(job_id, batch), item)
        try:
            self._db.transact_write_items(TransactItems=both, ClientRequestToken=token)
        except ClientError as error:
            raise taken(error) from None

    def record(self, job_id: str, batch: int, item: Item) -> None:
        """Over our own claim; what stands there already because an answer was lost is ours."""
        pk = batch_of(job_id, batch)
        try:
            self._db.put_item(**ended_over(self._table, pk, item))
        except ClientError as error:
            refused = taken(error)
            if self.items(job_id, batch).get(item.number) != item:
                raise refused from None

    def _rows(self, pk: str, begins: str) -> Iterator[Row]:
        found = lists.pages(
            self._db.query,
            TableName=self._table,
            KeyConditionExpression="pk = :pk AND begins_with(sk, :begins)",
            ExpressionAttributeValues={":pk": {"S": pk}, ":begins": {"S": begins}},
            ConsistentRead=True,
        )
        for page in found:
            yield from page["Items"]

    def _got(self, keys: list[Row]) -> Iterator[Row]:
        """What DynamoDB did not come to is asked again."""
        while keys:
            asked: Any = {self._table: {"Keys": keys, "ConsistentRead": True}}
            found: Any = self._db.batch_get_item(RequestItems=asked)
            yield from found["Responses"].get(self._table, ())
            keys = found.get("UnprocessedKeys", {}).get(self._table, {}).get("Keys", [])


def claim_of(table: str, pk: str, item: Item) -> list[Row]:
    """The claim of an item, as parts of a transaction: a look at the head, and the item's row."""
    mine = {":mine": {"N": str(item.entry)}}
    where = {"TableName": table, "ExpressionAttributeValues": mine}
    free = "attribute_not_exists(pk) OR (attribute_not_exists(is_over) AND entered < :mine)"
    head = {**where, "Key": _key(pk, _HEAD), "ConditionExpression": "entered = :mine"}
    row = {**where, "Item": _item(pk, item), "ConditionExpression": free}
    return [{"ConditionCheck": head}, {"Put": row}]


def once(pk: str, item: Item) -> str:
    """What makes a claim the same one when it is sent again because its answer was lost."""
    return hashlib.sha256(f"{pk} {item.number} {item.entry}".encode()).hexdigest()[:36]


def ended_over(table: str, pk: str, item: Item) -> Row:
    """A put of the item over our own claim on it."""
    return {
        "TableName": table,
        "Item": _item(pk, item),
        "ConditionExpression": "entered = :mine AND attribute_not_exists(is_over)",
        "ExpressionAttributeValues": {":mine": {"N": str(item.entry)}},
    }


def _key(pk: str, sk: str) -> Row:
    return {"pk": {"S": pk}, "sk": {"S": sk}}


def _entry(number: int) -> Row:
    ends = int(time.time()) + _KEPT_SECONDS
    return {"entered": {"N": str(number)}, "ttl": {"N": str(ends)}}


def _body(value: Head | Item) -> Row:
    return {"body": {"S": canonical(value).decode()}}


def _item(pk: str, item: Item) -> Row:
    over = {"is_over": {"BOOL": True}} if item.ended else {}
    return {**_key(pk, f"{_ITEM}{item.number:09}"), **_entry(item.entry), **over, **_body(item)}


def _over(before: Head | None) -> Row:
    if before is None:
        return {"ConditionExpression": "attribute_not_exists(pk)"}
    held = {":held": {"N": str(before.entry)}}
    return {"ConditionExpression": "entered = :held", "ExpressionAttributeValues": held}


def taken(error: ClientError) -> BatchTaken:
    """What a refused condition means. Raises the error when it is another one, and StoreConflict
    while somebody else's transaction on the same rows may yet fail."""
    reasons = {one.get("Code") for one in error.response.get("CancellationReasons", ())}
    if error.response["Error"]["Code"] == "ConditionalCheckFailedException" or (
        "ConditionalCheckFailed" in reasons
    ):
        return BatchTaken("somebody else entered the batch")
    if is_conflict(error):
        raise StoreConflict("the batch is being written by somebody else") from None
    raise error
