"""What becomes of mails: the configuration set that publishes it, and who hears of it."""

from aws_cdk import Stack, aws_events, aws_ses, aws_sqs
from constructs import Construct

from infra.settings import Settings
from infra.stack.api import Api
from infra.stack.calls import call_on_event
from infra.stack.campaigns import SET_TAG, Campaigns
from infra.stack.functions import Functions

RETURNED = ["Email Bounced", "Email Complaint Received", "Email Rejected"]


def set_name(settings: Settings) -> str:
    """The explicit name of the configuration set."""
    return settings.stack_name


def set_arn(stack: Stack, settings: Settings) -> str:
    """The configuration set; to send under it, a function needs a right on it too."""
    return stack.format_arn(
        service="ses", resource="configuration-set", resource_name=set_name(settings)
    )


class Mail(Construct):
    """The configuration set under which all mails are sent but those of campaigns, which have their
    own of everything."""

    def __init__(self, scope: Construct, name: str, settings: Settings) -> None:
        super().__init__(scope, name)
        self._set = set_name(settings)
        sends = bool(settings.campaign_from)
        self.campaigns = Campaigns(self, "Campaigns", settings) if sends else None
        published = aws_ses.ConfigurationSet(self, "Set", configuration_set_name=self._set)
        bus = aws_events.EventBus.from_event_bus_name(self, "Bus", "default")
        published.add_event_destination(
            "Returned",
            destination=aws_ses.EventDestination.event_bus(bus),
            events=[
                aws_ses.EmailSendingEvent.BOUNCE,
                aws_ses.EmailSendingEvent.COMPLAINT,
                aws_ses.EmailSendingEvent.REJECT,
            ],
        )

    def hear(self, api: Api, functions: Functions, failures: aws_sqs.Queue) -> None:
        """Tell a function of every mail of this stage that came back, and of no other's; and
        another one of what becomes of its campaigns."""
        pattern = aws_events.EventPattern(
            source=["aws.ses"],
            detail_type=RETURNED,
            detail={"mail": {"tags": {SET_TAG: [self._set]}}},
        )
        call_on_event(self, functions["Delivery"], failures, retries=2, pattern=pattern)
        if self.campaigns:
            self.campaigns.take(api, functions)
