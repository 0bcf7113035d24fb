"""Workflows' months: the same rules hold for the fake and for DynamoDB."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from countersign.connectors.dynamodb.owner_reviews import DynamoOwnerReviews
from countersign.domain.errors import StoreConflict
from countersign.domain.reporting.owner_review import OwnerReview, OwnerReviews
from tests.fakes.on_moto import jobs_table
from tests.fakes.owner_reviews import FakeOwnerReviews
from tests.fakes.world import START


@pytest.fixture(params=["fake", "moto"])
def reviews(request: pytest.FixtureRequest) -> Iterator[OwnerReviews]:
    """The adapter under the contract."""
    if request.param == "fake":
        yield FakeOwnerReviews()
        return
    with jobs_table() as db:
        yield DynamoOwnerReviews("jobs", db)


def month(workflow: str, name: str = "2026-03") -> OwnerReview:
    return OwnerReview(
        workflow=workflow,
        month=name,
        owner="desk",
        opened_at=START,
        due_at=START,
        figures="{}",
    )


def test_a_month_has_one_of_each_workflow_and_of_two_who_change_it_one_does(
    reviews: OwnerReviews,
) -> None:
    """A change is stored over what was read, and over nothing else."""
    letters, leads = month("letters"), month("leads")
    for one in (letters, leads, month("letters", "2026-04")):
        reviews.change(None, one)
    assert reviews.of("2026-03") == [leads, letters]
    after = letters.model_copy(update={"version": 1, "course": "stop"})
    reviews.change(letters, after)
    assert reviews.of("2026-03") == [leads, after]
    for before in (letters, None):
        with pytest.raises(StoreConflict):
            reviews.change(before, after)


def test_the_first_look_is_remembered(reviews: OwnerReviews) -> None:
    """Whoever looks later learns when that was."""
    assert reviews.began(START) == START
    assert reviews.began(START + timedelta(days=40)) == START
