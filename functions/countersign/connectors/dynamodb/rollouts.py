"""Stored releases: one partition of the jobs table, a row each; and the closed jobs of a canary, a
partition for each canary."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from countersign.connectors.aws.client import client, guarded, is_conflict
from countersign.connectors.dynamodb import lists
from countersign.domain.canonical import canonical, instant
from countersign.domain.errors import NotFound, StoreConflict
from countersign.domain.jobs.job import KEPT_DAYS
from countersign.domain.releases.rollout import RUNNING, Change, Closed, Rollout

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

Item = dict[str, Any]

PARTITION = "RELEASES"
_DAY = 86_400


class DynamoRollouts:
    """ports.Rollouts on DynamoDB."""

    def __init__(self, table: str, db: DynamoDBClient | None = None) -> None:
        self._table = table
        self._db = guarded(db or client("dynamodb"))

    def of(self, workflow: str) -> Sequence[Rollout]:
        """All of one workflow."""
        found = self._rows(workflow, ConsistentRead=True)
        return sorted(map(_rollout, found), key=lambda one: one.at)

    def running(self) -> Sequence[Rollout]:
        """Those that jobs come to."""
        return [
            one for one in map(_rollout, self._rows("")) if one.state in RUNNING or one.owes_a_mail
        ]

    def rollout(self, workflow: str, digest: str) -> Rollout:
        """One of them. Raises NotFound."""
        for one in self.of(workflow):
            if one.digest == digest:
                return one
        raise NotFound(f"{workflow} has no stored release {digest[:12]}")

    def change(self, changes: Sequence[Change]) -> None:
        """All of the rows, or none. Raises StoreConflict."""
        try:
            self._db.transact_write_items(TransactItems=list(map(self._put, changes)))
        except ClientError as error:
            if is_conflict(error):
                raise StoreConflict("the release was changed meanwhile") from None
            raise

    def close(self, canary: str, job: Closed) -> None:
        """Keep what became of a job."""
        ends = int(job.at.timestamp()) + KEPT_DAYS * _DAY
        key = {"pk": {"S": _canary(canary)}, "sk": {"S": f"{instant(job.at)}#{job.job_id}"}}
        body = {"body": {"S": canonical(job).decode()}, "ttl": {"N": str(ends)}}
        self._db.put_item(TableName=self._table, Item={**key, **body})

    def closed(self, canary: str) -> Sequence[Closed]:
        """All of them."""
        found = self._query("pk = :pk", {":pk": {"S": _canary(canary)}})
        return [Closed.model_validate_json(item["body"]["S"]) for item in found]

    def _rows(self, workflow: str, **more: Any) -> Iterator[Item]:
        begins = {":pk": {"S": PARTITION}, ":begin": {"S": f"{workflow}#" if workflow else "a"}}
        # Ids of workflows begin with a small letter: without one of them, all.
        which = "begins_with(sk, :begin)" if workflow else "sk >= :begin"
        yield from self._query(f"pk = :pk AND {which}", begins, **more)

    def _query(self, which: str, values: Item, **more: Any) -> Iterator[Item]:
        found = lists.pages(
            self._db.query,
            TableName=self._table,
            KeyConditionExpression=which,
            ExpressionAttributeValues=values,
            **more,
        )
        for page in found:
            yield from page["Items"]

    def _put(self, change: Change) -> Any:
        before, after = change
        held: Item = {"ConditionExpression": "attribute_not_exists(pk)"}
        if before is not None:
            held = {
                "ConditionExpression": "version = :held",
                "ExpressionAttributeValues": {":held": {"N": str(before.version)}},
            }
        return {"Put": {"TableName": self._table, "Item": _row(after), **held}}


def _row(one: Rollout) -> Item:
    key = {"pk": {"S": PARTITION}, "sk": {"S": f"{one.workflow}#{one.digest}"}}
    return {**key, "version": {"N": str(one.version)}, "body": {"S": canonical(one).decode()}}


def _rollout(item: Item) -> Rollout:
    return Rollout.model_validate_json(item["body"]["S"])


def _canary(digest: str) -> str:
    return f"CANARY#{digest}"
