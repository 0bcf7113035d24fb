"""Messages of campaigns: each beside its item, in the partition of its batch; when each person was
last written to, in a partition of their own."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from countersign.connectors.aws.client import client, guarded, is_conflict
from countersign.connectors.dynamodb import lists
from countersign.connectors.dynamodb.campaign_events import (
    DynamoCampaignEvents,
    message_key,
    token_row,
)
from countersign.connectors.dynamodb.lanes import batch_of, claim_of, ended_over, once, taken
from countersign.connectors.dynamodb.rows import suppression_key
from countersign.domain.campaigns.sent import SUPPRESSED, TOO_SOON, Event, Intent, Sent
from countersign.domain.canonical import instant
from countersign.domain.errors import StoreConflict
from countersign.domain.lane.items import Item

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

Row = dict[str, Any]

CONTACTED = "CONTACTED#"
"""What the partition keys begin with that say when somebody was last written to."""
_LIST, _PERSON = 2, 3
"""Places in the transaction of an intent: the suppression list, the person."""
_KEPT_SECONDS = 400 * 86_400
"""Longer than any two messages of campaigns are kept apart."""
_AT_ONCE = 50
"""Contacts of one request: DynamoDB takes a hundred keys, and each has two."""
_TRIES = 6
"""How often the end of a message is written anew while its events are written too."""


class DynamoCampaigns(DynamoCampaignEvents):
    """campaigns.ports.CampaignStore on DynamoDB."""

    def __init__(self, table: str, db: DynamoDBClient | None = None) -> None:
        found = guarded(db or client("dynamodb"))
        super().__init__(table, found)

    def intend(self, intent: Intent) -> str:
        """Six rows in one transaction; its token is that of the claim."""
        pk = batch_of(intent.job_id, intent.batch)
        where = (intent.job_id, intent.batch, intent.item.number)
        parts: Any = [
            *claim_of(self._table, pk, intent.item),
            {"ConditionCheck": self._absent(suppression_key(intent.contact))},
            {"Put": self._person(intent)},
            {"Put": {"TableName": self._table, "Item": _message(intent)}},
            {
                "Put": {
                    "TableName": self._table,
                    "Item": token_row(intent.token, where, intent.contact, intent.at),
                }
            },
        ]
        try:
            self._db.transact_write_items(
                TransactItems=parts, ClientRequestToken=once(pk, intent.item)
            )
        except ClientError as error:
            return _rule(error)
        return ""

    def withdraw(self, intent: Intent, item: Item) -> None:
        """First the item and its message, then the person: who is cut off in between leaves
        somebody counted as written to who was not."""
        pk = batch_of(intent.job_id, intent.batch)
        key = message_key(intent.job_id, intent.batch, item.number)
        parts: Any = [
            {"Put": ended_over(self._table, pk, item)},
            {"Delete": {"TableName": self._table, "Key": key}},
        ]
        self._write(parts, (intent.job_id, intent.batch), item)
        try:
            self._db.delete_item(
                TableName=self._table,
                Key=_person_key(intent.contact),
                ConditionExpression="#job = :job AND #item = :item",
                ExpressionAttributeNames={"#job": "job", "#item": "item"},
                ExpressionAttributeValues=_by(intent),
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise

    def sent(self, job_id: str, batch: int, item: Item, message_id: str) -> None:
        """The id is kept on the message, the item ends."""
        parts: Any = [{"Put": ended_over(self._table, batch_of(job_id, batch), item)}]
        if message_id:
            known = {
                "TableName": self._table,
                "Key": message_key(job_id, batch, item.number),
                "UpdateExpression": "SET message_id = if_not_exists(message_id, :id)",
                "ConditionExpression": "attribute_exists(pk)",
                "ExpressionAttributeValues": {":id": {"S": message_id}},
            }
            parts.append({"Update": known})
        self._write(parts, (job_id, batch), item)

    def messages(self, job_id: str, batch: int) -> Mapping[int, Sent]:
        """All of the batch's."""
        found = lists.pages(
            self._db.query,
            TableName=self._table,
            KeyConditionExpression="pk = :pk AND begins_with(sk, :sk)",
            ExpressionAttributeValues={
                ":pk": {"S": batch_of(job_id, batch)},
                ":sk": {"S": "MAIL#"},
            },
            ConsistentRead=True,
        )
        rows = (row for page in found for row in page["Items"])
        return {int(row["sk"]["S"].removeprefix("MAIL#")): _sent(row) for row in rows}

    def standing(self, contacts: Iterable[str], since: datetime) -> Mapping[str, str]:
        """Two rows of each are asked for; most have neither."""
        every, found = list(dict.fromkeys(contacts)), dict[str, str]()
        for start in range(0, len(every), _AT_ONCE):
            some = every[start : start + _AT_ONCE]
            lists_of = {one: suppression_key(one) for one in some}
            keys = [*lists_of.values(), *map(_person_key, some)]
            for row in self._got(keys):
                if row["pk"]["S"].startswith(CONTACTED):
                    last = datetime.fromtimestamp(float(row["at"]["N"]), UTC)
                    if last > since:
                        found.setdefault(row["pk"]["S"].removeprefix(CONTACTED), TOO_SOON)
                else:
                    found[row["sk"]["S"]] = SUPPRESSED
        return found

    def _got(self, keys: list[Row]) -> Iterator[Row]:
        while keys:
            asked: Any = {self._table: {"Keys": keys, "ConsistentRead": True}}
            found: Any = self._db.batch_get_item(RequestItems=asked)
            yield from found["Responses"].get(self._table, ())
            keys = found.get("UnprocessedKeys", {}).get(self._table, {}).get("Keys", [])

    def _write(self, parts: list[Any], at: tuple[str, int], item: Item) -> None:
        """Over our own claim; what stands there already because an answer was lost is ours. Another
        write of the same message (its event) is waited for by writing again."""
        for last in range(_TRIES, 0, -1):
            try:
                self._db.transact_write_items(TransactItems=parts)
            except ClientError as error:
                try:
                    refused = taken(error)
                except StoreConflict:
                    if last == 1:
                        raise
                    continue
                if self._item(*at, item.number) != item:
                    raise refused from None
            return

    def _item(self, job_id: str, batch: int, number: int) -> Item | None:
        found = self._one({"pk": {"S": batch_of(job_id, batch)}, "sk": {"S": f"ITEM#{number:09}"}})
        return Item.model_validate_json(found["body"]["S"]) if found else None

    def _absent(self, key: Row) -> Row:
        return {
            "TableName": self._table,
            "Key": key,
            "ConditionExpression": "attribute_not_exists(pk)",
        }

    def _person(self, intent: Intent) -> Row:
        """When they are written to: now; unless they were, by another item, lately."""
        since = (intent.at - intent.apart).timestamp()
        return {
            "TableName": self._table,
            "Item": {
                **_person_key(intent.contact),
                "at": {"N": f"{intent.at.timestamp():.3f}"},
                "job": {"S": intent.job_id},
                "item": {"N": str(intent.item.number)},
                "ttl": {"N": str(int(time.time()) + _KEPT_SECONDS)},
            },
            "ConditionExpression": (
                "attribute_not_exists(pk) OR #at <= :since OR (#job = :job AND #item = :item)"
            ),
            "ExpressionAttributeNames": {"#at": "at", "#job": "job", "#item": "item"},
            "ExpressionAttributeValues": {":since": {"N": f"{since:.3f}"}, **_by(intent)},
        }


