"""A campaign: what is sent to whom of a list, and by which rules some of them get nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import ClassVar

from countersign.domain.campaigns.contacts import Contact
from countersign.domain.campaigns.limits import CampaignLimits
from countersign.domain.campaigns.quiet import zones_of
from countersign.domain.campaigns.templates import Message, Template, Unfilled, places, rendered
from countersign.domain.canonical import canonical, digest
from countersign.domain.contract import Contract
from countersign.domain.lane.lane import InputT, Lane, Pinned

NO_CONSENT = "the list shows no consent"
OUTSIDE = "outside the segment"
COUNTRY = "nothing is sent to the country"
NO_LANGUAGE = "no template in the language"
UNFILLED = "a field that the template needs is empty"
NO_HOUR = "nobody knows the time there"
TWICE = "the address stands in an earlier row"
ELSEWHERE = "elsewhere"
"""What consents are enough in countries without a line of their own, and of rows without one."""


USUAL = CampaignLimits()


class Campaign(Contract):
    """All that decides who of a list is sent what. Whoever signs its digest signs every message."""

    CONTRACT: ClassVar[str] = "campaign"
    VERSION: ClassVar[int] = 1

    title: str
    purpose: str
    """As the brief says it: why these people are written to."""
    sender: str
    """The address that it is from."""
    reply_to: str
    imprint: str
    """Who writes, with a postal address: below each message."""
    templates: Mapping[str, Template]
    """By language, two letters."""
    usual: str
    """The language of rows that say none."""
    others: bool = False
    """Whether rows in a language without a template get the usual one's."""
    only: Mapping[str, tuple[str, ...]] = {}
    """The segment: a row is in it that has one of these values in each of these columns."""
    consents: Mapping[str, tuple[str, ...]] = {}
    """Which bases of consent are enough, by country."""
    not_served: tuple[str, ...] = ()
    """Countries to which nothing is sent."""
    days_apart: int = 7
    """One person gets one message of any campaign within so many days."""
    rows: tuple[str, ...] = ()
    """Groups of receiving domains that have a rate of their own."""
    limits: CampaignLimits = USUAL
    """Within which it is sent."""

    @property
    def digest(self) -> str:
        """Over templates, rules and limits."""
        return digest(canonical(self))

    @property
    def apart(self) -> timedelta:
        """Between two messages to one person."""
        return timedelta(days=self.days_apart)

    def language_of(self, contact: Contact) -> str:
        """The language that the contact is written to in; empty: there is none."""
        said = contact.language or self.usual
        if said in self.templates:
            return said
        return self.usual if self.others else ""

    def against(self, contact: Contact) -> str:
        """The rule by which this row is sent nothing; empty: none of those that need no look at
        what happens meanwhile."""
        return contact.stopped or self._unwanted(contact) or self._unfit(contact)

    def _unwanted(self, contact: Contact) -> str:
        if contact.country in self.not_served:
            return f"{COUNTRY} {contact.country}"
        enough = self.consents.get(contact.country, self.consents.get(ELSEWHERE, ()))
        if contact.consent.basis not in enough:
            return NO_CONSENT
        outside = any(_value(contact, name) not in values for name, values in self.only.items())
        return OUTSIDE if outside else ""

    def _unfit(self, contact: Contact) -> str:
        if not zones_of(contact.country, contact.zone):
            return NO_HOUR
        if not self.language_of(contact):
            return f"{NO_LANGUAGE} {contact.language}"
        try:
            self.message(contact, "")
        except Unfilled as empty:
            return f"{UNFILLED}: {empty.place}"
        return ""

    def message(self, contact: Contact, url: str) -> Message:
        """What the contact is sent; `url` is where they get no more. Raises Unfilled."""
        language = self.language_of(contact)
        template = self.templates[language]
        return rendered(template, language, contact, self.imprint, url)

    @property
    def places(self) -> frozenset[str]:
        """The columns that its templates name."""
        return frozenset().union(*(places(one) for one in self.templates.values()))


def _value(contact: Contact, name: str) -> str:
    own = {"country": contact.country, "language": contact.language, "zone": contact.zone}
    return own.get(name, contact.fields.get(name, "")).casefold()


def plan_digest(campaign: Campaign, rows: str) -> str:
    """Over campaign and list: whoever changes a letter of either has another plan."""
    return digest(canonical([campaign.digest, rows]))


@dataclass(frozen=True)
class CampaignLane(Lane[InputT]):
    """A file whose rows are contacts: each item is a message."""

    campaign: Callable[[Pinned[InputT]], Campaign] = field(kw_only=True)
    """What the job's input and its release make of it."""
