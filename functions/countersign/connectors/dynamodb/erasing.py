"""Erasing rows of the jobs table, for whoever forgets a contact: no function has these rights."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from countersign.connectors.aws.client import client, guarded
from countersign.connectors.dynamodb import lists, rows
from countersign.connectors.dynamodb.apart import Apart
from countersign.connectors.dynamodb.lanes import batch_of, lane_of
from countersign.connectors.dynamodb.reviews import review_key
from countersign.connectors.dynamodb.shadows import PARTITION as SHADOW
from countersign.domain.errors import StoreConflict
from countersign.domain.jobs.change import Change, JobRecord
from countersign.domain.jobs.reviews import review_id_of
from countersign.domain.ports import Payloads

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient


class DynamoErasing:
    """forgetting.Rows on DynamoDB. Rows go one by one: each is gone or there, and the order that
    removes them can be given again."""

    def __init__(
        self, table: str, payloads: Callable[[], Payloads], db: DynamoDBClient | None = None
    ) -> None:
        self._table = table
        self._apart = Apart(payloads)
        self._db = guarded(db or client("dynamodb"))

    def drop_leads(self, keys: Sequence[str], job_ids: Collection[str]) -> None:
        """As the port."""
        for key in keys:
            for item in self._partition(rows.matter_partition(key)):
                if rows.matter(item).job_id in job_ids:
                    self._delete(_key_of(item))

    def drop_beside(self, job_id: str, claim: str, releases: Sequence[str]) -> None:
        """As the port. A claim that another job holds by now is that one's."""
        self._delete(review_key(review_id_of(job_id)))
        for release in releases:
            self._delete({"pk": {"S": SHADOW + release}, "sk": {"S": rows.partition(job_id)}})
        if claim:
            self._delete(rows.claim_key(claim), held_by=job_id)

    def drop_items(self, job_id: str, batches: int) -> None:
        """As the port. The heads go too: a child of an old run, which nobody can stop, claims and
        records no item without them."""
        for item in self._items(job_id, batches):
            self._delete(_key_of(item))

    def cut_items(self, job_id: str, batches: int, cut: Callable[[str], str]) -> None:
        """As the port: each row keeps its key and its end. One without a body, of a campaign's
        mail, has digests alone."""
        for item in self._items(job_id, batches):
            before = item.get("body", {"S": ""})["S"]
            after = cut(before)
            if after != before:
                self._db.put_item(TableName=self._table, Item={**item, "body": {"S": after}})

    def rewrite(self, record: JobRecord) -> None:
        """As the port. The job's row goes first, over the version that was read."""
        job = record.job
        here = {name: one for name, one in record.results.items() if not one.apart}
        written = self._apart.written(job.job_id, here)
        parts = Change(
            event="",
            actor="",
            ledger=record.ledger,
            approvals=tuple(record.approvals.values()),
            questions=tuple(record.questions.values()),
            case=record.case,
        )
        self._over(rows.state(job), job.version)
        trail = (rows.audit_entry(job, entry) for entry in record.audit)
        for item in (*trail, *rows.puts(job, parts, written)):
            self._db.put_item(TableName=self._table, Item=item)

    def bury(self, record: JobRecord) -> None:
        """As the port: what is not known stays nowhere."""
        self.rewrite(record)
        kept = {"STATE", *(f"AUDIT#{one.number:06d}" for one in record.audit)}
        kept |= {f"RESULT#{name}" for name in record.results}
        for item in self._partition(rows.partition(record.job.job_id)):
            if item["sk"]["S"] not in kept:
                self._delete(_key_of(item))

    def _over(self, item: rows.Item, version: int) -> None:
        try:
            self._db.put_item(
                TableName=self._table,
                Item=item,
                ConditionExpression="version = :version",
                ExpressionAttributeValues={":version": {"N": str(version)}},
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise
            raise StoreConflict("somebody changed the job meanwhile: order it again") from None

    def _items(self, job_id: str, batches: int) -> Iterator[rows.Item]:
        every = (batch_of(job_id, number) for number in range(1, batches + 1))
        for partition in (lane_of(job_id), *every):
            yield from self._partition(partition)

    def _partition(self, partition: str) -> Iterable[rows.Item]:
        found = lists.pages(
            self._db.query,
            TableName=self._table,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": partition}},
            ConsistentRead=True,
        )
        return [item for page in found for item in page["Items"]]

    def _delete(self, key: rows.Item, held_by: str = "") -> None:
        held: Any = {
            "ConditionExpression": "job_id = :job",
            "ExpressionAttributeValues": {":job": {"S": held_by}},
        }
        try:
            self._db.delete_item(TableName=self._table, Key=key, **(held if held_by else {}))
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise


def _key_of(item: rows.Item) -> rows.Item:
    return {"pk": item["pk"], "sk": item["sk"]}
