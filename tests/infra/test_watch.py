"""Alarms: each on something that exists, each with a subscriber, silence decided on purpose."""

import ast
import json
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from types import SimpleNamespace

import pytest
from aws_lambda_powertools import Logger

from countersign import observability
from countersign.approvals.decide import go_on
from countersign.approvals.metrics import decided
from countersign.campaigns.breaking import after_events
from countersign.domain.approvals.approval import Choice
from countersign.domain.campaigns.events import Heard
from countersign.domain.campaigns.sent import Event, Intent
from countersign.domain.errors import (
    Ambiguous,
    BudgetSpent,
    DefinitionBroken,
    NotAuthorised,
    Refused,
    Throttled,
    Unavailable,
)
from countersign.domain.jobs.change import Change, Due
from countersign.domain.jobs.job import Status
from countersign.domain.jobs.mail_events import COMPLAINED, Returned
from countersign.domain.lane.batches import Head
from countersign.domain.lane.items import Item
from countersign.domain.limits.budgets import Amount, Budgets, Most
from countersign.domain.limits.circuit_breaker import (
    LONGEST_REST,
    MOST_FAILURES,
    Breaker,
    failed,
    shut,
)
from countersign.domain.policy.proposal import Usage
from countersign.domain.ports import ModelAnswer
from countersign.entrypoints.campaign_events import count as noted
from countersign.entrypoints.mail_events import count
from countersign.entrypoints.tick import tick
from countersign.entrypoints.webhook import _tell_once_a_day
from countersign.reporting import monthly
from countersign.reporting.usual import look
from countersign.runtime.breaker import tell
from countersign.runtime.budgets import DayBudget
from countersign.runtime.connectors import CODES, CONNECTORS, MAIL, MODEL, remedies
from countersign.runtime.intake import queue
from countersign.runtime.pace import Paced
from countersign.web.http import Request, Response
from countersign.web.responses import framed
from infra.alarms import NOT_TAKEN, QUERIES, RUNBOOK, alarms, of_thresholds
from infra.settings import ROOT
from infra.steps import SHOWS, STEPS
from tests.builders import AT, approval, case, decision, held, job, record, unusual
from tests.fakes.journey import Journey, accept, form
from tests.fakes.world import World
from tests.infra.template import Properties, Template
from workflows import WORKFLOWS

METRICS_OF_AWS = {
    "AWS/States": {"ExecutionsFailed", "ExecutionsTimedOut"},
    "AWS/SQS": {"ApproximateNumberOfMessagesVisible", "ApproximateAgeOfOldestMessage"},
    "AWS/Lambda": {"Duration", "Errors", "Throttles"},
    "AWS/ApiGateway": {"5xx", "4xx", "Count", "Latency", "IntegrationLatency", "DataProcessed"},
}
"""Metrics that AWS emits, from the page "metrics and dimensions" of each service's user guide."""
Emitted = set[tuple[str, frozenset[str]]]
"""(metric, its dimensions)."""


@pytest.fixture
def said(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Callable[[], Emitted]:
    """What was emitted so far under the service of the stage `dev`."""
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "countersign-dev")

    def told() -> Emitted:
        lines = (line for line in capsys.readouterr().out.splitlines() if "_aws" in line)
        return {
            (metric["Name"], frozenset(emf["Dimensions"][0]))
            for line in map(json.loads, lines)
            for emf in line["_aws"]["CloudWatchMetrics"]
            for metric in emf["Metrics"]
        }

    return told


def watched(alarm: Properties) -> Iterator[Properties]:
    """The metrics that an alarm is on: one, or those of its sum."""
    if "Metrics" not in alarm:
        yield alarm
    for one in alarm.get("Metrics", []):
        if "MetricStat" in one:
            yield one["MetricStat"]["Metric"]


