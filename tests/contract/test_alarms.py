"""Alarms, in memory and on CloudWatch: which of some ring."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import boto3
import pytest
from moto import mock_aws

from countersign.connectors.aws.alarms import CloudWatchAlarms
from countersign.domain.releases.rollout import Alarms
from tests.fakes.alarms import FakeAlarms

STAGE = "countersign-dev-"
Side = tuple[Alarms, Callable[[str], None]]


@pytest.fixture(params=["fake", "cloudwatch"])
def side(request: pytest.FixtureRequest) -> Iterator[Side]:
    """The alarms, and what makes one ring."""
    if request.param == "fake":
        fake = FakeAlarms()
        yield fake, fake.rings
        return
    request.getfixturevalue("made_up_credentials")
    with mock_aws():
        cloudwatch = boto3.client("cloudwatch", "us-east-1")

        def rings(name: str, stage: str = STAGE) -> None:
            alarm = f"{stage}{name}"
            cloudwatch.put_metric_alarm(
                AlarmName=alarm, MetricName=name, Namespace="Countersign", Period=60, Threshold=1,
                EvaluationPeriods=1, Statistic="Sum", ComparisonOperator="GreaterThanThreshold",
            )  # fmt: skip
            cloudwatch.set_alarm_state(AlarmName=alarm, StateValue="ALARM", StateReason="a test")

        rings("StepsFail", "countersign-prod-")
        yield CloudWatchAlarms(STAGE, cloudwatch), rings


def test_of_the_named_alarms_those_that_ring_are_told(side: Side) -> None:
    """By their names without the stage's; another stage's alarm of the same name is not this one's,
    nor is one that nobody asked about."""
    alarms, rings = side
    assert list(alarms.ringing(["StepsFail", "Defects"])) == []
    rings("Defects")
    rings("ManyCases")
    assert list(alarms.ringing(["StepsFail", "Defects"])) == ["Defects"]
