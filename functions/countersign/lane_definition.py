"""The second machine, as plain ASL data: one run over what is left of a job's file.

Split writes the list of batches that have something left, a Distributed Map runs one child for
each, Collect counts and wakes the job. Both emulators run this much of a Map and no more: a JSON
list in the bucket, an item selector, standard children, a literal number of them at once. A child
always succeeds, since one that fails stops all others on AWS: what became of its items stands in
their rows, and the Map's own results are thrown away. In a child `$$.Execution.Name` is the
child's on AWS and the run's on the emulators, so each gets the run's name from the selector.
"""

from __future__ import annotations

from typing import Any

from countersign.definition import MACHINE_SECONDS, TASK_SECONDS, retry, timed_out

WORK_SECONDS = 300
"""A child's own time: it leaves what it does not come to, and the next run goes on."""
AT_ONCE = 10
"""So many batches are worked on side by side."""


def lane_definition(*, sends: bool = False) -> dict[str, Any]:
    """The state machine, ready for `json.dumps`. Where the stage `sends` campaigns, batches of
    messages go to a function of their own."""
    return {
        "Comment": "Countersign: one run over the items that are left of a job's file",
        "StartAt": "Split",
        "TimeoutSeconds": MACHINE_SECONDS,
        "States": {
            "Split": _task("${Split}", _run(), TASK_SECONDS) | {"Next": "Items"},
            "Items": {
                "Type": "Map",
                "ItemReader": {
                    "Resource": "arn:aws:states:::s3:getObject",
                    "ReaderConfig": {"InputType": "JSON"},
                    "Parameters": {"Bucket.$": "$.bucket", "Key.$": "$.key"},
                },
                "ItemSelector": {
                    "job_id.$": "$.job_id",
                    "execution.$": "$$.Execution.Name",
                    "batch.$": "$$.Map.Item.Value",
                    "sends.$": "$.sends",
                },
                "ItemProcessor": _child(sends=sends),
                "MaxConcurrency": AT_ONCE,
                "ResultPath": None,
                "Next": "Collect",
            },
            "Collect": _task("${Collect}", _run(), WORK_SECONDS) | {"End": True},
        },
    }


def _child(*, sends: bool) -> dict[str, Any]:
    states = {
        "Work": _batch("${Work}"),
        "Left": {"Type": "Pass", "Result": {}, "End": True},
    }
    if sends:
        way = {"Variable": "$.sends", "BooleanEquals": True, "Next": "Send"}
        states["Which"] = {"Type": "Choice", "Choices": [way], "Default": "Work"}
        states["Send"] = _batch("${Send}")
    return {
        "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
        "StartAt": "Which" if sends else "Work",
        "States": states,
    }


def _batch(function: str) -> dict[str, Any]:
    given = {"job_id.$": "$.job_id", "execution.$": "$.execution", "batch.$": "$.batch"}
    lost = {"ErrorEquals": ["States.ALL"], "ResultPath": None, "Next": "Left"}
    called = {"state.$": "$$.State.Name", "retries.$": "$$.State.RetryCount"}
    return _task(function, given | called, WORK_SECONDS) | {"Catch": [lost], "Next": "Left"}


def _run() -> dict[str, Any]:
    return {
        "job_id.$": "$.job_id",
        "execution.$": "$$.Execution.Name",
        "state.$": "$$.State.Name",
    }


def _task(function: str, payload: dict[str, Any], seconds: int) -> dict[str, Any]:
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Parameters": {"FunctionName": function, "Payload": payload},
        "OutputPath": "$.Payload",
        "TimeoutSeconds": seconds,
        "Retry": [*retry(), timed_out()],
    }
