"""Requests that wait for a signature, and actions that are reviewed afterwards."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Literal, Protocol

from countersign.domain.approvals.approval import Approval
from countersign.domain.contract import Contract, Value


@dataclass(frozen=True)
class OpenRequest:
    """What a list shows of a request that waits."""

    job_id: str
    workflow: str
    tier: int
    requested_at: datetime
    deadline: datetime
    people: tuple[str, ...]
    """Ids of those who are asked."""

    @classmethod
    def of(cls, workflow: str, approval: Approval) -> OpenRequest:
        """That of this request of a job of `workflow`."""
        return cls(
            job_id=approval.job_id,
            workflow=workflow,
            tier=approval.tier,
            requested_at=approval.requested_at,
            deadline=approval.deadline,
            people=tuple(person.id for person in approval.approvers),
        )


class ReviewAnswer(Value):
    """What a reviewer said. `void`: the item could not be shown and counts for nothing."""

    by: str
    at: datetime
    verdict: Literal["ok", "wrong", "void"]
    why: str = ""
    did: str = ""
    """What people did by hand about a job in shadow, in their words."""


class Review(Contract):
    """One job whose automatic actions a person looks at afterwards, blind."""

    CONTRACT: ClassVar[str] = "review"
    VERSION: ClassVar[int] = 1

    review_id: str
    """Says nothing about the job or about `planted`."""
    job_id: str
    workflow: str
    planted: bool
    """Whether what is shown is changed so that it is wrong. Nobody but the store knows."""
    shadow: bool = False
    """Whether nothing of it was done: a person says whether it would have been right."""
    sampled_at: datetime
    answer: ReviewAnswer | None = None


def review_id_of(job_id: str) -> str:
    """The id of the one review that a job can have; it says nothing about the job."""
    return "r-" + hashlib.sha256(f"review\n{job_id}".encode()).hexdigest()[:16]


class Reviews(Protocol):
    """Reading what waits for people; it is written with its job."""

    def open_requests(self, now: datetime, limit: int) -> Sequence[OpenRequest]:
        """Requests whose deadline is to come, the nearest first."""

    def to_review(self, limit: int) -> Sequence[Review]:
        """Reviews without an answer, oldest first."""

    def reviewed(self, since: datetime, now: datetime, limit: int) -> Sequence[Review]:
        """Reviews that were answered from `since` to `now`, latest first."""

    def review(self, review_id: str) -> Review:
        """One review. Raises NotFound."""

    def answer(self, review: Review) -> None:
        """Store the answer in `review`. Raises AlreadyDecided when it has one."""
