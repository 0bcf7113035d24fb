"""Open requests and reviews over the fake jobs table."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from countersign.domain.errors import AlreadyDecided, NotFound
from countersign.domain.jobs.reviews import OpenRequest, Review
from tests.fakes.store import FakeStore


class FakeReviews:
    """Reviews on a FakeStore."""

    def __init__(self, store: FakeStore) -> None:
        self._store = store

    def open_requests(self, now: datetime, limit: int) -> Sequence[OpenRequest]:
        open_ = [
            OpenRequest.of(record.job.workflow, approval)
            for record in self._store.records()
            for approval in record.approvals.values()
            if approval.decision is None and not approval.superseded and approval.deadline > now
        ]
        return sorted(open_, key=lambda one: one.deadline)[:limit]

    def to_review(self, limit: int) -> Sequence[Review]:
        open_ = [one for one in self._store.reviews.values() if one.answer is None]
        return sorted(open_, key=lambda one: one.sampled_at)[:limit]

    def reviewed(self, since: datetime, now: datetime, limit: int) -> Sequence[Review]:
        done = [(one.answer.at, one) for one in self._store.reviews.values() if one.answer]
        done = [(at, one) for at, one in done if since <= at <= now]
        return [one for _, one in sorted(done, key=lambda pair: pair[0], reverse=True)][:limit]

    def review(self, review_id: str) -> Review:
        if review_id not in self._store.reviews:
            raise NotFound("there is no such review")
        return self._store.reviews[review_id]

    def answer(self, review: Review) -> None:
        if self.review(review.review_id).answer is not None:
            raise AlreadyDecided("this review has its answer")
        self._store.reviews[review.review_id] = review
