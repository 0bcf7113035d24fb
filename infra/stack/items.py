"""The second machine: the items of jobs' files, a child for each batch. A stage without a workflow
of such files has none."""

from aws_cdk import Stack, aws_iam
from constructs import Construct

from countersign.lane_definition import lane_definition
from infra.settings import Settings
from infra.stack.functions import Functions
from infra.stack.machines import (
    ITEMS,
    invokes,
    machine,
    machine_arns,
    machine_name,
    machine_role,
    states_arn,
)
from infra.stack.storage import Storage
from infra.steps import SEND

STATES = ("Split", "Work", "Collect")


def states(settings: Settings) -> tuple[str, ...]:
    """The states of its machine that are functions."""
    return (*STATES, SEND) if settings.campaign_from else STATES


class Items(Construct):
    """The machine over the functions of its states."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        settings: Settings,
        functions: Functions,
        storage: Storage,
    ) -> None:
        super().__init__(scope, name)
        own = [functions[one] for one in states(settings)]
        stack, called = Stack.of(self), machine_name(settings, ITEMS)
        # A Map starts its children as executions of its own machine, and watches them.
        starts = _allow(machine_arns(stack, settings)["items-machine"], "states:StartExecution")
        children = states_arn(stack, "execution", f"{called}:*")
        watches = _allow(children, "states:DescribeExecution", "states:StopExecution")
        reads = _allow(f"{storage.payloads.bucket_arn}/lane/*", "s3:GetObject")
        self.machine = machine(
            self,
            "Machine",
            settings,
            kind=ITEMS,
            definition=lane_definition(sends=bool(settings.campaign_from)),
            named={one: functions[one].function_arn for one in states(settings)},
            role=machine_role(self, "Role", invokes(own), starts, watches, reads),
        )


def _allow(resource: str, *actions: str) -> aws_iam.PolicyStatement:
    return aws_iam.PolicyStatement(resources=[resource], actions=list(actions))
