"""Seals: one partition of the jobs table, one row for each hour; and jobs read for their heads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from countersign.connectors.aws.client import client, guarded
from countersign.connectors.dynamodb import lists, rows
from countersign.domain.canonical import canonical, instant
from countersign.domain.jobs.job import Job
from countersign.domain.reporting.seals import Seal

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

PARTITION = "SEAL"
TOGETHER = 100
"""Rows that DynamoDB reads at once."""


class DynamoSeals:
    """Seals on DynamoDB."""

    def __init__(self, table: str, db: DynamoDBClient | None = None) -> None:
        self._table = table
        self._db = guarded(db or client("dynamodb"))

    def last(self) -> Seal | None:
        """The latest, read consistently."""
        found = self._db.query(**self._all(), ScanIndexForward=False, Limit=1)["Items"]
        return Seal.model_validate_json(found[0]["body"]["S"]) if found else None

    def between(self, since: datetime, to: datetime) -> Iterator[Seal]:
        """Those of hours that ended from `since` to `to`, the oldest first."""
        times = {":since": {"S": instant(since)}, ":to": {"S": instant(to)}}
        for page in lists.pages(
            self._db.query, **self._all(" AND sk BETWEEN :since AND :to", times)
        ):
            yield from (Seal.model_validate_json(item["body"]["S"]) for item in page["Items"])

    def keep(self, seal: Seal) -> None:
        """Store it; the same hour once more is the same seal."""
        key = {"pk": {"S": PARTITION}, "sk": {"S": instant(seal.to)}}
        body = {"body": {"S": canonical(seal).decode()}, **rows.ttl(seal.to, rows.SEEN_DAYS)}
        self._db.put_item(TableName=self._table, Item={**key, **body})

    def jobs(self, job_ids: Sequence[str]) -> Iterator[Job]:
        """Jobs without what is stored under them, in any order; those that are gone are left
        out."""
        for start in range(0, len(job_ids), TOGETHER):
            yield from self._read(job_ids[start : start + TOGETHER])

    def _read(self, job_ids: Sequence[str]) -> Iterator[Job]:
        keys: Any = [rows.state_key(one) for one in job_ids]
        asked: Any = {self._table: {"Keys": keys, "ConsistentRead": True}}
        while asked:
            answer = self._db.batch_get_item(RequestItems=asked)
            for item in answer["Responses"].get(self._table, ()):
                yield Job.model_validate_json(item["body"]["S"])
            asked = answer.get("UnprocessedKeys")

    def _all(self, also: str = "", values: Any = None) -> Any:
        return {
            "TableName": self._table,
            "KeyConditionExpression": f"pk = :pk{also}",
            "ExpressionAttributeValues": {":pk": {"S": PARTITION}, **(values or {})},
            "ConsistentRead": True,
        }
