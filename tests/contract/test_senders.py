"""How often a sender came: the same rules hold for the fake and for DynamoDB."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import boto3
import pytest
from moto import mock_aws

from countersign.connectors.dynamodb.senders import DynamoSenderLimits
from countersign.domain.ports import SenderLimits
from tests.fakes.senders import FakeSenderLimits
from tests.fakes.tables import create_jobs_table
from tests.fakes.world import START


@pytest.fixture(params=["fake", "moto"])
def limits(request: pytest.FixtureRequest) -> Iterator[SenderLimits]:
    """The adapter under the contract."""
    if request.param == "fake":
        yield FakeSenderLimits()
        return
    request.getfixturevalue("made_up_credentials")
    with mock_aws():
        create_jobs_table(boto3.client("dynamodb"), "jobs")
        yield DynamoSenderLimits("jobs", boto3.client("dynamodb"))


def test_so_many_have_room_in_each_minute(limits: SenderLimits) -> None:
    """Three of four; the next minute has room again, and another sender has its own."""
    assert [limits.counts("shop", 3, START) for _ in range(4)] == [True, True, True, False]
    assert not limits.counts("shop", 3, START + timedelta(seconds=59))
    assert limits.counts("portal", 3, START)
    assert limits.counts("shop", 3, START + timedelta(seconds=60))
