"""How often a sender came: the same rules hold for the fake and for DynamoDB."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from countersign.connectors.dynamodb.senders import DynamoSenderLimits
from countersign.domain.ports import SenderLimits
from tests.fakes.on_moto import jobs_table
from tests.fakes.senders import FakeSenderLimits
from tests.fakes.world import START


@pytest.fixture(params=["fake", "moto"])
def limits(request: pytest.FixtureRequest) -> Iterator[SenderLimits]:
    """The adapter under the contract."""
    if request.param == "fake":
        yield FakeSenderLimits()
        return
    with jobs_table() as db:
        yield DynamoSenderLimits("jobs", db)


def test_so_many_have_room_in_each_minute(limits: SenderLimits) -> None:
    """Three of four; the next minute has room again, and another sender has its own."""
    assert [limits.counts("shop", 3, START) for _ in range(4)] == [True, True, True, False]
    assert not limits.counts("shop", 3, START + timedelta(seconds=59))
    assert limits.counts("portal", 3, START)
    assert limits.counts("shop", 3, START + timedelta(seconds=60))