def calls() -> Iterator[tuple[str, frozenset[str]]]:
    """Each metric that the code counts, with the dimensions that it gives it."""
    texts = (source.read_text() for source in (ROOT / "functions").rglob("*.py"))
    for text in (one for one in texts if "observability" in one or "def count(" in one):
        for node in ast.walk(ast.parse(text)):
            if not isinstance(node, ast.Call) or not isinstance(
                node.func, ast.Name | ast.Attribute
            ):
                continue
            name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
            first = node.args[0] if node.args else None
            metric = str(first.value) if isinstance(first, ast.Constant) else ""
            # `str.count` has the same name, and counts letters.
            if name in {"count", "gauge_seconds"} and re.fullmatch(r"[A-Z]\w{4,}", metric):
                yield metric, frozenset(k.arg or "**" for k in node.keywords)


STARRED = frozenset({"**"})


def test_a_dimension_is_there_for_an_alarm_or_a_widget(dev: Template) -> None:
    """Each value of a dimension is a paid series: nobody reads it, nobody counts by it."""
    read = set(searches(dev)) | {
        (metric["MetricName"], frozenset(one["Name"] for one in metric["Dimensions"]))
        for alarm in dev.of("CloudWatch::Alarm").values()
        for metric in watched(alarm)
    }
    unread = {
        name
        for name, dimensions in observability.METRICS.items()
        if dimensions and (name, frozenset({"service", *dimensions})) not in read
    }
    assert unread == set()


def test_the_code_counts_what_the_table_has_under_its_dimensions() -> None:
    """No metric is counted that the table does not have, and none stands there for nothing."""
    found = dict(calls()) | {observability.STEP_ERRORS: frozenset({"category"})}
    assert set(found) == set(observability.METRICS)
    for name, dimensions in found.items():
        assert dimensions in (frozenset(observability.METRICS[name]), STARRED), name


def test_every_dead_letter_queue_has_an_alarm(dev: Template) -> None:
    """Whatever lands in a queue that nobody reads wakes somebody."""
    dead = {name for name, queue in dev.of("SQS::Queue").items() if "RedrivePolicy" not in queue}
    found = {
        dimension["Value"]["Fn::GetAtt"][0]
        for alarm in dev.of("CloudWatch::Alarm").values()
        for metric in watched(alarm)
        if metric["Namespace"] == "AWS/SQS"
        for dimension in metric["Dimensions"]
    }
    assert len(dead) == 3
    assert found == dead


def test_alarms_are_on_what_there_is(dev: Template) -> None:
    """A metric of ours stands in the table with the alarm's dimensions; one of AWS's is documented,
    and the thing that it watches is a resource of the stack."""
    for alarm in dev.of("CloudWatch::Alarm").values():
        for metric in watched(alarm):
            names = {one["Name"] for one in metric["Dimensions"]}
            if metric["Namespace"] == observability.NAMESPACE:
                assert names == {"service", *observability.METRICS[metric["MetricName"]]}
                continue
            assert metric["MetricName"] in METRICS_OF_AWS[metric["Namespace"]]
            ((_, of),) = metric["Dimensions"][0]["Value"].items()
            assert (of if isinstance(of, str) else of[0]) in dev.body["Resources"]


@pytest.mark.control
def test_an_alarm_on_what_nobody_emits_is_seen() -> None:
    """A misspelt metric, ours or AWS's, stands in neither table."""
    assert "OldestDueMinutes" not in observability.METRICS
    assert "ExecutionFailures" not in METRICS_OF_AWS["AWS/States"]


def test_a_real_run_emits_what_alarms_and_dashboard_ask_for(
    dev: Template, said: Callable[[], Emitted]
) -> None:
    """Each of our metrics that an alarm or a widget names is emitted under that name and those
    dimensions by the code that it tells of."""
    asked = {
        (metric["MetricName"], frozenset(one["Name"] for one in metric["Dimensions"]))
        for alarm in dev.of("CloudWatch::Alarm").values()
        for metric in watched(alarm)
        if metric["Namespace"] == observability.NAMESPACE
    }
    drawn = {
        (name, frozenset({"service"}))
        for name in re.findall(r"Countersign[\\\",]+(\w+)[\\\",]+service[\\\"]", widgets_of(dev))
    }
    assert {"OldestJobSeconds", "CasesOpen", "OutcomesUnknown", "Replans"} <= {n for n, _ in drawn}
    for errand in ERRANDS:
        errand()
    assert asked | drawn | set(searches(dev)) <= said()


