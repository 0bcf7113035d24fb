"""The way in: webhooks and uploads come through one queue to the door that starts jobs."""

from aws_cdk import Duration, RemovalPolicy, aws_events, aws_lambda, aws_s3, aws_sqs
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_lambda_event_sources as event_sources
from constructs import Construct

from countersign.domain.jobs.senders import function_of, queue_of
from countersign.entrypoints.calls import RECEIVES as CALL_RECEIVES
from countersign.web.paths import MCP as MCP_PATH
from countersign.web.paths import PROPOSAL, PROPOSE, STATUS
from infra.settings import Settings
from infra.stack.api import Api
from infra.stack.functions import Functions
from infra.stack.mail_in import Receiving
from infra.stack.queues import LONGEST_STAY, VISIBILITY_FACTOR, dead_letters, failures, fed
from infra.stack.shadow import Shadow
from infra.steps import CALLS_SECONDS, DOORS, MCP

RECEIVES = 5
BATCH = 10
START_SECONDS = next(row.timeout for row in DOORS if row.name == "Start")


class Intake(Construct):
    """The queue with its dead letters, and `failures` for events that no target took."""

    def __init__(self, scope: Construct, name: str, settings: Settings) -> None:
        super().__init__(scope, name)
        self._settings = settings
        self.dead = dead_letters(self, settings)
        self.failures = failures(self, settings)
        self.queue = fed(self, settings, START_SECONDS, self.dead, receives=RECEIVES)
        self.calls = {
            one.id: self._calls(one.id) for one in settings.waiting_callers if one.by_queue
        }
        self.shadow = Shadow(self, "Shadow", settings) if settings.shows_candidates else None

    def take_uploads(self, bucket: aws_s3.Bucket) -> None:
        """Queue an event for every object that arrives in `bucket`; mail that SES receives for the
        stage is put there."""
        if self._settings.mail_in:
            Receiving(self, "MailIn", self._settings, self._settings.mail_in, bucket)
        aws_events.Rule(
            self,
            "Uploaded",
            event_pattern=aws_events.EventPattern(
                source=["aws.s3"],
                detail_type=["Object Created"],
                detail={"bucket": {"name": [bucket.bucket_name]}},
            ),
            targets=[targets.SqsQueue(self.queue, dead_letter_queue=self.failures)],
        )

    def start_jobs(self, function: aws_lambda.Function) -> None:
        """Feed the queue to `function`, which answers for each message of a batch by itself."""
        function.add_event_source(
            event_sources.SqsEventSource(
                self.queue,
                batch_size=BATCH,
                max_concurrency=self._settings.jobs_started_at_once,
                report_batch_item_failures=True,
            )
        )

    def show_jobs(self, functions: Functions) -> None:
        """Where the stage shows jobs to candidates, feed that queue to its function."""
        if self.shadow:
            self.shadow.take(functions["Shadow"])

    def take_webhooks(self, api: Api, function: aws_lambda.Function) -> None:
        """Let `function` answer signed webhooks; what names no workflow is the front desk's. Who
        sent one may ask there how its job stands. Agents propose there, and read how that went."""
        api.serve("/webhooks", function, "POST")
        api.serve("/webhooks/{workflow}", function, "POST")
        api.serve("/webhooks/{workflow}/{sender}", function, "POST")
        api.serve(STATUS, function, "GET")
        api.serve(PROPOSE, function, "POST")
        api.serve(PROPOSAL, function, "GET", "POST")

    def take_calls(self, api: Api, functions: Functions) -> None:
        """Where the stage has callers, let their function answer those who speak MCP. It refuses
        what would open a stream or end a session."""
        if MCP.name in functions:
            api.serve(MCP_PATH, functions[MCP.name], "GET", "POST", "DELETE")
        for caller, queue in self.calls.items():
            functions[function_of(caller)].add_event_source(
                event_sources.SqsEventSource(
                    queue, batch_size=1, max_concurrency=2, report_batch_item_failures=True
                )
            )

    def _calls(self, caller: str) -> aws_sqs.Queue:
        """The queue of a caller's executions, whose name they know. It is nobody's data: where it
        goes, those who wait in it run out of time."""
        return aws_sqs.Queue(
            self,
            function_of(caller),
            queue_name=f"{self._settings.stack_name}-{queue_of(caller)}",
            encryption=aws_sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            retention_period=LONGEST_STAY,
            visibility_timeout=Duration.seconds(VISIBILITY_FACTOR * CALLS_SECONDS),
            dead_letter_queue=aws_sqs.DeadLetterQueue(
                queue=self.failures, max_receive_count=CALL_RECEIVES
            ),
            removal_policy=RemovalPolicy.DESTROY,
        )
