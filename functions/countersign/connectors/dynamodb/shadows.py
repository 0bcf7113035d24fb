"""What candidates made of live jobs: a partition for each candidate, a row for each job, and one
that counts what it has cost. Whoever writes here writes nothing else of the table."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from countersign.connectors.aws.client import client, guarded
from countersign.connectors.dynamodb import lists
from countersign.connectors.dynamodb.rows import partition
from countersign.domain.canonical import canonical
from countersign.domain.jobs.job import KEPT_DAYS
from countersign.domain.releases.comparing import Judged

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

Item = dict[str, Any]

PARTITION = "SHADOW#"
"""What the partition keys of all candidates begin with."""
_SPENT, _BEGUN = "SPENT", "BEGUN"
_MICRO = 1_000_000
_DAY = 86_400


class DynamoShadows:
    """candidate_shadow.Shadows on DynamoDB."""

    def __init__(self, table: str, db: DynamoDBClient | None = None) -> None:
        self._table = table
        self._db = guarded(db or client("dynamodb"))

    def spend(self, release: str, usd: Decimal, most: Decimal) -> bool:
        """One update, on the condition that there is room."""
        room = {":room": {"N": str(_micro(most) - _micro(usd))}}
        free = "micro <= :room" if usd > most else "attribute_not_exists(micro) OR micro <= :room"
        try:
            self._count(release, _micro(usd), room, ConditionExpression=free)
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise
            return False
        return True

    def give_back(self, release: str, usd: Decimal) -> None:
        """One update."""
        self._count(release, -_micro(usd), {})

    def spent(self, release: str) -> Decimal:
        """What is counted."""
        found = next(self._rows(release, _SPENT), None)
        return Decimal(found["micro"]["N"]) / _MICRO if found else Decimal(0)

    def first(self, release: str) -> bool:
        """One row, on the condition that there is none."""
        ends = str(int(time.time()) + KEPT_DAYS * _DAY)
        row = {**_key(release, _BEGUN), "ttl": {"N": ends}}
        try:
            self._db.put_item(
                TableName=self._table, Item=row, ConditionExpression="attribute_not_exists(pk)"
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise
            return False
        return True

    def has(self, release: str, job_id: str) -> bool:
        """By a query: a right that every function has for its jobs."""
        return next(self._rows(release, partition(job_id)), None) is not None

    def keep(self, release: str, job_id: str, made: Judged) -> None:
        """One row."""
        ends = int(time.time()) + KEPT_DAYS * _DAY
        body = {"body": {"S": canonical(made).decode()}, "ttl": {"N": str(ends)}}
        self._db.put_item(TableName=self._table, Item={**_key(release, partition(job_id)), **body})

    def kept(self, release: str) -> Mapping[str, Judged]:
        """All of them."""
        return {
            item["sk"]["S"].removeprefix(partition("")): Judged.model_validate_json(
                item["body"]["S"]
            )
            for item in self._rows(release, partition(""))
        }

    def _count(self, release: str, micro: int, values: Item, **condition: str) -> None:
        self._db.update_item(
            TableName=self._table,
            Key=_key(release, _SPENT),
            UpdateExpression="SET micro = if_not_exists(micro, :zero) + :more",
            ExpressionAttributeValues={
                ":zero": {"N": "0"},
                ":more": {"N": str(micro)},
                **values,
            },
            **condition,  # type: ignore[arg-type] # the stub wants each by name
        )

    def _rows(self, release: str, begins: str) -> Iterator[Item]:
        found = lists.pages(
            self._db.query,
            TableName=self._table,
            KeyConditionExpression="pk = :pk AND begins_with(sk, :begins)",
            ExpressionAttributeValues={
                ":pk": {"S": PARTITION + release},
                ":begins": {"S": begins},
            },
            ConsistentRead=True,
        )
        for page in found:
            yield from page["Items"]


def _key(release: str, of: str) -> Item:
    return {"pk": {"S": PARTITION + release}, "sk": {"S": of}}


def _micro(usd: Decimal) -> int:
    """Millionths of a USD, rounded up: what is counted is never less than what it cost."""
    return -int(-usd * _MICRO // 1)