def _person_key(contact: str) -> Row:
    return {"pk": {"S": f"{CONTACTED}{contact}"}, "sk": {"S": "CONTACTED"}}


def _by(intent: Intent) -> Row:
    return {":job": {"S": intent.job_id}, ":item": {"N": str(intent.item.number)}}


def _message(intent: Intent) -> Row:
    return {
        **message_key(intent.job_id, intent.batch, intent.item.number),
        "contact": {"S": intent.contact},
        "token": {"S": intent.token},
        "intended_at": {"S": instant(intent.at)},
        "ttl": {"N": str(int(time.time()) + _KEPT_SECONDS)},
    }


def _sent(row: Row) -> Sent:
    happened = {one: row[f"{one}_at"]["S"] for one in Event if f"{one}_at" in row}
    return Sent(
        contact=row["contact"]["S"],
        token=row["token"]["S"],
        intended_at=datetime.fromisoformat(row["intended_at"]["S"]),
        message_id=row.get("message_id", {"S": ""})["S"],
        happened={event: datetime.fromisoformat(at) for event, at in happened.items()},
    )


def _rule(error: ClientError) -> str:
    """The rule that the refused transaction names. Raises BatchTaken, StoreConflict."""
    reasons = [one.get("Code") for one in error.response.get("CancellationReasons", ())]
    failed = {at for at, code in enumerate(reasons) if code == "ConditionalCheckFailed"}
    if failed and failed <= {_LIST, _PERSON}:
        return SUPPRESSED if _LIST in failed else TOO_SOON
    if not failed and is_conflict(error):
        raise StoreConflict("the message's rows are being written by somebody else") from None
    raise taken(error) from None
