"""Bulk operations: the same rules hold for the fake and for DynamoDB."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from countersign.connectors.dynamodb.bulks import DynamoBulks
from countersign.domain.errors import NotFound, StoreConflict
from countersign.domain.jobs.bulk import Bulk, Kind, stepped
from countersign.domain.ports import Bulks
from tests.fakes.bulks import FakeBulks
from tests.fakes.on_moto import jobs_table
from tests.fakes.world import START


@pytest.fixture(params=["fake", "moto"])
def bulks(request: pytest.FixtureRequest) -> Iterator[Bulks]:
    """The adapter under the contract."""
    if request.param == "fake":
        yield FakeBulks()
        return
    with jobs_table() as db:
        yield DynamoBulks("jobs", db)


def bulk(number: int) -> Bulk:
    """An operation over two jobs."""
    return Bulk(
        bulk_id=f"b-{number}",
        kind=Kind.REDRIVE,
        by="kim",
        reason="mended",
        chosen_by="FAILED",
        at=START - timedelta(minutes=number),
        jobs=("j-1", "j-2"),
    )


def test_what_is_stored_comes_back_the_oldest_first(bulks: Bulks) -> None:
    """Every field, refusals included."""
    assert bulks.all() == []
    first, second = bulk(1), bulk(2)
    for one in (first, second):
        bulks.change(None, one)
    after = stepped(first, "it runs")
    bulks.change(first, after)
    assert bulks.all() == [second, after]
    assert bulks.bulk("b-1") == after
    with pytest.raises(NotFound):
        bulks.bulk("b-3")


def test_of_two_who_change_it_at_once_one_does(bulks: Bulks) -> None:
    """A change is stored over what was read, and over nothing else."""
    held = bulk(1)
    bulks.change(None, held)
    bulks.change(held, stepped(held, None))
    for before in (held, None):
        with pytest.raises(StoreConflict):
            bulks.change(before, stepped(held, None))
