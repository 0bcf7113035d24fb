"""The shadow of candidates: a queue with its dead letters, and the function that takes from it."""

from aws_cdk import Duration, aws_lambda, aws_sqs
from aws_cdk import aws_lambda_event_sources as event_sources
from constructs import Construct

from infra.settings import Settings
from infra.stack.storage import removal
from infra.steps import SHADOW

JUDGED_AFTER = Duration.minutes(2)
"""Most jobs are judged by then; who is not comes again."""
AGAIN_AFTER = Duration.seconds(6 * SHADOW.timeout)
"""AWS asks for six times the consumer's time-out."""
RECEIVES = 6
AT_ONCE = 2
"""Fewest concurrent functions that an event source takes: nobody waits for a shadow."""


class Shadow(Construct):
    """Its queue; there is none in a stage that shows nothing."""

    def __init__(self, scope: Construct, name: str, settings: Settings) -> None:
        super().__init__(scope, name)
        self._settings = settings
        self.dead = self._queue("Dead")
        letters = aws_sqs.DeadLetterQueue(queue=self.dead, max_receive_count=RECEIVES)
        self.queue = self._queue("Queue", letters)

    def take(self, function: aws_lambda.Function) -> None:
        """Feed the queue to `function`, one job at a time."""
        function.add_event_source(
            event_sources.SqsEventSource(
                self.queue, batch_size=1, max_concurrency=AT_ONCE, report_batch_item_failures=True
            )
        )

    def _queue(self, name: str, dead: aws_sqs.DeadLetterQueue | None = None) -> aws_sqs.Queue:
        return aws_sqs.Queue(
            self,
            name,
            encryption=aws_sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            retention_period=Duration.days(4),
            delivery_delay=JUDGED_AFTER if dead else None,
            visibility_timeout=AGAIN_AFTER if dead else None,
            dead_letter_queue=dead,
            removal_policy=removal(self._settings),
        )
