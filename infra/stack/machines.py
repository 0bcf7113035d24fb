"""What every state machine has: a name, a role of its own, a log of errors, traces."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from aws_cdk import ArnFormat, Stack, aws_iam, aws_lambda
from aws_cdk import aws_stepfunctions as stepfunctions
from constructs import Construct

from infra.settings import Settings
from infra.stack.functions import trace
from infra.stack.logs import log_group

# Log delivery is set up through calls that have no resource: AWS offers nothing narrower than `*`.
LOG_DELIVERY = (
    "logs:CreateLogDelivery",
    "logs:GetLogDelivery",
    "logs:UpdateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:DescribeResourcePolicies",
    "logs:DescribeLogGroups",
)
PLACEHOLDER = re.compile(r"\$\{(\w+)\}")
JOBS, ITEMS = "jobs", "items"
"""The machine of jobs, and that of the items of their files."""


def machine_name(settings: Settings, kind: str = JOBS) -> str:
    """The explicit name of a state machine."""
    return f"{settings.stack_name}-{kind}"


def machine_arns(stack: Stack, settings: Settings) -> dict[str, str]:
    """`machine`, `executions` and `items-machine`, made of names: the machines' functions have to
    know them too."""
    name, items = machine_name(settings), machine_name(settings, ITEMS)
    return {
        "machine": states_arn(stack, "stateMachine", name),
        "executions": states_arn(stack, "execution", f"{name}:*"),
        "items-machine": states_arn(stack, "stateMachine", items),
    }


def states_arn(stack: Stack, resource: str, rest: str) -> str:
    """The ARN of something of Step Functions."""
    return stack.format_arn(
        service="states",
        resource=resource,
        resource_name=rest,
        arn_format=ArnFormat.COLON_RESOURCE_NAME,
    )


def invokes(functions: Iterable[aws_lambda.Function]) -> aws_iam.PolicyStatement:
    """The right to run these functions."""
    return aws_iam.PolicyStatement(
        actions=["lambda:InvokeFunction"], resources=[one.function_arn for one in functions]
    )


def machine_role(scope: Construct, name: str, *rights: aws_iam.PolicyStatement) -> aws_iam.Role:
    """The role of a machine with these rights."""
    log = aws_iam.PolicyStatement(actions=list(LOG_DELIVERY), resources=["*"])
    document = aws_iam.PolicyDocument(statements=[*rights, log, trace()])
    return aws_iam.Role(
        scope,
        name,
        assumed_by=aws_iam.ServicePrincipal("states.amazonaws.com"),
        inline_policies={"machine": document},
    )


def machine(
    scope: Construct,
    name: str,
    settings: Settings,
    *,
    kind: str,
    definition: Mapping[str, Any],
    named: Mapping[str, str],
    role: aws_iam.Role,
) -> stepfunctions.StateMachine:
    """A machine; `named` gives what stands in its definition's placeholders."""
    text, called = json.dumps(definition), machine_name(settings, kind)
    log = log_group(scope, "Log", f"/aws/vendedlogs/states/{called}", settings)
    return stepfunctions.StateMachine(
        scope,
        name,
        state_machine_name=called,
        definition_body=stepfunctions.DefinitionBody.from_string(text),
        definition_substitutions={key: named[key] for key in PLACEHOLDER.findall(text)},
        role=role.without_policy_updates(),
        logs=stepfunctions.LogOptions(
            destination=log, level=stepfunctions.LogLevel.ERROR, include_execution_data=False
        ),
        tracing_enabled=True,
    )
