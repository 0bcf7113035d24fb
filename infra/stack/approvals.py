"""The signature: the address that approval mails come from, and the routes of their pages."""

from aws_cdk import CfnOutput, Stack, aws_lambda, aws_ses
from constructs import Construct

from countersign.entrypoints.pages import PAGES
from countersign.web.paths import LINK
from countersign.web.responses import METHODS
from infra.settings import Settings
from infra.stack.api import Api

RETURNS = "returns"
"""The subdomain that bounces go to: SPF and the sender's domain are then one."""


def verify(scope: Construct, domain: str, named: str = "Dns") -> None:
    """Tell SES of a sending domain; what the owner of its DNS has to write there are outputs."""
    returns = f"{RETURNS}.{domain}"
    identity = aws_ses.Identity.domain(domain)
    made = aws_ses.EmailIdentity(scope, "Sender", identity=identity, mail_from_domain=returns)
    region = Stack.of(scope).region
    records = {
        **{
            f"{named}Dkim{number}": f"{one.name} CNAME {one.value}"
            for number, one in enumerate(made.dkim_records, 1)
        },
        f"{named}MailFrom": f"{returns} MX 10 feedback-smtp.{region}.amazonses.com",
        f"{named}Spf": f'{returns} TXT "v=spf1 include:amazonses.com ~all"',
    }
    for name, record in records.items():
        CfnOutput(Stack.of(scope), name, value=record)


class Approvals(Construct):
    """The sending identity: `sender_arn` is what a function needs a right on."""

    def __init__(self, scope: Construct, name: str, settings: Settings) -> None:
        super().__init__(scope, name)
        if settings.sender == "create":
            self._sender(settings)
        self.sender_arn = Stack.of(self).format_arn(
            service="ses", resource="identity", resource_name=settings.identity
        )

    def _sender(self, settings: Settings) -> None:
        """The address, or its domain with what the owner of its DNS has to write there."""
        domain = settings.sender_domain
        if not domain:
            identity = aws_ses.Identity.email(settings.mail_from)
            aws_ses.EmailIdentity(self, "Sender", identity=identity)
            return
        verify(self, domain)

    def serve(self, api: Api, function: aws_lambda.Function) -> None:
        """Let `function` show a link (GET, HEAD, OPTIONS never decide) and take a decision, and
        serve the pages of people who are signed in; it refuses other methods itself."""
        api.serve(LINK, function, *METHODS)
        for path in PAGES:
            api.serve(path, function, "ANY")
