"""Quiet hours: nobody gets a campaign's mail at night, or on a day that is kept quiet where he is.

The hours are those of the contact's own zone. Where only the country is known and it has several
zones, an hour counts as allowed when it is allowed in every one of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import Field

from countersign.domain.campaigns.zones import zones
from countersign.domain.contract import Value

_STEP = timedelta(minutes=15)
"""No zone's distance from UTC is a part of less, so that every hour begins at one of these."""
_FURTHEST = timedelta(days=8)
"""Longer than any week's quiet days: what is not allowed by then never is."""
_ALL_WEEK = (0, 1, 2, 3, 4, 5, 6)
_NO_SUNDAY = (0, 1, 2, 3, 4, 5)

Hour = Annotated[int, Field(ge=0, le=24)]


class MailHours(Value):
    """From when until when mails may arrive, in whole hours of local time, and on which days."""

    opens: Hour = 8
    closes: Hour = 20
    """The first hour at which none may."""
    days: tuple[int, ...] = _ALL_WEEK
    """0 is Monday."""

    def allow(self, local: datetime) -> bool:
        """Whether this is such an hour."""
        return self.opens <= local.hour < self.closes and local.weekday() in self.days


class Quiet(Value):
    """The hours of all countries. They are the company's own manners, not anybody's law: what a
    country forbids altogether is a rule of the plan."""

    usual: MailHours = MailHours()
    countries: Mapping[str, MailHours] = {
        "AT": MailHours(days=_NO_SUNDAY),
        "CH": MailHours(days=_NO_SUNDAY),
        "DE": MailHours(days=_NO_SUNDAY),
        "FR": MailHours(days=_NO_SUNDAY),
        "IL": MailHours(days=(0, 1, 2, 3, 6)),
        "US": MailHours(closes=21),
    }
    """By ISO 3166 code, where they are not the usual ones."""

    def of(self, country: str) -> MailHours:
        """Those of a country."""
        return self.countries.get(country.upper(), self.usual)


QUIET = Quiet()


def zones_of(country: str, zone: str = "") -> tuple[str, ...]:
    """The zones whose hours count: the contact's own, if it is one; else all of the country. None:
    nobody knows what time it is there."""
    return (zone,) if zone in _known() else zones().get(country.upper(), ())


def allowed_at(country: str, zone: str, instant: datetime, quiet: Quiet = QUIET) -> bool:
    """Whether a mail may arrive at that moment. Nowhere where nobody knows the time."""
    where, hours = zones_of(country, zone), quiet.of(country)
    return bool(where) and all(hours.allow(instant.astimezone(_zone(one))) for one in where)


def next_allowed(
    country: str, zone: str, instant: datetime, quiet: Quiet = QUIET
) -> datetime | None:
    """The first moment from `instant` on at which one may; None: there is none, because the time is
    not known or no hour is allowed in all zones of the country."""
    if allowed_at(country, zone, instant, quiet):
        return instant
    seconds = _STEP.total_seconds()
    begun = datetime.fromtimestamp(instant.timestamp() // seconds * seconds, UTC)
    return _first(country.upper(), zone, begun, quiet.of(country))


@lru_cache(maxsize=4_096)
def _first(country: str, zone: str, begun: datetime, hours: MailHours) -> datetime | None:
    at = begun
    while zones_of(country, zone) and at - begun <= _FURTHEST:
        at += _STEP
        if all(hours.allow(at.astimezone(_zone(one))) for one in zones_of(country, zone)):
            return at
    return None


@lru_cache(maxsize=1)
def _known() -> frozenset[str]:
    return frozenset(zone for listed in zones().values() for zone in listed)


@lru_cache(maxsize=512)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)
