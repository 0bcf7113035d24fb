"""Requests to AWS, as the SDK sends them, and the rights that they need."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders

from infra.local.rights.wire import Need, Request, needs

ACCOUNT = "000000000000"
AT = "us-east-1:000000000000"
TABLE = f"arn:aws:dynamodb:{AT}:table/jobs"
MACHINE = f"arn:aws:states:{AT}:stateMachine:jobs"
SENDER = "countersign@example.com"
"""The one address that is an identity of itself."""
QUEUE = f"http://127.0.0.1:1/{ACCOUNT}/intake"
ROW = {"pk": {"S": "JOB#1"}, "sk": {"S": "STATE"}}
BY_JOB = {
    "TableName": "jobs",
    "KeyConditionExpression": "pk = :pk",
    "ExpressionAttributeValues": {":pk": {"S": "JOB#1"}},
}


def sent(service: str, operation: str, **asked: Any) -> tuple[Need, ...]:
    """The rights that a boto3 call needs, read from the very request that boto3 would send."""
    caught: list[AWSPreparedRequest] = []

    def catch(request: AWSPreparedRequest, **_: Any) -> AWSResponse:
        caught.append(request)
        return AWSResponse(str(request.url), 200, HTTPHeaders(), None)

    make: Any = boto3.Session("AKIDEXAMPLE", "example", region_name="us-east-1").client
    client = make(service, endpoint_url="http://127.0.0.1:1")
    client.meta.events.register("before-send.*.*", catch)
    _ignoring_the_answer(lambda: getattr(client, operation)(**asked))
    return needs(read(caught[0]), ACCOUNT, {SENDER})


def _ignoring_the_answer(call: Callable[[], Any]) -> None:
    try:
        call()
    except Exception:  # noqa: BLE001 - the empty answer is no answer of AWS; the request counts
        return


def read(request: AWSPreparedRequest) -> Request:
    """A request of botocore, as a server gets it."""
    url = urlsplit(request.url)
    headers = {
        k.lower(): v.decode() if isinstance(v, bytes) else str(v)
        for k, v in request.headers.items()
    }
    body = request.body or b""
    content = body.read() if hasattr(body, "read") else body
    raw = content if isinstance(content, bytes) else str(content).encode()
    return Request(str(request.method), url.path, url.query, headers, raw)


def test_a_transaction_needs_the_right_of_each_item() -> None:
    """TransactWriteItems is no right: Put, Update, Delete and ConditionCheck are, each with the
    partition it writes to."""
    found = sent(
        "dynamodb",
        "transact_write_items",
        TransactItems=[
            {"Put": {"TableName": "jobs", "Item": ROW}},
            {"Update": {"TableName": "jobs", "Key": ROW, "UpdateExpression": "SET a = b"}},
            {"Delete": {"TableName": "jobs", "Key": ROW}},
            {
                "ConditionCheck": {
                    "TableName": "jobs",
                    "Key": ROW,
                    "ConditionExpression": "attribute_exists(pk)",
                }
            },
        ],
    )
    verbs = ("PutItem", "UpdateItem", "DeleteItem", "ConditionCheckItem")
    assert found == tuple(Need(f"dynamodb:{verb}", TABLE, ("JOB#1",)) for verb in verbs)


def test_a_query_needs_its_table_or_its_index() -> None:
    """With the partition that its condition names."""
    assert sent("dynamodb", "query", **BY_JOB) == (Need("dynamodb:Query", TABLE, ("JOB#1",)),)
    assert sent("dynamodb", "query", **BY_JOB, IndexName="due") == (
        Need("dynamodb:Query", f"{TABLE}/index/due", ("JOB#1",)),
    )


def test_a_batch_needs_the_right_on_each_table_with_all_its_keys() -> None:
    """BatchGetItem is a right of its own."""
    other = {**ROW, "pk": {"S": "CAP#1"}}
    assert sent("dynamodb", "batch_get_item", RequestItems={"jobs": {"Keys": [ROW, other]}}) == (
        Need("dynamodb:BatchGetItem", TABLE, ("JOB#1", "CAP#1")),
    )


@pytest.mark.parametrize(
    ("operation", "asked", "action"),
    [
        ("head_object", {}, "s3:GetObject"),
        ("get_object", {}, "s3:GetObject"),
        ("get_object", {"VersionId": "3"}, "s3:GetObjectVersion"),
        ("put_object", {"Body": b"x"}, "s3:PutObject"),
        ("delete_object", {"VersionId": "3"}, "s3:DeleteObjectVersion"),
    ],
)
def test_an_object_needs_its_verb_by_version(
    operation: str, asked: dict[str, Any], action: str
) -> None:
    """HeadObject is GetObject; a version is another right; the key is taken from the path."""
    found = sent("s3", operation, Bucket="payloads", Key="raw/a b/ü.eml", **asked)
    assert found == (Need(action, "arn:aws:s3:::payloads/raw/a b/ü.eml"),)


def test_what_is_asked_of_a_bucket_beyond_its_objects_is_not_known() -> None:
    """A sub-resource is a right that no policy of ours has."""
    (need,) = sent("s3", "get_bucket_policy", Bucket="payloads")
    assert (need.action, need.resource) == ("s3:GET /payloads", "*")


def test_a_batch_of_messages_needs_the_right_to_send_one() -> None:
    """SendMessageBatch is SendMessage."""
    one = {"Id": "1", "MessageBody": "{}"}
    wanted = (Need("sqs:SendMessage", f"arn:aws:sqs:{AT}:intake"),)
    assert sent("sqs", "send_message", QueueUrl=QUEUE, MessageBody="{}") == wanted
    assert sent("sqs", "send_message_batch", QueueUrl=QUEUE, Entries=[one]) == wanted


def test_a_task_token_needs_the_right_on_its_machine() -> None:
    """The local cloud's tokens name their execution."""
    execution = f"1234 {MACHINE.replace('stateMachine', 'execution')}:j-1"
    token = base64.urlsafe_b64encode(execution.encode()).decode()
    assert sent("stepfunctions", "send_task_success", taskToken=token, output="{}") == (
        Need("states:SendTaskSuccess", MACHINE),
    )
    assert sent("stepfunctions", "send_task_success", taskToken="?", output="{}") == (
        Need("states:SendTaskSuccess", "*"),
    )


