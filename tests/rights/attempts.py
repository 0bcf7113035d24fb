"""Another function's call, tried for real on a stand with one function's own credentials."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from infra.local.rights.wire import Need
from tests.rights.stack import REGION, Stack

REFUSALS = {"AccessDenied", "AccessDeniedException", "NotAuthorized"}
ONCE = Config(retries={"total_max_attempts": 1})
Arguments = dict[str, Any]


def credentials(stack: Stack, function: str) -> Arguments:
    """The keys of a function's role; the emulator derives them from the two names."""
    seed = f"{stack.arn(function)}:{stack.arn(stack.role_of(function))}"
    digest = hashlib.sha256(seed.encode()).hexdigest()
    return {
        "aws_access_key_id": f"ASIA{digest[:16].upper()}",
        "aws_secret_access_key": hashlib.sha256(f"secret:{digest}".encode()).hexdigest(),
        "aws_session_token": hashlib.sha256(f"token:{digest}".encode()).hexdigest(),
    }


def refused(endpoint: str, keys: Arguments, need: Need) -> bool:
    """Whether the local cloud refuses the call for want of a right. Other errors are no refusal."""
    service, verb = need.action.split(":")
    client, operation, asked = _CALLS[verb]
    aws = _session().client(client or service, endpoint_url=endpoint, config=ONCE, **keys)
    try:
        getattr(aws, operation)(**asked(need))
    except ClientError as error:
        return error.response["Error"]["Code"] in REFUSALS
    return False


@cache
def _session() -> Any:
    """One for all keys: each costs 80 ms."""
    return boto3.Session(region_name=REGION)


def can_be_tried(need: Need) -> bool:
    """Whether there is a way to try it."""
    return need.action.partition(":")[2] in _CALLS


def _row(need: Need) -> dict[str, Any]:
    key = {"S": next(iter(need.leading), "-")}
    return {"pk": key, "sk": {"S": "-"}, "id": key}


def _table(need: Need) -> str:
    return need.resource.partition("table/")[2].partition("/")[0]


def _queried(need: Need) -> Arguments:
    index = need.resource.partition("/index/")[2]
    return {
        "TableName": _table(need),
        **({"IndexName": index} if index else {}),
        "KeyConditionExpression": "pk = :pk",
        "ExpressionAttributeValues": {":pk": _row(need)["pk"]},
    }


def _by_key(need: Need) -> Arguments:
    names = ("id",) if "Idempotency" in need.resource else ("pk", "sk")
    return {"TableName": _table(need), "Key": {name: _row(need)[name] for name in names}}


def _never(need: Need) -> Arguments:
    """A write whose condition cannot hold: should the right be there, nothing happens."""
    there = "attribute_exists(pk) AND attribute_not_exists(pk)"
    return {**_by_key(need), "ConditionExpression": there}


def _put(need: Need) -> Arguments:
    asked = _never(need)
    key = asked.pop("Key")
    return {**asked, "Item": key}


def _checked(need: Need) -> Arguments:
    return {"TransactItems": [{"ConditionCheck": _never(need)}]}


def _batch(need: Need) -> Arguments:
    return {"RequestItems": {_table(need): {"Keys": [_by_key(need)["Key"]]}}}


def _object(need: Need) -> Arguments:
    bucket, _, key = need.resource.removeprefix("arn:aws:s3:::").partition("/")
    return {"Bucket": bucket, "Key": key}


def _queue(need: Need) -> Arguments:
    account, name = need.resource.split(":")[4:]
    return {"QueueUrl": f"http://127.0.0.1/{account}/{name}", "MessageBody": "{}"}


def _token(need: Need) -> Arguments:
    execution = need.resource.replace(":stateMachine:", ":execution:")
    token = base64.urlsafe_b64encode(f"0 {execution}:none".encode()).decode()
    return {"taskToken": token, "output": "{}"}


def _mail(need: Need) -> Arguments:
    text = {"Data": "tried"}
    return {
        "FromEmailAddress": need.resource.partition("/")[2],
        "Destination": {"ToAddresses": ["nobody@example.com"]},
        "Content": {"Simple": {"Subject": text, "Body": {"Text": text}}},
    }


_CALLS: Mapping[str, tuple[str, str, Callable[[Need], Arguments]]] = {
    "Query": ("", "query", _queried),
    "GetItem": ("", "get_item", _by_key),
    "BatchGetItem": ("", "batch_get_item", _batch),
    "PutItem": ("", "put_item", _put),
    "DeleteItem": ("", "delete_item", _never),
    "UpdateItem": ("", "update_item", _never),
    "ConditionCheckItem": ("", "transact_write_items", _checked),
    "GetObject": ("", "get_object", _object),
    "GetObjectVersion": ("", "get_object", lambda need: {**_object(need), "VersionId": "none"}),
    "PutObject": ("", "put_object", _object),
    "SendMessage": ("", "send_message", _queue),
    "GetSecretValue": ("", "get_secret_value", lambda need: {"SecretId": need.resource}),
    "StartExecution": (
        "stepfunctions",
        "start_execution",
        lambda need: {"stateMachineArn": need.resource, "input": "["},
    ),
    "DescribeExecution": (
        "stepfunctions",
        "describe_execution",
        lambda need: {"executionArn": need.resource},
    ),
    "SendTaskSuccess": ("stepfunctions", "send_task_success", _token),
    "GetAccount": ("sesv2", "get_account", lambda _need: {}),
    "AssumeRole": (
        "",
        "assume_role",
        lambda need: {"RoleArn": need.resource, "RoleSessionName": "tried"},
    ),
}
