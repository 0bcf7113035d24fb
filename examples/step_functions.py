"""A state of your own machine that waits for our signature: it hands over a refund, and goes on
with what people signed. No code of yours runs while it waits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

A_DAY = 86_400


def machine(function: str) -> Mapping[str, Any]:
    """Its definition. `function` is the one of your row, `countersign-<stage>-CallsBilling`; the
    input is a proposal, as it is posted to /propose. The machine's role may invoke it."""
    handed_over = {
        "token.$": "$$.Task.Token",
        "key.$": "$$.Execution.Name",
        "proposal.$": "$",
    }
    signed = {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
        "Parameters": {"FunctionName": function, "Payload": handed_over},
        "TimeoutSeconds": 3 * A_DAY,
        "Retry": [{"ErrorEquals": ["Unavailable"], "MaxAttempts": 5, "JitterStrategy": "FULL"}],
        "Next": "WasItDone",
    }
    done = {"Variable": "$.state", "StringEquals": "done", "Next": "Done"}
    return {
        "StartAt": "Sign",
        "States": {
            "Sign": signed,
            "WasItDone": {"Type": "Choice", "Choices": [done], "Default": "NotDone"},
            "Done": {"Type": "Succeed"},
            "NotDone": {"Type": "Fail", "Error": "NotDone", "Cause": "see the proposal"},
        },
    }
