"""What keeps a job from getting lost, and what is public, logged and kept."""

import json
import re
from typing import Any

import pytest

from countersign.connectors.aws.secrets import UNSET
from countersign.definition import READING_SECONDS, TASK_SECONDS, definition
from countersign.lane_definition import lane_definition
from countersign.runtime.settings import Settings as RuntimeSettings
from infra.settings import load
from infra.steps import BY_CONNECTOR, ROWS, STEPS, staged
from tests.infra.template import Template

ASYNCHRONOUS = ("Tick", "Record", "Delivery")


def machines_of(template: Template) -> list[dict[str, Any]]:
    """That of jobs, and that of the items of files."""
    named = {
        one["StateMachineName"]: one for one in template.of("StepFunctions::StateMachine").values()
    }
    assert set(named) == {f"countersign-dev-{one}" for one in ("jobs", "items")}
    return [named[f"countersign-dev-{one}"] for one in ("jobs", "items")]


def test_a_message_stays_hidden_six_times_as_long_as_start_may_run(dev: Template) -> None:
    """The visibility time-out is at least six times the consumer's, as AWS asks."""
    queues = {name: q for name, q in dev.of("SQS::Queue").items() if "RedrivePolicy" in q}
    consumers = {"Intake": "Start", "MailCampaigns": "CampaignEvents"}
    assert len(queues) == len(consumers)
    for begins, consumer in consumers.items():
        (queue,) = (q for name, q in queues.items() if name.startswith(begins))
        assert queue["VisibilityTimeout"] >= 6 * dev.function(consumer)["Timeout"]
        assert queue["RedrivePolicy"]["maxReceiveCount"] == 5


