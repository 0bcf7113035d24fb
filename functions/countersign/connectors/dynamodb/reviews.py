"""Open requests and reviews in the jobs table, found by the sparse `status` index."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from countersign.connectors.aws.client import client, guarded
from countersign.domain.approvals.approval import Approval
from countersign.domain.canonical import canonical, instant
from countersign.domain.errors import AlreadyDecided, NotFound
from countersign.domain.jobs.job import Job
from countersign.domain.jobs.reviews import OpenRequest, Review

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient


Item = dict[str, Any]

ASKED, TO_REVIEW, REVIEWED = "ASKED", "TO_REVIEW", "REVIEWED"
"""Partitions of the index; no status of a job has one of these names."""
REVIEW_DAYS = 400
_BEGINNING = "0"


def open_request(job: Job, approval: Approval) -> Item:
    """What puts the row of an open request into the index, under its deadline: one that nobody
    settled, because its job was killed, drops out of the list then."""
    if approval.decision is not None or approval.superseded:
        return {}
    return _indexed(ASKED, approval.deadline) | {"workflow": {"S": job.workflow}}


def review_row(review: Review) -> Item:
    """A review; before its answer in the order of sampling, after it in that of answering."""
    said, ends = review.answer, review.sampled_at + timedelta(days=REVIEW_DAYS)
    listed = _indexed(REVIEWED, said.at) if said else _indexed(TO_REVIEW, review.sampled_at)
    return {
        **_key(review.review_id),
        **listed,
        "body": {"S": canonical(review).decode()},
        "ttl": {"N": str(int(ends.timestamp()))},
    }


class DynamoReviews:
    """Reviews on DynamoDB."""

    def __init__(self, table: str, db: DynamoDBClient | None = None) -> None:
        self._table = table
        self._db = guarded(db or client("dynamodb"))

    def open_requests(self, now: datetime, limit: int) -> Sequence[OpenRequest]:
        """Open requests, the nearest deadline first."""
        return [
            OpenRequest(item["workflow"]["S"], Approval.model_validate_json(item["body"]["S"]))
            for item in self._listed(ASKED, limit, after=instant(now))
        ]

    def to_review(self, limit: int) -> Sequence[Review]:
        """Without an answer, oldest first."""
        return [_review(item) for item in self._listed(TO_REVIEW, limit)]

    def reviewed(self, limit: int) -> Sequence[Review]:
        """With an answer, latest first."""
        return [_review(item) for item in self._listed(REVIEWED, limit, oldest_first=False)]

    def review(self, review_id: str) -> Review:
        """One review. Raises NotFound."""
        found = self._db.get_item(TableName=self._table, Key=_key(review_id), ConsistentRead=True)
        if "Item" not in found:
            raise NotFound("there is no such review")
        return _review(found["Item"])

    def answer(self, review: Review) -> None:
        """Store the answer, once. Raises AlreadyDecided."""
        try:
            self._db.put_item(
                TableName=self._table,
                Item=review_row(review),
                ConditionExpression="#status = :open",
                ExpressionAttributeNames={"#status": "status"},
                ExpressionAttributeValues={":open": {"S": TO_REVIEW}},
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise
            raise AlreadyDecided("this review has its answer") from None

    def _listed(
        self, status: str, limit: int, *, after: str = _BEGINNING, oldest_first: bool = True
    ) -> list[Item]:
        found: list[Item] = []
        start: Item = {}
        while len(found) < limit:
            page: Any = self._db.query(
                TableName=self._table,
                IndexName="status",
                KeyConditionExpression="#status = :status AND updated_at > :after",
                ExpressionAttributeNames={"#status": "status"},
                ExpressionAttributeValues={":status": {"S": status}, ":after": {"S": after}},
                ScanIndexForward=oldest_first,
                Limit=limit - len(found),
                **start,
            )
            found += page["Items"]
            if "LastEvaluatedKey" not in page:
                break
            start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}
        return found


def _review(item: Item) -> Review:
    return Review.model_validate_json(item["body"]["S"])


def _key(review_id: str) -> Item:
    return {"pk": {"S": f"REVIEW#{review_id}"}, "sk": {"S": "REVIEW"}}


def _indexed(status: str, at: datetime) -> Item:
    return {"status": {"S": status}, "updated_at": {"S": instant(at)}}