def test_each_step_rings_when_it_is_slow_or_fails_over_all_its_functions(dev: Template) -> None:
    """Of several functions the worst counts, each by its own time limit; CloudWatch computes no
    alarm from more than ten metrics."""
    made = {
        one["AlarmName"].removeprefix("countersign-dev-"): one
        for one in dev.of("CloudWatch::Alarm").values()
    }
    steps = {row.handler.split(".")[2].capitalize() for row in STEPS}
    assert {n.partition("-")[2] for n in made if n.startswith("StepSlow-")} == steps
    assert {n.partition("-")[2] for n in made if n.startswith("StepFails-")} == steps
    assert all(len([*watched(one)]) <= 10 for one in made.values())
    functions = dev.of("Lambda::Function")
    for step in steps:
        slow = made[f"StepSlow-{step}"]["Metrics"]
        (worst,) = (one["Expression"] for one in slow if "Expression" in one)
        limits = {
            one["Id"]: functions[one["MetricStat"]["Metric"]["Dimensions"][0]["Value"]["Ref"]]
            for one in slow
            if "MetricStat" in one
        }
        shares = ",".join(f"100*FILL({n},0)/{1000 * f['Timeout']}" for n, f in limits.items())
        assert worst == f"MAX([{shares}])"
        assert {one["MetricStat"]["Stat"] for one in slow if "MetricStat" in one} == {"p99"}


@pytest.mark.control
def test_control_a_sum_over_functions_rings_where_each_is_quick() -> None:
    """Control: seven functions that take a fifth of their time each are 140 percent together."""
    acts = next(one for one in alarms() if one.name == "StepSlow-Act")
    shares = [20.0 for _ in acts.of]
    assert sum(shares) > acts.above > max(shares)


@pytest.mark.control
def test_a_dimension_that_nobody_emits_is_seen(said: Callable[[], Emitted]) -> None:
    """Control: a search without the service, or for a tier that is not there, finds nothing."""
    ERRANDS[0]()
    found = said()
    assert ("Decisions", frozenset({"service", "workflow", "choice"})) in found
    assert ("Decisions", frozenset({"workflow", "choice"})) not in found
    assert ("SecondsToDecide", frozenset({"service", "workflow", "tier"})) not in found


def test_each_alarm_says_what_it_means_and_has_its_section(dev: Template) -> None:
    """The description has both sentences and leads to a section of the runbook, which has them
    too; the runbook has no section of an alarm that is gone."""
    text = (ROOT / RUNBOOK).read_text()
    sections = {part.partition("\n")[0]: part for part in text.split("\n## ")[1:]}
    described = {
        a["AlarmName"]: a["AlarmDescription"] for a in dev.of("CloudWatch::Alarm").values()
    }
    rows = [*alarms(), *of_thresholds(WORKFLOWS)]
    there = [one for one in rows if SHOWS not in {*one.of, *one.where}]
    assert set(described) == {f"countersign-dev-{one.name}" for one in there}
    for one in rows:
        assert described.get(f"countersign-dev-{one.name}", one.says) == one.says
        section = sections[one.name.partition("-")[0]]
        assert ("**pages**" in section) == one.customers
        if one.name.startswith(NOT_TAKEN):
            assert f"`{one.name}`" in section
        elif one.dimensions and one.dimensions[0][0] == "workflow":
            assert "One alarm for each workflow" in section
            assert one.do in section
        else:
            assert one.means in section
            assert one.do in section
    names = {one.name.partition("-")[0] for one in rows}
    assert set(sections) == {
        *names,
        "CustomersAffected",
        "Alarms in maintenance",
        "What has no alarm",
    }