def test_a_batch_fails_by_the_message_and_the_poller_is_bounded(dev: Template) -> None:
    """Each queue's consumer answers for each message, and has a maximum concurrency."""
    sources = dev.of("Lambda::EventSourceMapping").values()
    assert len(sources) == 2
    for source in sources:
        assert source["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
        assert source["ScalingConfig"]["MaximumConcurrency"] >= 2


def test_functions_end_before_their_task(dev: Template) -> None:
    """Each function has its own time-out, shorter than the one of the state that calls it."""
    there = staged(load("dev"), ())
    timeouts = {row.name: dev.function(row.name)["Timeout"] for row in there}
    assert timeouts == {row.name: row.timeout for row in there}
    assert timeouts.pop("Prepare") < READING_SECONDS
    assert all(timeouts.get(row.name, 0) < TASK_SECONDS for row in STEPS)
    assert timeouts["Tick"] < 60  # it is called every minute
    assert max(timeouts["Webhook"], timeouts["Approvals"]) < 30  # an HTTP API waits no longer


def test_every_asynchronous_way_has_a_place_for_what_fails(dev: Template) -> None:
    """Rules that cannot deliver and asynchronous calls that fail both end in a queue."""
    for rule in dev.of("Events::Rule").values():
        assert all("DeadLetterConfig" in target for target in rule["Targets"])
    configured = {
        config["FunctionName"]["Ref"]: config["DestinationConfig"]["OnFailure"]["Destination"]
        for config in dev.of("Lambda::EventInvokeConfig").values()
    }
    assert len(configured) == len(ASYNCHRONOUS)
    assert all(any(name in key for key in configured) for name in ASYNCHRONOUS)


def test_log_groups_are_explicit_and_forget(dev: Template) -> None:
    """Every function, both machines and the API log to a named group with a retention."""
    groups = dev.of("Logs::LogGroup")
    assert all(group["RetentionInDays"] == 14 for group in groups.values())
    named = {group["LogGroupName"] for group in groups.values()}
    functions = {function["FunctionName"] for function in dev.of("Lambda::Function").values()}
    assert {f"/aws/lambda/{name}" for name in functions} < named
    # Other names grow the resource policy of the account until it is full.
    machines = {f"/aws/vendedlogs/states/{one['StateMachineName']}" for one in machines_of(dev)}
    assert machines < named
    assert len(named) == len(functions) + len(machines) + 1


def test_the_machine_logs_errors_without_content_and_traces(dev: Template) -> None:
    """Execution data stays out of the log; X-Ray is on; the definition bounds the machine."""
    for machine in machines_of(dev):
        assert machine["LoggingConfiguration"]["Level"] == "ERROR"
        assert machine["LoggingConfiguration"]["IncludeExecutionData"] is False
        assert machine["TracingConfiguration"]["Enabled"] is True
        assert json.loads(machine["DefinitionString"])["TimeoutSeconds"] > 0


def test_every_placeholder_of_the_definition_is_filled(dev: Template) -> None:
    """A machine's substitutions are exactly the placeholders, each with what it names."""
    jobs, items = machines_of(dev)
    for machine, made in ((jobs, definition()), (items, lane_definition(sends=True))):
        filled = set(machine["DefinitionSubstitutions"])
        assert filled == set(re.findall(r"\$\{(\w+)\}", json.dumps(made)))
    filled = jobs["DefinitionSubstitutions"] | items["DefinitionSubstitutions"]
    assert filled.pop("LookPrefix") == "countersign-dev-Look-"
    assert filled.pop("ActPrefix") == "countersign-dev-Act-"
    assert all(name in value["Fn::GetAtt"][0] for name, value in filled.items())


def test_look_and_act_find_the_function_of_a_connector(dev: Template) -> None:
    """Its function is called what the definition makes of the connector's id."""
    names = {row: dev.function(row)["FunctionName"] for row in BY_CONNECTOR}
    assert names == {
        "ActBulk": "countersign-dev-Act-bulk",
        "LookCrm": "countersign-dev-Look-crm",
        "LookPayments": "countersign-dev-Look-payments",
        "ActPayments": "countersign-dev-Act-payments",
        "ActNotify": "countersign-dev-Act-notify",
        "ActCrm": "countersign-dev-Act-crm",
        "ActFiles": "countersign-dev-Act-files",
        "ActPress": "countersign-dev-Act-press",
        "ActDesk": "countersign-dev-Act-desk",
        "ActMail": "countersign-dev-Act-mail",
    }


def test_every_variable_is_one_that_the_code_reads(dev: Template) -> None:
    """The settings of the functions know each variable that a function is given."""
    ours = set(RuntimeSettings.model_fields)
    for row in ROWS:
        given = set(dev.function(row.name)["Environment"]["Variables"])
        unread = {name for name in given if name.lower() not in ours}
        assert unread == {"LOG_LEVEL", "POWERTOOLS_SERVICE_NAME", "POWERTOOLS_METRICS_NAMESPACE"}


def test_an_outside_key_is_marked_as_unset(dev: Template) -> None:
    """A key that nobody filled in holds the text that the functions refuse to use."""
    values = [s.get("SecretString") for s in dev.of("SecretsManager::Secret").values()]
    assert [value for value in values if value is not None] == [UNSET] * 6


def test_access_logs_hold_no_path_and_no_query(dev: Template) -> None:
    """The secret of an approval link is in its path: the access log has the route key only."""
    stage = dev.one("ApiGatewayV2::Stage")
    logged = stage["AccessLogSettings"]["Format"]
    assert "$context.routeKey" in logged
    assert not re.search(r"\$context\.(path|identity|.*[qQ]uery)", logged)
    assert stage["DefaultRouteSettings"]["ThrottlingRateLimit"] > 0


def test_only_the_two_doors_are_public(dev: Template) -> None:
    """The API has the webhook, the status of a job for its sender, what agents propose and read,
    approval links, the pages of people who are signed in, and the one that unsubscribes."""
    routes = {route["RouteKey"] for route in dev.of("ApiGatewayV2::Route").values()}
    page = "/approvals/{link}/{secret}"
    pages = {f"{method} {page}" for method in ("GET", "HEAD", "OPTIONS", "POST")}
    signed_in = {
        f"ANY /approvals{path}"
        for path in (
            *("", "/sign-in", "/sign-in/{link}/{secret}", "/sign-out"),
            *("/requests/{job}/{approval}", "/cases/{job}", "/cases/{job}/original"),
            *("/jobs", "/jobs/{job}", "/compare", "/costs", "/months/{workflow}/{month}"),
            "/jobs/{job}/documents/{name}",
        )
    }
    doors = {f"POST /webhooks{path}" for path in ("", "/{workflow}", "/{workflow}/{sender}")}
    agents = {
        "POST /propose/{caller}",
        *(f"{one} /proposals/{{proposal}}" for one in ("GET", "POST")),
    }
    leaves = {f"{method} /unsubscribe/{{token}}" for method in ("GET", "HEAD", "OPTIONS", "POST")}
    assert routes == doors | {"GET /status/{token}"} | agents | pages | signed_in | leaves


def kept(template: Template, kind: str) -> set[str]:
    """The deletion policies of all resources of a type."""
    rows: list[Any] = [r for r in template.body["Resources"].values() if r["Type"] == kind]
    return {row["DeletionPolicy"] for row in rows}


@pytest.mark.parametrize("kind", ["AWS::DynamoDB::Table", "AWS::S3::Bucket"])
def test_production_data_outlives_its_stack(dev: Template, prod: Template, kind: str) -> None:
    """Deleting a stack deletes the data of a test stage and never that of production."""
    assert kept(dev, kind) == {"Delete"}
    assert kept(prod, kind) == {"RetainExceptOnCreate"}


def test_tables_and_buckets_are_as_the_store_expects(dev: Template) -> None:
    """Keys, indexes, expiry and recovery of the tables; versions and events of the buckets."""
    tables = dev.of("DynamoDB::Table")
    (jobs,) = (table for name, table in tables.items() if "Jobs" in name)
    assert [key["AttributeName"] for key in jobs["KeySchema"]] == ["pk", "sk"]
    indexes = {
        index["IndexName"]: [key["AttributeName"] for key in index["KeySchema"]]
        for index in jobs["GlobalSecondaryIndexes"]
    }
    assert indexes == {
        "due": ["due_shard", "due_at"],
        "live": ["live", "listed"],
        "ended": ["ended", "listed"],
    }
    for index in jobs["GlobalSecondaryIndexes"]:
        listed = index["IndexName"] != "due"
        assert index["Projection"]["ProjectionType"] == ("INCLUDE" if listed else "ALL")
    for table in tables.values():
        assert table["BillingMode"] == "PAY_PER_REQUEST"
        assert table["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"] is True
        assert table["TimeToLiveSpecification"]["AttributeName"] in {"ttl", "expiration"}
    for bucket in dev.of("S3::Bucket").values():
        assert bucket["VersioningConfiguration"]["Status"] == "Enabled"
        assert all(bucket["PublicAccessBlockConfiguration"].values())


def test_an_upload_becomes_a_message(dev: Template) -> None:
    """The uploads bucket tells EventBridge, one rule takes its events, the queue lets it in."""
    (uploads,) = (name for name in dev.of("S3::Bucket") if "Uploads" in name)
    notified = dev.of("S3::Bucket")[uploads]["NotificationConfiguration"]
    assert notified == {"EventBridgeConfiguration": {"EventBridgeEnabled": True}}
    patterns = [rule.get("EventPattern", {}) for rule in dev.of("Events::Rule").values()]
    (pattern,) = (pattern for pattern in patterns if pattern.get("source") == ["aws.s3"])
    assert pattern["detail"] == {"bucket": {"name": [{"Ref": uploads}]}}
    allowed = [
        statement["Principal"]
        for policy in dev.of("SQS::QueuePolicy").values()
        for statement in policy["PolicyDocument"]["Statement"]
        if statement["Effect"] == "Allow"
    ]
    assert allowed
    assert all(principal == {"Service": "events.amazonaws.com"} for principal in allowed)


def test_whatever_kills_an_execution_reaches_the_recorder(dev: Template) -> None:
    """The recorder hears of executions of both machines that ended without saying so themselves."""
    patterns = [rule.get("EventPattern", {}) for rule in dev.of("Events::Rule").values()]
    (pattern,) = (pattern for pattern in patterns if pattern.get("source") == ["aws.states"])
    assert pattern["detail"]["status"] == ["FAILED", "TIMED_OUT", "ABORTED"]
    machines = [{"Ref": name} for name in dev.of("StepFunctions::StateMachine")]
    assert pattern["detail"]["stateMachineArn"] == machines
