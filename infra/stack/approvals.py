"""The signature: the address that approval mails come from, and the routes of their pages."""

from aws_cdk import Stack, aws_lambda, aws_ses
from constructs import Construct

from countersign.entrypoints.pages import PAGES
from countersign.web.paths import LINK
from countersign.web.responses import METHODS
from infra.settings import Settings
from infra.stack.api import Api


class Approvals(Construct):
    """The sending identity: `sender_arn` is what a function needs a right on."""

    def __init__(self, scope: Construct, name: str, settings: Settings) -> None:
        super().__init__(scope, name)
        aws_ses.EmailIdentity(self, "Sender", identity=aws_ses.Identity.email(settings.mail_from))
        self.sender_arn = Stack.of(self).format_arn(
            service="ses", resource="identity", resource_name=settings.mail_from
        )

    def serve(self, api: Api, function: aws_lambda.Function) -> None:
        """Let `function` show a link (GET, HEAD, OPTIONS never decide) and take a decision, and
        serve the pages of people who are signed in; it refuses other methods itself."""
        api.serve(LINK, function, *METHODS)
        for path in PAGES:
            api.serve(path, function, "ANY")
