"""What is usual of a workflow: the same rules hold for the fake and for DynamoDB."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from countersign.connectors.dynamodb.usual import DynamoUsuals
from countersign.domain.reporting.usual import Usuals, seen
from tests.builders import AT
from tests.fakes.on_moto import jobs_table
from tests.fakes.world import FakeUsuals

MINUTES = timedelta(minutes=5)


@pytest.fixture(params=["fake", "moto"])
def usuals(request: pytest.FixtureRequest) -> Iterator[Usuals]:
    """The adapter under the contract."""
    if request.param == "fake":
        yield FakeUsuals()
        return
    with jobs_table() as db:
        yield DynamoUsuals("jobs", db)


def test_a_row_is_read_as_it_was_put(usuals: Usuals) -> None:
    """By workflow; the later one replaces the earlier one."""
    first = seen(None, AT, (AT,), 0, ("j-1",))
    second = seen(first, AT + MINUTES, (AT + MINUTES,), 2, ("j-1", "j-2"))
    usuals.put("a", first)
    usuals.put("b", first)
    usuals.put("a", second)
    assert usuals.all() == {"a": second, "b": first}
