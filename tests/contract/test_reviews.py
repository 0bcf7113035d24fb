"""Open requests and reviews, by the same rules on the fake and on DynamoDB."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest

from countersign.connectors.dynamodb.reviews import DynamoReviews
from countersign.connectors.dynamodb.store import DynamoStore
from countersign.domain.errors import AlreadyDecided, NotFound
from countersign.domain.jobs.change import Change, created, transition
from countersign.domain.jobs.intake import accepted
from countersign.domain.jobs.job import Status
from countersign.domain.jobs.reviews import Review, ReviewAnswer, Reviews
from countersign.domain.ports import JobStore
from tests import builders
from tests.fakes.on_moto import jobs_table
from tests.fakes.reviews import FakeReviews
from tests.fakes.store import FakeStore
from tests.fakes.world import FakeIds

AT = builders.AT
IDS = FakeIds()
ALL = 50


@dataclass(frozen=True)
class Office:
    """A table and what is read from it."""

    store: JobStore
    reviews: Reviews

    def writes(self, job_id: str, change: Change) -> None:
        """A new job's first change."""
        job = builders.job(Status.PENDING, job_id=job_id, execution=job_id, version=0)
        made, entry = created(job, accepted(job), IDS.salt)
        if not any(one.job_id == job_id for one in self.store.live({Status.PENDING}, ALL)):
            self.store.create(made, entry, accepted(job))
        held = self.store.load(job_id).job
        after, entry = transition(held, change, AT, IDS.salt)
        self.store.write(held, after, entry, change)


@pytest.fixture(params=["fake", "moto"])
def office(request: pytest.FixtureRequest) -> Iterator[Office]:
    """The adapters under the contract."""
    if request.param == "fake":
        store = FakeStore()
        yield Office(store, FakeReviews(store))
        return
    with jobs_table() as client:
        yield Office(DynamoStore("jobs", client), DynamoReviews("jobs", client))


def asks(job_id: str, hours: int, **parts: object) -> Change:
    """A request with a deadline in `hours`."""
    usual: dict[str, object] = {
        "job_id": job_id,
        "approval_id": f"a-{job_id}",
        "deadline": AT + timedelta(hours=hours),
    }
    made = builders.approval(builders.held(), **usual | parts)
    return Change(event="asked", actor="state:Ask", approvals=(made,))


def review(number: int = 1, **parts: object) -> Review:
    """A review that waits."""
    usual: dict[str, object] = {
        "review_id": f"r-{number}",
        "job_id": f"j-{number}",
        "workflow": "letters",
        "planted": False,
        "sampled_at": AT + timedelta(minutes=number),
    }
    return Review.model_validate(usual | parts)


def answered(held: Review, minutes: int = 60) -> Review:
    """The same with an answer."""
    said = ReviewAnswer(by="ana", at=AT + timedelta(minutes=minutes), verdict="ok")
    return held.model_copy(update={"answer": said})


def closes(*reviews: Review) -> Change:
    """A change that leaves reviews."""
    return Change(event="closed", actor="state:Close", reviews=reviews)


def test_open_requests_come_with_the_nearest_deadline_first(office: Office) -> None:
    """Each with its workflow, no more than wanted, and none whose deadline is over."""
    for job_id, hours in (("j-1", 8), ("j-2", 2), ("j-3", 5), ("j-4", 1)):
        office.writes(job_id, asks(job_id, hours))
    found = office.reviews.open_requests(AT + timedelta(hours=1), 2)
    assert [(one.workflow, one.job_id) for one in found] == [
        ("letters", "j-2"),
        ("letters", "j-3"),
    ]


@pytest.mark.parametrize("ended", ["decision", "superseded"])
def test_a_settled_request_is_not_open(office: Office, ended: str) -> None:
    """Once it is decided or replaced, it leaves the list."""
    office.writes("j-1", asks("j-1", 8))
    approval = builders.approval(builders.held())
    said = builders.decision(approval) if ended == "decision" else True
    office.writes("j-1", asks("j-1", 8, **{ended: said}))
    assert office.reviews.open_requests(AT, ALL) == []


def test_open_requests_are_no_jobs(office: Office) -> None:
    """Their rows share the index with jobs, and no list of jobs has them."""
    office.writes("j-1", asks("j-1", 8))
    office.writes("j-2", closes(review(2)))
    jobs = [job.job_id for job in office.store.live({*Status}, ALL)]
    assert sorted(jobs) == ["j-1", "j-2"]


def test_reviews_wait_in_order_and_are_answered_once(office: Office) -> None:
    """An answered one is among the reviewed and cannot be answered again."""
    office.writes("j-2", closes(review(2)))
    office.writes("j-1", closes(review(1)))
    assert office.reviews.to_review(ALL) == [review(1), review(2)]
    assert office.reviews.to_review(1) == [review(1)]
    office.reviews.answer(answered(review(1)))
    assert office.reviews.to_review(ALL) == [review(2)]
    assert office.reviews.reviewed(AT, AT + timedelta(hours=2), ALL) == [answered(review(1))]
    with pytest.raises(AlreadyDecided):
        office.reviews.answer(answered(review(1), minutes=90))
    assert office.reviews.review("r-1") == answered(review(1))


def test_the_reviewed_come_latest_first(office: Office) -> None:
    """By their answers, not by their sampling; over several days, and none from before."""
    for number in (1, 2, 3, 4):
        office.writes(f"j-{number}", closes(review(number)))
    for number, days in ((4, 0), (2, 1), (1, 2), (3, 4)):
        office.reviews.answer(answered(review(number), minutes=days * 24 * 60))
    since, now = AT + timedelta(hours=1), AT + timedelta(days=5)
    found = office.reviews.reviewed(since, now, ALL)
    assert [one.review_id for one in found] == ["r-3", "r-1", "r-2"]
    assert list(office.reviews.reviewed(since, now, 2)) == list(found[:2])


def test_an_unknown_review_is_not_found(office: Office) -> None:
    """No row, no review."""
    with pytest.raises(NotFound):
        office.reviews.review("r-none")
