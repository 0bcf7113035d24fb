"""A durable function of your own that waits for our signature: it hands over a proposal with the id
of its callback, and goes on with what people signed. Nothing of it runs while it waits."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from typing import Any

import boto3
from aws_durable_execution_sdk_python import DurableContext, durable_execution
from aws_durable_execution_sdk_python.config import Duration, WaitForCallbackConfig

THREE_DAYS = Duration.from_hours(72)
WAITS = WaitForCallbackConfig(timeout=THREE_DAYS, heartbeat_timeout=THREE_DAYS)
"""Longer than people have; nobody sends heartbeats meanwhile."""


@durable_execution
def handler(event: Mapping[str, Any], context: DurableContext) -> Any:
    """`event` has the caller's own `key` and a `proposal`, as it is posted to /propose. `CALLS` is
    the function of your row, `countersign-<stage>-CallsOrders`; this one's role may invoke it."""

    def hands_over(callback: str, _: Any) -> None:
        body = json.dumps({"token": callback, **event})
        said = boto3.client("lambda").invoke(FunctionName=os.environ["CALLS"], Payload=body)  # noqa: TID251 - yours
        if "FunctionError" in said:
            raise ValueError(said["Payload"].read().decode())

    return json.loads(context.wait_for_callback(hands_over, "sign", WAITS))
