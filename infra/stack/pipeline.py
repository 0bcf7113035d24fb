"""The state machines, and the two functions that watch over them: the clock and the recorder."""

from aws_cdk import Duration, aws_events, aws_lambda, aws_sqs
from constructs import Construct

from countersign.definition import definition
from infra.settings import Settings
from infra.stack.calls import call_on_event
from infra.stack.functions import Functions
from infra.stack.items import Items
from infra.stack.machines import JOBS, invokes, machine, machine_role
from infra.stack.storage import Storage
from infra.steps import ACT, LANE, LOOK, STEPS

DEAD_STATUSES = ["FAILED", "TIMED_OUT", "ABORTED"]


class Pipeline(Construct):
    """The machine over `functions`, which are named as in the definition's placeholders; and the
    one of items, where there are functions for it."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        settings: Settings,
        functions: Functions,
        storage: Storage,
    ) -> None:
        super().__init__(scope, name)
        own = functions.of(STEPS)
        callees = {id(one): one for one in (*own.values(), *functions.acting())}
        self.machine = machine(
            self,
            "Machine",
            settings,
            kind=JOBS,
            definition=definition(),
            named={
                **{key: function.function_arn for key, function in own.items()},
                "LookPrefix": f"{settings.stack_name}-{LOOK}",
                "ActPrefix": f"{settings.stack_name}-{ACT}",
            },
            role=machine_role(self, "MachineRole", invokes([*callees.values()])),
        )
        filed = LANE[0].name in functions
        self.items = Items(self, "Items", settings, functions, storage) if filed else None

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
        """Tell `function` of each execution that ended without having said so itself. Children of a
        run are none of its business: their machine's name is the run's and more."""
        machines = [self.machine, *([self.items.machine] if self.items else [])]
        pattern = aws_events.EventPattern(
            source=["aws.states"],
            detail_type=["Step Functions Execution Status Change"],
            detail={
                "stateMachineArn": [one.state_machine_arn for one in machines],
                "status": DEAD_STATUSES,
            },
        )
        call_on_event(self, function, failures, retries=2, pattern=pattern)