def test_one_alarm_pages_for_all_that_customers_feel(dev: Template) -> None:
    """Any of them is enough; it goes to a topic of its own."""
    page = dev.one("CloudWatch::CompositeAlarm")
    rule = json.dumps(page["AlarmRule"])
    felt = {one.name for one in alarms() if one.customers and one.missing == "quiet"}
    found = {
        alarm["AlarmName"].removeprefix("countersign-dev-")
        for name, alarm in dev.of("CloudWatch::Alarm").items()
        if f'"{name}"' in rule
    }
    assert found == felt
    named = set(re.findall(r"Fn::GetAtt\W+(\w+)", rule))
    assert named
    assert named <= set(dev.of("CloudWatch::Alarm"))
    (topic,) = page["AlarmActions"]
    assert topic["Ref"] in dev.of("SNS::Topic")
    assert topic not in [a["AlarmActions"][0] for a in dev.of("CloudWatch::Alarm").values()]


def _without_data(alarm: Properties, before: str) -> set[str]:
    """Whom an alarm tells that finds no data, in the state `before`; CloudWatch's user guide,
    “Configuring how CloudWatch alarms treat missing data”."""
    state = {"notBreaching": "OK", "breaching": "ALARM", "missing": "INSUFFICIENT_DATA"}[
        alarm["TreatMissingData"]
    ]
    kinds = {"ALARM": "AlarmActions", "INSUFFICIENT_DATA": "InsufficientDataActions"}
    told = alarm.get(kinds[state], []) if state != before and state in kinds else []
    return {one["Ref"] for one in told}


def test_no_alarm_rings_before_it_has_seen_anything(dev: Template) -> None:
    """A new alarm's state is INSUFFICIENT_DATA: no data leave it there or make it OK, which tells
    nobody. Only the clock is missed when it was heard before, and then it pages."""
    made = dev.of("CloudWatch::Alarm")
    assert {name for name, one in made.items() if _without_data(one, "INSUFFICIENT_DATA")} == set()
    missed = {
        one["AlarmName"]: _without_data(one, "OK")
        for one in made.values()
        if _without_data(one, "OK")
    }
    assert missed == {"countersign-dev-TickSilent": set(dev.of("SNS::Topic"))}
    rule = json.dumps(dev.one("CloudWatch::CompositeAlarm")["AlarmRule"])
    assert "INSUFFICIENT_DATA" not in rule


@pytest.mark.control
def test_control_an_alarm_that_takes_silence_for_trouble_rings_at_once(dev: Template) -> None:
    """Control: with missing data as breaching, as it was, a stage pages while it is deployed."""
    alarm = next(iter(dev.of("CloudWatch::Alarm").values())) | {"TreatMissingData": "breaching"}
    assert _without_data(alarm, "INSUFFICIENT_DATA")


WORDS = {"filter", "and", "in", "as", "by", "stats", "sort", "desc", "display", "asc", "or"}
"""What Logs Insights reads as its own language; its functions stand before a bracket."""


def _fields(query: str) -> set[str]:
    """The fields of a line that a query asks for: each word that it neither knows nor names."""
    bare = re.sub(r'"[^"]*"', "", query)
    named = set(re.findall(r" as (\w+)", bare))
    words = set(re.findall(r"(?<![\w@.])([A-Za-z]\w*)(?!\w*\()", bare))
    return words - WORDS - named


