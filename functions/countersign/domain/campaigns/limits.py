"""What bounds a campaign, as data: who signs its plan signs this too."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar

from pydantic import Field

from countersign.domain.campaigns.quiet import QUIET, Quiet
from countersign.domain.campaigns.ramp import STEPS
from countersign.domain.canonical import canonical, digest
from countersign.domain.contract import Contract

RATES: Mapping[str, int] = {
    "gmail": 50,
    "microsoft": 30,
    "yahoo": 20,
    "apple": 20,
    "gmx": 10,
    "orange": 10,
    "free": 5,
    "telekom": 5,
}
"""Mails a second to a group of receiving domains. No provider publishes a number: these are far
below what each of them takes from a sender that it knows."""
OTHER = 5
"""The same of any other group."""


class CampaignLimits(Contract):
    """The limits of a campaign. The account's own quota and rate are not among them: they are what
    SES says at the moment."""

    CONTRACT: ClassVar[str] = "campaign.limits"
    VERSION: ClassVar[int] = 1

    reserved_percent: Annotated[int, Field(ge=1, le=100)] = 20
    """Of the account's day and of its rate: never a campaign's, but for requests, cases, alarms."""
    reserved_least: Annotated[int, Field(ge=500)] = 500
    """So many mails of the day stay free in any case."""
    rates: Mapping[str, Annotated[int, Field(ge=1)]] = RATES
    other_rate: Annotated[int, Field(ge=1)] = OTHER
    ramp: tuple[Annotated[int, Field(ge=1)], ...] = STEPS
    """Empty: receivers know the sending domain already."""
    quiet: Quiet = QUIET

    @property
    def digest(self) -> str:
        """What stands for them in the plan."""
        return digest(canonical(self))

    def day(self, quota: int) -> int:
        """How many mails of the account's 24 hours a campaign may take."""
        kept = max(-(-quota * self.reserved_percent // 100), self.reserved_least)
        return max(0, quota - kept)

    def rate(self, most: int) -> int:
        """How many of the account's mails in a second."""
        return most - -(-most * self.reserved_percent // 100)

    def group_rate(self, group: str) -> int:
        """How many of them to one group."""
        return self.rates.get(group, self.other_rate)
