"""Caps in DynamoDB, where the table leaves keys of a batch unanswered."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, cast

import pytest

from countersign.connectors.dynamodb.caps import DynamoCaps
from countersign.domain.errors import Throttled
from countersign.domain.limits.caps import Reservation
from countersign.domain.money import Money

HELD = Reservation(
    key="k",
    job_id="j-1",
    attempt="a",
    amount=Money(amount=Decimal(1), currency="EUR"),
    counters=("cap/EUR",),
    reserved_at=datetime(2026, 3, 2, tzinfo=UTC),
)


class Busy:
    """A table that leaves everything out for so many reads, and then has nothing."""

    def __init__(self, busy: int) -> None:
        self.reads, self._busy = 0, busy

    def batch_get_item(self, RequestItems: dict[str, Any]) -> dict[str, Any]:  # noqa: N803 - AWS's name
        self.reads += 1
        left = RequestItems if self.reads <= self._busy else {}
        return {"Responses": {}, "UnprocessedKeys": left}


def release(table: Busy) -> bool:
    """Give back what is not stored."""
    return DynamoCaps("jobs", cast("Any", table)).release(HELD)


def test_keys_that_are_left_out_are_asked_for_again() -> None:
    """Nothing is taken for absent that the table has only not answered yet."""
    table = Busy(2)
    assert (release(table), table.reads) == (False, 3)


def test_a_table_that_never_answers_is_not_asked_for_ever() -> None:
    """After a few pauses of random length the step is told to come again later."""
    table = Busy(10**6)
    with pytest.raises(Throttled):
        release(table)
    assert table.reads < 10