def test_saved_queries_ask_for_fields_that_are_logged(
    dev: Template, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each field of a saved query is a key of a line that a run writes: of a job that went to a
    person, of a step that failed, of a decision."""
    queries = dev.of("Logs::QueryDefinition").values()
    assert {query["QueryString"] for query in queries} == set(QUERIES.values())
    groups = {group["LogGroupName"] for group in dev.of("Logs::LogGroup").values()}
    for query in queries:
        assert {*query["LogGroupNames"]} <= groups
    writer = Logger(service="queries", stream=sys.stdout)  # the process's own began before `capsys`
    monkeypatch.setattr(observability, "logger", lambda: writer)
    world = World(WORKFLOWS["lead_intake"].offline)
    with observability.invocation("Act"):
        Journey(world, accept(world, form())).goes()
        observability.step_failed("Act", "j-1", Unavailable("x"))
    asked = approval(held())
    decided("letters", (), asked, decision(asked))
    logged = {key for line in capsys.readouterr().out.splitlines() for key in json.loads(line)}
    missing = {title: _fields(text) - logged for title, text in QUERIES.items()}
    assert not any(missing.values()), missing


@pytest.mark.control
def test_control_a_field_that_nobody_logs_is_seen_wherever_it_stands() -> None:
    """Control: in a filter, a grouping, a comparison and a list of what is shown."""
    query = 'filter kind = "x" | stats sum(Cost.0) as spent by owner | display @timestamp, colour'
    assert _fields(query) == {"kind", "Cost", "owner", "colour"}


def test_alarms_reach_a_person(dev: Template) -> None:
    """Each alarm tells a topic when it rings and when it is over; every topic has a subscriber, and
    its policy lets CloudWatch publish."""
    topics = dev.of("SNS::Topic")
    kinds = ("CloudWatch::Alarm", "CloudWatch::CompositeAlarm")
    for alarm in (one for kind in kinds for one in dev.of(kind).values()):
        assert alarm["AlarmActions"] == alarm["OKActions"]
        assert alarm["AlarmActions"][0]["Ref"] in topics
    heard = dev.of("SNS::Subscription").values()
    assert {one["TopicArn"]["Ref"] for one in heard} == set(topics)
    assert {one["Protocol"] for one in heard} == {"email"}
    for policy in dev.of("SNS::TopicPolicy").values():
        allowed = [p for p in policy["PolicyDocument"]["Statement"] if p["Effect"] == "Allow"]
        assert [row["Principal"] for row in allowed] == [{"Service": "cloudwatch.amazonaws.com"}]


def searches(template: Template) -> list[tuple[str, frozenset[str]]]:
    """(metric, dimensions) of every search on the dashboard."""
    body = widgets_of(template)
    found = re.findall(r"SEARCH\('\{Countersign,([a-z,]+)\} MetricName=[\\\"]+(\w+)", body)
    return [(name, frozenset(dimensions.split(","))) for dimensions, name in found]


def test_the_dashboard_begins_with_the_operator_s_questions(dev: Template) -> None:
    """Whether it works, what is stuck, who waits, and what it costs today: before anything else."""
    body = widgets_of(dev)
    asked = (
        "Is it working?",
        "What is stuck",
        "Is anyone waiting?",
        "cost today",
        "Jobs that ended",
    )
    places = [body.index(one) for one in asked]
    assert places == sorted(places)


def widgets_of(dev: Template) -> str:
    """What the dashboard is made of, as text."""
    return json.dumps(dev.one("CloudWatch::Dashboard")["DashboardBody"])


def _decides() -> None:
    """A quick decision."""
    asked = approval(held())
    decided("letters", (), asked, decision(asked, opened_at=AT + timedelta(hours=1)))


def _ticks() -> None:
    """A request waits, a parked job waits for its turn, a case is long overdue, an inbox is due, a
    sender's own system takes nothing."""
    world = World(lambda _: {})
    now = world.clock.now()
    late = approval(held(), deadline=now + timedelta(days=9))
    waits = job(Status.WAITING_FOR_REVIEW, workflow="letters")
    world.store.put(record((), job=waits, approvals={"a-1": late}))
    parked = Due(kind="parked", at=AT, waits_for="crm")
    world.store.put(record((), job=job(Status.PARKED, job_id="j-idle"), due={"parked": parked}))
    overdue = Due(kind="overdue", at=AT)
    long_ago = case(opened_at=now - timedelta(days=9), due_at=now - timedelta(days=7))
    stuck = job(Status.ESCALATED, job_id="j-case", workflow="lead_intake")
    world.store.put(record((), job=stuck, case=long_ago, due={"overdue": overdue}))
    world.limits.rests(Breaker(key="crm-write", open_until=now + timedelta(hours=1)))
    told = job(Status.COMPLETED, job_id="j-told", updated_at=now - timedelta(days=9))
    sent = told.source.model_copy(update={"sender": "letters/shop", "hears": True})
    told = told.model_copy(update={"source": sent})
    world.store.put(record((), job=told, due={"outcome": Due(kind="outcome", at=AT)}))
    world.callbacks.fails_with(Unavailable("x"))
    tick(world.deps)


def _fails() -> None:
    """Trouble of every kind, each told by whoever meets it."""
    world = World(lambda _: {})
    observability.step_failed("Act", "j-1", Unavailable("x"))
    observability.step_done(
        job(Status.ESCALATED), Change("escalated", "s", status=Status.ESCALATED)
    )
    observability.defect("here")
    for paced, error in (
        (Paced(world.deps, "crm-write"), failed),
        (Paced(world.deps, "mail"), shut),
    ):
        for _ in range(MOST_FAILURES):
            tell(paced, error)
    world.queue.broken = Unavailable("x")
    queue(world.deps, "j-1", "lead_intake")


def _is_read() -> None:
    """Pages whose job, or whose workflow, is not what it was; mails that come back, a callback that
    is lost, and a form that breaks its contract."""
    for error in (NotAuthorised("x"), DefinitionBroken("x")):
        framed(partial(_raises, error), Request("GET", {}, {}))
    for kind in ("Bounced", COMPLAINED):
        count(Returned(kind=kind, why="", soft=False, message_id="", job_id="", part=""))
    _breaks_a_campaign()
    noted((Heard(kind=Event.COMPLAINED, message_id="m", job_id="j-1", batch=1, item=1),))
    world = World(lambda _: {})
    asked = approval(held())
    go_on(world.deps, SimpleNamespace(record=record(), approval=asked))  # type: ignore[type-var] # as much of it as is read
    _tell_once_a_day(world.deps, job())


def _breaks_a_campaign() -> None:
    """One mail of two came back."""
    world = World(lambda _: {})
    world.lanes.keep_head("j-1", 1, None, Head(attempt=1, entry=1))
    apart, now = timedelta(days=7), world.clock.now()
    for number in (1, 2):
        item = Item(number=number, entry=1, tries=1)
        world.campaigns.intend(Intent("j-1", 1, item, f"who-{number}", f"t-{number}", now, apart))
        world.campaigns.event(("j-1", 1, number), Event.SENT, now)
    world.campaigns.event(("j-1", 1, 1), Event.BOUNCED, now)
    assert after_events(world.deps, "j-1")


def _raises(error: Exception, _: object) -> Response:
    raise error


def _leaves_a_month_undecided() -> None:
    """A job of March; nobody decides on that month until the middle of April."""
    world = World(WORKFLOWS["lead_intake"].offline)
    monthly.look(world.deps)
    Journey(world, accept(world, form())).goes()
    world.clock.passes(days=31)
    for _ in world.workflows:
        monthly.look(world.deps)
    world.clock.passes(days=11)
    monthly.look(world.deps)


def _is_asked_in_vain() -> None:
    """A request is refused by the mail provider, and nobody signs until its time is over."""
    world = World(WORKFLOWS["lead_intake"].offline)
    journey = Journey(world, accept(world, form(email="ada@other.example", country="Germany")))
    world.mail.fails_with(Refused("no such address"))
    journey.goes()
    for _ in range(6):
        world.clock.passes(days=2)
        tick(world.deps)


def _asks_the_model() -> None:
    """It errs, asks to wait and errs again, its larger size refuses; then it is down, and what it
    costs uses a budget up."""
    flow = WORKFLOWS["lead_intake"]
    world = World(flow.offline)
    refusal = ModelAnswer(content="no", model="m", offline=False, usage=Usage(), ended="refused")
    world.model.answers("{}", Throttled("later", 8.0), "{}", refusal)
    Journey(world, accept(world, form())).goes()
    world.model.broken = Unavailable("503")
    Journey(world, accept(world, form(email="bo@other.example"), "evt-2")).goes()
    bounded = replace(flow, budgets=Budgets(day=Most(tokens=100)))
    world.workflows = {flow.id: bounded}
    day = DayBudget(world.deps_again(), flow.id)
    held = day.reserves(Amount(tokens=90))
    assert held
    held.settles(Amount(tokens=85))
    with pytest.raises(BudgetSpent):
        day.reserves(Amount(tokens=90))


def _is_not_as_usual() -> None:
    """A workflow is silent, and another's jobs end badly; a CRM does not hold what it accepted."""
    world = World(WORKFLOWS["lead_intake"].offline)
    world.usual.put("lead_intake", unusual(world.clock.now()))
    world.clock.passes(minutes=5)
    for number in range(4):
        old = {"workflow": "lead_intake", "created_at": AT - timedelta(days=9)}
        world.store.put(record((), job=job(Status.FAILED, job_id=f"j-{number}", **old)))
    look(world.deps)
    world.crm.has_contact("ada@other.example", country="DE", firstname="Ada", lastname="Other")
    world.crm.lies(9)
    Journey(world, accept(world, form(email="ada@other.example", country="Germany"))).goes()


def _errs_outside() -> None:
    """A CRM that says yes and does nothing, so that a new plan is made; and a mail of which nobody
    knows whether it left."""
    world = World(WORKFLOWS["lead_intake"].offline)
    world.crm.lies(10)
    Journey(world, accept(world, form())).goes()
    world = World(WORKFLOWS["lead_intake"].offline)
    journey = Journey(world, accept(world, form()))
    journey.goes()
    journey.is_decided(Choice.APPROVE)
    world.mail.fails_with(Ambiguous("the answer was lost"), after_sending=True)
    journey.answered()


ERRANDS: Sequence[Callable[[], object]] = (
    *(_decides, _ticks, _fails, _is_read, _is_asked_in_vain, _asks_the_model),
    _leaves_a_month_undecided,
    _is_not_as_usual,
    _errs_outside,
)


def test_a_workflow_s_thresholds_are_its_alarms() -> None:
    """The share of a day's decisions, of at least ten, and the number of changes that were not read
    back: each as the stage file says, for the workflows that say it."""
    found = {one.name: one for one in of_thresholds(WORKFLOWS)}
    assert {name.partition("-")[2] for name in found} == {"lead_intake", "refund_request"}
    overridden = found["Overridden-lead_intake"]
    assert overridden.share
    assert (overridden.above, overridden.share.hits) == (39, ("edit", "reject"))
    assert "40 % or more" in overridden.means
    assert found["VerificationsFail-refund_request"].above == 2
    quiet = replace(WORKFLOWS["lead_intake"], thresholds=())
    assert list(of_thresholds({quiet.id: quiet})) == []


def test_each_key_that_may_not_be_taken_has_an_alarm_that_says_what_mends_it(dev: Template) -> None:
    """By what keeps its pace; longer than the five minutes between two tries, so that it does not
    ring for each."""
    alarms = [
        alarm
        for alarm in dev.of("CloudWatch::Alarm").values()
        if alarm.get("MetricName") == NOT_TAKEN
    ]
    found = {
        next(one["Value"] for one in alarm["Dimensions"] if one["Name"] == "key"): alarm
        for alarm in alarms
    }
    sides = (side for row in CONNECTORS.values() for side in row.sides)
    keyed = {side.paced_by for side in sides if side.key}
    assert set(found) == {*keyed, MAIL, CODES, MODEL}
    assert all(remedies()[key] in alarm["AlarmDescription"] for key, alarm in found.items())
    assert all(alarm["Period"] > LONGEST_REST.total_seconds() for alarm in alarms)
    assert "countersign secrets set crm-write" in remedies()["crm-write"]
    assert "aws sesv2" in remedies()["mail"]
