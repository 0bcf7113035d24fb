"""The adapters that campaigns alone use: sender, limits, and what became of what was sent."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from countersign.runtime.external import ExternalAdapters

if TYPE_CHECKING:
    from countersign.domain.campaigns.ports import CampaignEvents, CampaignStore
    from countersign.domain.campaigns.sending import SendingAccount, SendingLimits
    from countersign.domain.mail import Mailer


class CampaignAdapters(ExternalAdapters):
    """Each made when it is first asked for."""

    @cached_property
    def campaign_mail(self) -> Mailer:
        """Sending the mails of campaigns: from a domain of their own, under a set of their own."""
        from countersign.connectors.aws.client import client
        from countersign.connectors.aws.ses import SesMailer

        of = self.settings
        ses = client("sesv2", self.by)
        return SesMailer(of.campaign_from, of.campaign_configuration_set, ses)

    @cached_property
    def campaign_events(self) -> CampaignEvents:
        """What became of the messages of campaigns."""
        from countersign.connectors.dynamodb.campaign_events import DynamoCampaignEvents

        return DynamoCampaignEvents(self.settings.jobs_table, self._rows())

    @cached_property
    def sending_limits(self) -> SendingLimits:
        """How much of the account's sending campaigns take."""
        from countersign.connectors.dynamodb.sending import DynamoSendingLimits

        return DynamoSendingLimits(self.settings.jobs_table, self._rows())

    @cached_property
    def campaigns(self) -> CampaignStore:
        """The messages of campaigns."""
        from countersign.connectors.dynamodb.campaigns import DynamoCampaigns

        return DynamoCampaigns(self.settings.jobs_table, self._rows())

    def _rows(self) -> Any:
        return self.aws("dynamodb", self.by)

    @cached_property
    def sending_account(self) -> SendingAccount:
        """What SES says of the account."""
        from countersign.connectors.aws.client import client
        from countersign.connectors.aws.ses import SesAccount

        return SesAccount(client("sesv2", self.by))
