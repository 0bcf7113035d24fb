"""The state machine, and the two functions that watch over it: the clock and the recorder."""

import json
import re
from collections.abc import Mapping

from aws_cdk import ArnFormat, Duration, Stack, aws_events, aws_iam, aws_lambda, aws_sqs
from aws_cdk import aws_stepfunctions as stepfunctions
from constructs import Construct

from countersign.definition import definition
from infra.settings import Settings
from infra.stack.calls import call_on_event
from infra.stack.functions import trace
from infra.stack.logs import log_group
from infra.steps import ACT, LOOK

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
DEAD_STATUSES = ["FAILED", "TIMED_OUT", "ABORTED"]


def machine_name(settings: Settings) -> str:
    """The explicit name of the state machine."""
    return f"{settings.stack_name}-jobs"


def machine_arns(stack: Stack, settings: Settings) -> dict[str, str]:
    """`machine` and `executions`, made of names: the machine's functions have to know it too."""
    name = machine_name(settings)

    def arn(resource: str, rest: str) -> str:
        return stack.format_arn(
            service="states",
            resource=resource,
            resource_name=rest,
            arn_format=ArnFormat.COLON_RESOURCE_NAME,
        )

    return {"machine": arn("stateMachine", name), "executions": arn("execution", f"{name}:*")}


class Pipeline(Construct):
    """The machine over `functions`, which are named as in the definition's placeholders."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        settings: Settings,
        functions: Mapping[str, aws_lambda.Function],
    ) -> None:
        super().__init__(scope, name)
        text = json.dumps(definition())
        named = {key: function.function_arn for key, function in functions.items()}
        named["LookPrefix"] = f"{settings.stack_name}-{LOOK}"
        named["ActPrefix"] = f"{settings.stack_name}-{ACT}"
        log = log_group(self, "Log", f"/aws/vendedlogs/states/{machine_name(settings)}", settings)
        self.machine = stepfunctions.StateMachine(
            self,
            "Machine",
            state_machine_name=machine_name(settings),
            definition_body=stepfunctions.DefinitionBody.from_string(text),
            definition_substitutions={key: named[key] for key in PLACEHOLDER.findall(text)},
            role=self._role(functions).without_policy_updates(),
            logs=stepfunctions.LogOptions(
                destination=log, level=stepfunctions.LogLevel.ERROR, include_execution_data=False
            ),
            tracing_enabled=True,
        )

    def tick(self, function: aws_lambda.Function, failures: aws_sqs.Queue) -> None:
        """Call `function` every minute; a call that failed is not repeated, the next one comes."""
        call_on_event(
            self,
            function,
            failures,
            retries=0,
            schedule=aws_events.Schedule.rate(Duration.minutes(1)),
        )

    def record_dead(self, function: aws_lambda.Function, failures: aws_sqs.Queue) -> None:
        """Tell `function` of each execution that ended without having said so itself."""
        pattern = aws_events.EventPattern(
            source=["aws.states"],
            detail_type=["Step Functions Execution Status Change"],
            detail={
                "stateMachineArn": [self.machine.state_machine_arn],
                "status": DEAD_STATUSES,
            },
        )
        call_on_event(self, function, failures, retries=2, pattern=pattern)

    def _role(self, functions: Mapping[str, aws_lambda.Function]) -> aws_iam.Role:
        invoke = aws_iam.PolicyStatement(
            actions=["lambda:InvokeFunction"],
            resources=[function.function_arn for function in functions.values()],
        )
        log = aws_iam.PolicyStatement(actions=list(LOG_DELIVERY), resources=["*"])
        document = aws_iam.PolicyDocument(statements=[invoke, log, trace()])
        return aws_iam.Role(
            self,
            "MachineRole",
            assumed_by=aws_iam.ServicePrincipal("states.amazonaws.com"),
            inline_policies={"machine": document},
        )
