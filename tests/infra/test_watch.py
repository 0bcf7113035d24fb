"""Alarms: each on something that exists, each with a subscriber, silence decided on purpose."""

import json
import re

import pytest

from countersign import observability
from infra.settings import ROOT
from tests.infra.template import Properties, Template

OLDEST_DUE = "OldestDueSeconds"
# Metrics that AWS emits, from the lists in the user guides of each service.
METRICS_OF_AWS = {
    "AWS/States": {"ExecutionsFailed", "ExecutionsTimedOut"},
    "AWS/SQS": {"ApproximateNumberOfMessagesVisible", "ApproximateAgeOfOldestMessage"},
    "AWS/Lambda": {"Errors", "Duration"},
}


def silent(alarm: Properties) -> bool:
    """Whether an alarm is on a metric that nobody emits."""
    if alarm["Namespace"] == observability.NAMESPACE:
        return not emitted(alarm["MetricName"])
    return alarm["MetricName"] not in METRICS_OF_AWS.get(alarm["Namespace"], set())


def emitted(metric: str) -> bool:
    """Whether our code emits a metric of this name."""
    sources = (ROOT / "functions").rglob("*.py")
    return any(
        re.search(rf"(gauge_seconds|count)\(\s*\"{metric}\"", s.read_text()) for s in sources
    )


def test_every_dead_letter_queue_has_an_alarm(dev: Template) -> None:
    """Whatever lands in a queue that nobody reads wakes somebody."""
    dead = {name for name, queue in dev.of("SQS::Queue").items() if "RedrivePolicy" not in queue}
    alarms = dev.of("CloudWatch::Alarm").values()
    watched = {
        dimension["Value"]["Fn::GetAtt"][0]
        for alarm in alarms
        if alarm["Namespace"] == "AWS/SQS"
        for dimension in alarm["Dimensions"]
    }
    assert len(dead) == 2
    assert watched == dead


def test_alarms_are_on_metrics_that_exist(dev: Template) -> None:
    """An alarm on a metric that nobody emits stays quiet for ever."""
    alarms = dev.of("CloudWatch::Alarm").values()
    assert [alarm["AlarmName"] for alarm in alarms if silent(alarm)] == []


@pytest.mark.control
def test_a_silent_alarm_is_seen() -> None:
    """A misspelt metric is recognised, ours and AWS's."""
    assert silent({"Namespace": "AWS/States", "MetricName": "ExecutionFailures"})
    assert silent({"Namespace": observability.NAMESPACE, "MetricName": "OldestDueMinutes"})


def test_our_alarm_asks_for_the_dimension_that_is_emitted(
    dev: Template, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The EMF line of `tick` carries the name, the namespace and the dimension of the alarm."""
    service = dev.function("Tick")["Environment"]["Variables"]["POWERTOOLS_SERVICE_NAME"]
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", service)
    observability.gauge_seconds(OLDEST_DUE, 7)
    line = json.loads(capsys.readouterr().out)
    (emf,) = line["_aws"]["CloudWatchMetrics"]
    (alarm,) = (a for a in dev.of("CloudWatch::Alarm").values() if a["MetricName"] == OLDEST_DUE)
    assert emf["Namespace"] == alarm["Namespace"]
    assert alarm["Dimensions"] == [
        {"Name": key, "Value": line[key]} for key in emf["Dimensions"][0]
    ]
    assert alarm["TreatMissingData"] == "breaching"


def test_alarms_reach_a_person(dev: Template) -> None:
    """Each alarm decides what missing data means and tells the topic, which has a subscriber."""
    topic = next(iter(dev.of("SNS::Topic")))
    for alarm in dev.of("CloudWatch::Alarm").values():
        assert alarm["AlarmActions"] == [{"Ref": topic}]
        assert alarm["TreatMissingData"] in {"breaching", "notBreaching"}
    assert dev.one("SNS::Subscription")["Protocol"] == "email"
    policy = dev.one("SNS::TopicPolicy")["PolicyDocument"]["Statement"]
    allowed = [row for row in policy if row["Effect"] == "Allow"]
    assert [row["Principal"] for row in allowed] == [{"Service": "cloudwatch.amazonaws.com"}]
