"""The handlers of the small stack: they run in the local cloud, not in the tests."""

import json
import os
import time
from typing import Any

import boto3
from botocore.exceptions import ClientError

Event = dict[str, Any]


class RefusedError(Exception):
    """What the state machine catches by its name."""


def greet(_event: Event, _context: object) -> Event:
    """Tell what the process is and what it was given."""
    address = os.environ.get("CRM_BASE_URL")
    told = {"told": "hello", "address": address, "environment": sorted(os.environ)}
    return {"pid": os.getpid(), **told}


def store(event: Event, _context: object) -> Event:
    """Write a row; on request refuse, or try a delete that is not granted."""
    if event.get("refuse"):
        raise RefusedError("no")
    if event.get("wait"):
        _wait_for_a_row("go")
        raise ValueError("too late")
    table = boto3.client("dynamodb")
    if event.get("delete"):
        table.delete_item(TableName=os.environ["TABLE"], Key={"pk": {"S": "a"}})
    table.put_item(TableName=os.environ["TABLE"], Item={"pk": {"S": "a"}})
    return {"pid": os.getpid()}


def _wait_for_a_row(key: str) -> None:
    """Until the test has written it, or the function's own time-out."""
    table = boto3.client("dynamodb")
    while not table.get_item(TableName=os.environ["TABLE"], Key={"pk": {"S": key}}).get("Item"):
        time.sleep(0.02)


def ask(event: Event, _context: object) -> None:
    """Keep the task token, or fail as a mail that cannot be sent."""
    if not event["quiet"]:
        raise RefusedError("nobody to ask")
    item = {"pk": {"S": "token"}, "token": {"S": event["token"]}}
    boto3.client("dynamodb").put_item(TableName=os.environ["TABLE"], Item=item)


def attempt(event: Event, _context: object) -> str:
    """Make one call of an AWS API: `allowed` or the code of its error."""
    make: Any = boto3.client
    try:
        getattr(make(event["service"]), event["call"])(**event["arguments"])
    except ClientError as error:
        return error.response["Error"]["Code"]
    return "allowed"


def reflect(event: Event, _context: object) -> Event:
    """Answer an HTTP request with its event and two cookies."""
    cookies = ["a=1; Path=/", "b=2; Path=/"]
    return {"statusCode": 200, "cookies": cookies, "body": json.dumps(event)}
