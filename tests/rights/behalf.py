"""ON_BEHALF: the rights that AWS itself uses in the name of a role, each with its cause.

The cause is a property of the template: where it stands, AWS makes these calls, and where it does
not, nobody may have the right.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from infra.local.rights.wire import Need
from tests.rights.stack import Properties, Stack

TRACES = ("xray:PutTraceSegments", "xray:PutTelemetryRecords")
POLLS = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")
LOG_LINES = ("logs:CreateLogStream", "logs:PutLogEvents")
DELIVERY = ("CreateLogDelivery", "GetLogDelivery", "UpdateLogDelivery", "DeleteLogDelivery")
LOG_SETUP = (
    *(f"logs:{verb}" for verb in (*DELIVERY, "ListLogDeliveries")),
    *("logs:PutResourcePolicy", "logs:DescribeResourcePolicies", "logs:DescribeLogGroups"),
)
Demand = tuple[str, Need]
"""The logical id of a role, and what AWS needs in its name."""


@dataclass(frozen=True)
class Behalf:
    """Resources of type `kind` have `prop`, therefore AWS makes the calls of `demands`."""

    kind: str
    prop: str
    why: str
    demands: Callable[[Stack, str, Properties], Iterator[Demand]]

    def of(self, stack: Stack) -> Iterator[Demand]:
        """What the resources that have the property demand."""
        for logical, properties in stack.of(self.kind).items():
            if self.prop in properties:
                yield from self.demands(stack, logical, properties)


def _log_lines(stack: Stack, logical: str, row: Properties) -> Iterator[Demand]:
    group = stack.arn(row["LoggingConfig"]["LogGroup"]["Ref"]).removesuffix("*")
    for verb in LOG_LINES:
        yield stack.role_of(logical), Need(verb, f"{group}log-stream:2026/11/20/[$LATEST]0a1b")


def _traces(stack: Stack, logical: str, row: Properties) -> Iterator[Demand]:
    if row["TracingConfig"]["Mode"] == "Active":
        yield from ((stack.role_of(logical), Need(verb, "*")) for verb in TRACES)


def _polls(stack: Stack, _logical: str, row: Properties) -> Iterator[Demand]:
    role = stack.role_of(row["FunctionName"]["Ref"])
    queue = stack.resolved(row["EventSourceArn"])
    yield from ((role, Need(verb, queue)) for verb in POLLS)


def _failures(stack: Stack, _logical: str, row: Properties) -> Iterator[Demand]:
    queue = stack.resolved(row["DestinationConfig"]["OnFailure"]["Destination"])
    yield stack.role_of(row["FunctionName"]["Ref"]), Need("sqs:SendMessage", queue)


def machine_role(row: Properties) -> str:
    """The logical id of a machine's role."""
    return str(row["RoleArn"]["Fn::GetAtt"][0])


def _invokes(stack: Stack, _logical: str, row: Properties) -> Iterator[Demand]:
    """By ARN where the definition names a function, by prefix where the input does."""
    given = stack.resolved(row.get("DefinitionSubstitutions", {}))
    used = set(re.findall(r"\$\{(\w+)\}", json.dumps(row["DefinitionString"])))
    values = [text for name, text in given.items() if name in used]
    for logical in stack.of("Lambda::Function"):
        arn, name = stack.arn(logical), stack.names[logical]
        if arn in values or any(name.startswith(v) and v.endswith("-") for v in values):
            yield machine_role(row), Need("lambda:InvokeFunction", arn)


def _children(stack: Stack, logical: str, row: Properties) -> Iterator[Demand]:
    """Of a machine with a Distributed Map: the list in the bucket, and the executions of its items,
    which are the machine's own."""
    if "DISTRIBUTED" not in json.dumps(row["DefinitionString"]):
        return
    role, machine = machine_role(row), stack.arn(logical)
    child = f"{machine.replace(':stateMachine:', ':execution:')}:0a1b2c"
    yield role, Need("states:StartExecution", machine)
    yield from ((role, Need(f"states:{verb}Execution", child)) for verb in ("Describe", "Stop"))
    for bucket in stack.of("S3::Bucket"):
        if bucket.startswith("StoragePayloads"):
            yield role, Need("s3:GetObject", f"{stack.arn(bucket)}/lane/j-1/runs/j-1-items-1.json")


def _machine_logs(_stack: Stack, _logical: str, row: Properties) -> Iterator[Demand]:
    yield from ((machine_role(row), Need(verb, "*")) for verb in LOG_SETUP)


def _machine_traces(_stack: Stack, _logical: str, row: Properties) -> Iterator[Demand]:
    if row["TracingConfiguration"]["Enabled"]:
        yield from ((machine_role(row), Need(verb, "*")) for verb in TRACES)


ON_BEHALF = (
    Behalf("Lambda::Function", "LoggingConfig", "Lambda writes the function's log", _log_lines),
    Behalf("Lambda::Function", "TracingConfig", "Lambda sends the function's traces", _traces),
    Behalf("Lambda::EventSourceMapping", "EventSourceArn", "Lambda polls the queue", _polls),
    Behalf(
        "Lambda::EventInvokeConfig",
        "DestinationConfig",
        "Lambda puts the event of a call that failed into the queue",
        _failures,
    ),
    Behalf(
        "StepFunctions::StateMachine",
        "DefinitionString",
        "the machine invokes the functions of its states",
        _invokes,
    ),
    Behalf(
        "StepFunctions::StateMachine",
        "DefinitionString",
        "a Distributed Map reads its list and runs a child for each item",
        _children,
    ),
    Behalf(
        "StepFunctions::StateMachine",
        "LoggingConfiguration",
        "the machine sets up the delivery of its log",
        _machine_logs,
    ),
    Behalf(
        "StepFunctions::StateMachine",
        "TracingConfiguration",
        "the machine sends its traces",
        _machine_traces,
    ),
)