def test_executions_are_started_on_the_machine_and_described_by_themselves() -> None:
    """Each by the ARN that it names."""
    execution = f"{MACHINE.replace('stateMachine', 'execution')}:j-1"
    assert sent("stepfunctions", "start_execution", stateMachineArn=MACHINE) == (
        Need("states:StartExecution", MACHINE),
    )
    assert sent("stepfunctions", "describe_execution", executionArn=execution) == (
        Need("states:DescribeExecution", execution),
    )


@pytest.mark.parametrize(
    ("sender", "name"), [(SENDER, SENDER), ("news@news.example.com", "news.example.com")]
)
def test_a_mail_needs_the_identity_and_the_configuration_set(sender: str, name: str) -> None:
    """Whatever name stands before the sender's address; of one that is no identity its domain is,
    under whatever set it sends."""
    asked = {
        "FromEmailAddress": f"Countersign <{sender}>",
        "Content": {"Simple": {"Subject": {"Data": "s"}, "Body": {"Text": {"Data": "t"}}}},
    }
    identity = Need("ses:SendEmail", f"arn:aws:ses:{AT}:identity/{name}")
    assert sent("sesv2", "send_email", **asked) == (identity,)
    assert sent("sesv2", "send_email", **asked, ConfigurationSetName="ours") == (
        identity,
        Need("ses:SendEmail", f"arn:aws:ses:{AT}:configuration-set/ours"),
    )


def test_a_role_is_assumed_and_a_secret_read_by_arn() -> None:
    """The ARN is the resource."""
    role = f"arn:aws:iam::{ACCOUNT}:role/task"
    secret = f"arn:aws:secretsmanager:{AT}:secret:key-AbCdEf"
    assert sent("sts", "assume_role", RoleArn=role, RoleSessionName="j-1") == (
        Need("sts:AssumeRole", role),
    )
    assert sent("secretsmanager", "get_secret_value", SecretId=secret) == (
        Need("secretsmanager:GetSecretValue", secret),
    )


@pytest.mark.control
def test_an_unknown_call_needs_what_no_policy_gives() -> None:
    """Control: an operation nobody thought of is not passed over."""
    assert sent("dynamodb", "list_tables") == (Need("dynamodb:ListTables", "*"),)
    assert sent("kms", "list_keys") == (Need("kms:ListKeys", "*"),)


def test_an_unsigned_request_needs_nothing() -> None:
    """It is nobody's call."""
    assert needs(Request("GET", "/", "", {}, b""), ACCOUNT) == ()
