"""Campaigns: a sender and a configuration set of their own, the queue of what becomes of their
mails, and the page at which whoever got one wants no more. Nothing of it is shared with approvals.
"""

from __future__ import annotations

from aws_cdk import Duration, Stack, aws_events, aws_lambda, aws_ses
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_lambda_event_sources as event_sources
from constructs import Construct

from countersign.connectors.clock import MOVABLE
from countersign.web.paths import UNSUBSCRIBE as PATH
from countersign.web.responses import METHODS
from infra.settings import Settings
from infra.stack.api import Api
from infra.stack.approvals import verify
from infra.stack.functions import Functions
from infra.stack.queues import dead_letters, fed
from infra.steps import CAMPAIGN_EVENTS, UNSUBSCRIBE

BECAME = (
    *("Email Sent", "Email Delivered", "Email Bounced", "Email Complaint Received"),
    *("Email Rejected", "Email Delivery Delayed"),
)
SET_TAG = "ses:configuration-set"
"""The tag under which SES names the set in every event of a mail."""
BATCH, GATHERED = 50, Duration.seconds(2)
"""Messages of one call, and how long a call waits for them."""
AT_ONCE = 4
"""Concurrent calls: 50 mails a second have 150 events, of which one call takes some hundred."""
RECEIVES = 5
A_SECOND = 20
"""Requests for the page, by each method; a hundred thousand mails bring some of them a minute."""


def campaign_set(settings: Settings) -> str:
    """The explicit name of the configuration set."""
    return f"{settings.stack_name}-campaigns"


def set_arn(stack: Stack, settings: Settings) -> str:
    """The configuration set; to send under it, a function needs a right on it too."""
    return stack.format_arn(
        service="ses", resource="configuration-set", resource_name=campaign_set(settings)
    )


def sender_arn(stack: Stack, settings: Settings) -> str:
    """What a function needs a right on that sends mails of a campaign."""
    return stack.format_arn(
        service="ses", resource="identity", resource_name=settings.campaign_domain
    )


class Campaigns(Construct):
    """Of a stage with `campaign_from`."""

    def __init__(self, scope: Construct, name: str, settings: Settings) -> None:
        super().__init__(scope, name)
        self._settings = settings
        self._set = campaign_set(settings)
        self._published()
        self.dead = dead_letters(self, settings)
        seconds = CAMPAIGN_EVENTS.timeout
        self.queue = fed(self, settings, seconds, self.dead, receives=RECEIVES)
        if settings.stage == MOVABLE:
            # The local cloud has no DNS, and knows no records of it.
            aws_ses.CfnEmailIdentity(self, "Sender", email_identity=settings.campaign_domain)
        elif settings.sender == "create":
            verify(self, settings.campaign_domain, "DnsCampaign")

    def take(self, api: Api, functions: Functions) -> None:
        """Its two functions: one hears what becomes of the mails, the other shows the page and
        takes what is posted there, within limits of its own."""
        self._hear(functions[CAMPAIGN_EVENTS.name])
        api.serve(PATH, functions[UNSUBSCRIBE.name], *METHODS, most=A_SECOND)

    def _hear(self, function: aws_lambda.Function) -> None:
        """Queue what becomes of this stage's campaign mails, and feed it to `function`: what would
        be thousands of calls at once is at most `AT_ONCE`, and none of them is a page's. What the
        bus cannot queue lies with what the function could not take."""
        aws_events.Rule(
            self,
            "Became",
            event_pattern=aws_events.EventPattern(
                source=["aws.ses"],
                detail_type=list(BECAME),
                detail={"mail": {"tags": {SET_TAG: [self._set]}}},
            ),
            targets=[targets.SqsQueue(self.queue, dead_letter_queue=self.dead)],
        )
        function.add_event_source(
            event_sources.SqsEventSource(
                self.queue,
                batch_size=BATCH,
                max_batching_window=GATHERED,
                max_concurrency=AT_ONCE,
                report_batch_item_failures=True,
            )
        )

    def _published(self) -> None:
        published = aws_ses.ConfigurationSet(self, "Set", configuration_set_name=self._set)
        bus = aws_events.EventBus.from_event_bus_name(self, "Bus", "default")
        sending = aws_ses.EmailSendingEvent
        published.add_event_destination(
            "Became",
            destination=aws_ses.EventDestination.event_bus(bus),
            events=[
                *(sending.SEND, sending.DELIVERY, sending.BOUNCE, sending.COMPLAINT),
                *(sending.REJECT, sending.DELIVERY_DELAY),
            ],
        )
