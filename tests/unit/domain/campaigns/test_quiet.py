"""Quiet hours: in the contact's zone, or in all zones of the country."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from importlib import resources
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countersign.domain.campaigns.quiet import (
    MailHours,
    Quiet,
    allowed_at,
    next_allowed,
    zones_of,
)
from countersign.domain.campaigns.zones import zones

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)


def at(hour: float, day: datetime = MONDAY) -> datetime:
    return day + timedelta(hours=hour)


def test_the_zones_are_those_of_the_iana_database() -> None:
    """As its own table lists them, which `tzdata` brings."""
    table = (resources.files("tzdata.zoneinfo") / "zone.tab").read_text("utf-8")
    listed: dict[str, set[str]] = {}
    for line in table.splitlines():
        if not line.startswith("#"):
            country, _, zone = line.split("\t")[:3]
            listed.setdefault(country, set()).add(zone)
    assert {country: set(of) for country, of in zones().items()} == listed


@pytest.mark.parametrize(
    ("country", "zone", "instant", "allowed"),
    [
        ("GB", "", at(8), True),
        ("GB", "", at(7.99), False),
        ("GB", "", at(19.99), True),
        ("GB", "", at(20), False),
        ("ES", "Atlantic/Canary", at(8), True),
        ("ES", "", at(8), True),
        ("ES", "", at(7.5), False),
        ("PT", "", at(8), False),
        ("US", "America/New_York", at(14), True),
        ("US", "", at(14), False),
        ("US", "", at(18.25), True),
        ("DE", "", at(9, MONDAY - timedelta(days=1)), False),
        ("GB", "", at(9, MONDAY - timedelta(days=1)), True),
        ("de", "no such zone", at(9), True),
        ("", "Asia/Tokyo", at(1), True),
        ("", "", at(12), False),
        ("XX", "", at(12), False),
    ],
)
def test_the_hours_of_the_zone_or_of_all_zones(
    country: str, zone: str, instant: datetime, allowed: bool
) -> None:
    """Madrid opens while the Canaries sleep; nowhere, it is never day."""
    assert allowed_at(country, zone, instant) is allowed


def test_a_mail_that_may_arrive_now_waits_for_nothing() -> None:
    """Not even for the next quarter; before the hour it waits for exactly that."""
    assert next_allowed("GB", "", at(9.1)) == at(9.1)
    assert next_allowed("GB", "", at(7.1)) == at(8)


ANYWHERE = st.sampled_from(
    [("DE", ""), ("US", ""), ("RU", ""), ("BR", ""), ("AU", "Australia/Lord_Howe"), ("NP", "")]
)


@given(ANYWHERE, st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 1), timezones=st.just(UTC)))  # noqa: DTZ001 - made aware
def test_the_next_allowed_moment_is_the_first_one(
    where: tuple[str, str], instant: datetime
) -> None:
    """It is allowed, at or after the moment that was asked for, and no quarter before it is."""
    found = next_allowed(*where, instant)
    assert found is not None
    assert found >= instant
    assert allowed_at(*where, found)
    if found > instant:
        assert not allowed_at(*where, instant)
        assert not allowed_at(*where, found - timedelta(minutes=1))


def test_the_night_in_which_the_clock_is_put_forward() -> None:
    """The hour that does not exist keeps nobody waiting: 8:00 in Berlin is 6:00Z from that day."""
    saturday = datetime(2026, 3, 28, 22, tzinfo=UTC)
    found = next_allowed("DE", "", saturday)
    assert found == datetime(2026, 3, 30, 6, tzinfo=UTC)
    assert found.astimezone(ZoneInfo("Europe/Berlin")).hour == 8


def test_where_no_hour_is_allowed_in_all_zones_there_is_none() -> None:
    """Nor where nobody knows the time."""
    short = Quiet(countries={"RU": MailHours(opens=9, closes=12)})
    assert next_allowed("RU", "", MONDAY, short) is None
    assert next_allowed("RU", "Europe/Moscow", MONDAY, short) == at(6)
    assert next_allowed("", "", MONDAY) is None
    assert zones_of("RU", "Europe/Moscow") == ("Europe/Moscow",)
