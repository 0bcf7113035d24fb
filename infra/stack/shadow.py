"""The shadow of candidates: a queue with its dead letters, and the function that takes from it."""

from aws_cdk import Duration, aws_lambda
from aws_cdk import aws_lambda_event_sources as event_sources
from constructs import Construct

from infra.settings import Settings
from infra.stack.queues import dead_letters, fed
from infra.steps import SHADOW

JUDGED_AFTER = Duration.minutes(2)
"""Most jobs are judged by then; who is not comes again."""
STAYS = Duration.days(4)
RECEIVES = 6
AT_ONCE = 2
"""Fewest concurrent functions that an event source takes: nobody waits for a shadow."""


class Shadow(Construct):
    """Its queue; there is none in a stage that shows nothing."""

    def __init__(self, scope: Construct, name: str, settings: Settings) -> None:
        super().__init__(scope, name)
        self.dead = dead_letters(self, settings, STAYS)
        self.queue = fed(
            self,
            settings,
            SHADOW.timeout,
            self.dead,
            receives=RECEIVES,
            stay=STAYS,
            delay=JUDGED_AFTER,
        )

    def take(self, function: aws_lambda.Function) -> None:
        """Feed the queue to `function`, one job at a time."""
        function.add_event_source(
            event_sources.SqsEventSource(
                self.queue, batch_size=1, max_concurrency=AT_ONCE, report_batch_item_failures=True
            )
        )
