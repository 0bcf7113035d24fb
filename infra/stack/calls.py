"""Functions that events call: what cannot be delivered, and what fails, lands in one queue."""

from aws_cdk import aws_events, aws_lambda, aws_sqs
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_lambda_destinations as destinations
from constructs import Construct

DELIVERY_RETRIES = 8


def call_on_event(
    scope: Construct,
    function: aws_lambda.Function,
    failures: aws_sqs.Queue,
    *,
    retries: int,
    schedule: aws_events.Schedule | None = None,
    pattern: aws_events.EventPattern | None = None,
) -> None:
    """Two ways to lose an event, one queue: EventBridge cannot call, or the call fails."""
    function.configure_async_invoke(
        on_failure=destinations.SqsDestination(failures), retry_attempts=retries
    )
    target = targets.LambdaFunction(
        function, dead_letter_queue=failures, retry_attempts=DELIVERY_RETRIES
    )
    aws_events.Rule(
        scope,
        f"{function.node.id}Rule",
        schedule=schedule,
        event_pattern=pattern,
        targets=[target],
    )
