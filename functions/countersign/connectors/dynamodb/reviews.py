"""Open requests and reviews in the jobs table, found by its lists."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from countersign.connectors.aws.client import client, guarded
from countersign.connectors.dynamodb import lists
from countersign.domain.approvals.approval import Approval
from countersign.domain.canonical import canonical, instant
from countersign.domain.errors import AlreadyDecided, NotFound
from countersign.domain.jobs.job import Job
from countersign.domain.jobs.reviews import OpenRequest, Review

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient


Item = dict[str, Any]

ASKED, TO_REVIEW, REVIEWED = "ASKED", "TO_REVIEW", "REVIEWED"
"""Kinds of listed rows; no status of a job has one of these names."""
REVIEW_DAYS = 400


def open_request(job: Job, approval: Approval) -> Item:
    """What puts the row of an open request into the index, under its deadline: one that nobody
    settled, because its job was killed, drops out of the list then."""
    if approval.decision is not None or approval.superseded:
        return {}
    asked = OpenRequest.of(job.workflow, approval)
    return {
        **lists.live(ASKED, asked.deadline, asked.job_id),
        "workflow": {"S": asked.workflow},
        "since": {"S": instant(asked.requested_at)},
        "tier": {"N": str(asked.tier)},
        "people": {"L": [{"S": one} for one in asked.people]},
    }


def review_row(review: Review) -> Item:
    """A review; before its answer in the order of sampling, after it in that of answering."""
    said, ends = review.answer, review.sampled_at + timedelta(days=REVIEW_DAYS)
    put_into = lists.ended if said else lists.live
    kind, at = (REVIEWED, said.at) if said else (TO_REVIEW, review.sampled_at)
    return {
        **review_key(review.review_id),
        **put_into(kind, at, review.review_id),
        "review": {"S": canonical(review).decode()},
        "ttl": {"N": str(int(ends.timestamp()))},
    }


class DynamoReviews:
    """Reviews on DynamoDB."""

    def __init__(self, table: str, db: DynamoDBClient | None = None) -> None:
        self._table = table
        self._db = guarded(db or client("dynamodb"))
        self._lists = lists.DynamoLists(table, self._db)

    def open_requests(self, now: datetime, limit: int) -> Sequence[OpenRequest]:
        """Open requests, the nearest deadline first."""
        found = self._lists.oldest(ASKED, limit, after=instant(now))
        return [_request(item) for item in found]

    def to_review(self, limit: int) -> Sequence[Review]:
        """Without an answer, oldest first."""
        return [_review(item) for item in self._lists.oldest(TO_REVIEW, limit)]

    def reviewed(self, since: datetime, now: datetime, limit: int) -> Sequence[Review]:
        """Answered from `since` to `now`, latest first."""
        return [_review(item) for item in self._lists.ended({REVIEWED}, since, now, limit)]

    def review(self, review_id: str) -> Review:
        """One review. Raises NotFound."""
        found = self._db.get_item(
            TableName=self._table, Key=review_key(review_id), ConsistentRead=True
        )
        if "Item" not in found:
            raise NotFound("there is no such review")
        return _review(found["Item"])

    def answer(self, review: Review) -> None:
        """Store the answer, once. Raises AlreadyDecided."""
        try:
            self._db.put_item(
                TableName=self._table,
                Item=review_row(review),
                ConditionExpression="attribute_exists(live)",
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise
            raise AlreadyDecided("this review has its answer") from None


def _review(item: Item) -> Review:
    return Review.model_validate_json(item["review"]["S"])


def _request(item: Item) -> OpenRequest:
    return OpenRequest(
        job_id=item["pk"]["S"].partition("#")[2],
        workflow=item["workflow"]["S"],
        tier=int(item["tier"]["N"]),
        requested_at=datetime.fromisoformat(item["since"]["S"]),
        deadline=lists.listed_at(item),
        people=tuple(one["S"] for one in item["people"]["L"]),
    )


def review_key(review_id: str) -> Item:
    """Key of a review."""
    return {"pk": {"S": f"REVIEW#{review_id}"}, "sk": {"S": "REVIEW"}}
