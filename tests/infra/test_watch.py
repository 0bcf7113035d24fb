"""Alarms: each on something that exists, each with a subscriber, silence decided on purpose."""

import json
import re
from datetime import timedelta

import pytest

from countersign import observability
from countersign.approvals.metrics import decided
from countersign.domain.jobs.change import Due
from countersign.domain.jobs.job import Status
from countersign.domain.limits.circuit_breaker import LONGEST_REST, Breaker
from countersign.entrypoints.tick import tick
from countersign.runtime.connectors import CODES, CONNECTORS, MAIL, MODEL, remedies
from infra.settings import ROOT
from tests.builders import AT, approval, decision, held, job, record
from tests.fakes.world import World
from tests.infra.template import Properties, Template

OLDEST_DUE, IN_TURN = "OldestDueSeconds", "DueInTurn"
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


def searches(template: Template) -> list[tuple[str, frozenset[str]]]:
    """(metric, dimensions) of every search on the dashboard."""
    body = json.dumps(template.one("CloudWatch::Dashboard")["DashboardBody"])
    found = re.findall(r"SEARCH\('\{Countersign,([a-z,]+)\} MetricName=[\\\"]+(\w+)", body)
    return [(name, frozenset(dimensions.split(","))) for dimensions, name in found]


def test_the_dashboard_searches_for_what_is_emitted(
    dev: Template, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each search names a metric and exactly the dimensions under which our code emits it."""
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "countersign-dev")
    assert {name for name, _ in searches(dev)} == {
        *("PendingApprovals", "PendingSeconds", "SecondsToDecide"),
        *("Decisions", "QuickDecisions", "ApprovalsExpired", IN_TURN),
    }
    assert set(searches(dev)) <= {*emissions(capsys), EXPIRED}


EXPIRED = ("ApprovalsExpired", frozenset({"service", "workflow"}))
"""Emitted by `tick` when the last tier's time is over."""


def emissions(capsys: pytest.CaptureFixture[str]) -> set[tuple[str, frozenset[str]]]:
    """What a quick decision, a waiting request and a job that waits for its turn leave behind."""
    asked = approval(held())
    decided("letters", (), asked, decision(asked, opened_at=AT + timedelta(hours=1)))
    world = World(lambda _: {})
    row = job(Status.WAITING_FOR_REVIEW, workflow="letters")
    late = asked.model_copy(update={"deadline": world.clock.now() + timedelta(days=9)})
    world.store.put(record((), job=row, approvals={"a-1": late}))
    parked = Due(kind="parked", at=AT, waits_for="crm")
    idle = job(Status.PARKED, job_id="j-idle")
    world.store.put(record((), job=idle, due={"parked": parked}))
    world.limits.rests(Breaker(key="crm-write", open_until=world.clock.now() + timedelta(hours=1)))
    tick(world.deps)
    lines = map(json.loads, capsys.readouterr().out.splitlines())
    return {
        (metric["Name"], frozenset(emf["Dimensions"][0]))
        for line in lines
        for emf in line["_aws"]["CloudWatchMetrics"]
        for metric in emf["Metrics"]
    }


@pytest.mark.control
def test_a_search_by_another_dimension_is_seen(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Control: a search without the service, or for a tier that is not emitted, finds nothing."""
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "countersign-dev")
    found = emissions(capsys)
    assert ("Decisions", frozenset({"service", "workflow", "choice"})) in found
    assert ("Decisions", frozenset({"workflow", "choice"})) not in found
    assert ("SecondsToDecide", frozenset({"service", "workflow", "tier"})) not in found


def test_each_key_that_may_not_be_taken_has_an_alarm_that_says_what_mends_it(dev: Template) -> None:
    """By what keeps its pace; longer than the five minutes between two tries, so that it does not
    ring for each."""
    alarms = [
        alarm
        for alarm in dev.of("CloudWatch::Alarm").values()
        if alarm["MetricName"] == "Misconfigured"
    ]
    found = {
        next(one["Value"] for one in alarm["Dimensions"] if one["Name"] == "key"): alarm
        for alarm in alarms
    }
    sides = (side for row in CONNECTORS.values() for side in row.sides)
    keyed = {side.paced_by for side in sides if side.key}
    assert set(found) == {*keyed, MAIL, CODES, MODEL}
    assert {key: alarm["AlarmDescription"] for key, alarm in found.items()} == remedies()
    assert all(alarm["Period"] > LONGEST_REST.total_seconds() for alarm in alarms)
    assert "countersign secrets set crm-write" in remedies()["crm-write"]
    assert "aws sesv2" in remedies()["mail"]
