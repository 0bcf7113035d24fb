"""Times on pages and in mails: in the zone of who reads them, and the zone is named."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from countersign.domain.approvals.working_hours import Hours
from countersign.web.text import moment
from tests.fakes.world import ANA, START, World
from tests.unit.web.many import escalated, many
from tests.unit.web.member import MemberBrowser
from tests.unit.web.visitor import Browser
from tests.unit.web.waiting import JOB, waiting

MEXICO = Hours(zone="America/Mexico_City", days=tuple(range(7)), opens=0, closes=24 * 60)
HERE = "Mexico City time"


@pytest.mark.parametrize(
    ("zone", "words"),
    [
        ("UTC", "Mon 2 Mar 2026, 09:00 UTC"),
        ("Etc/GMT+5", "Mon 2 Mar 2026, 04:00 GMT+5"),
        ("Europe/Berlin", "Mon 2 Mar 2026, 10:00 Berlin time"),
        ("America/Argentina/Buenos_Aires", "Mon 2 Mar 2026, 06:00 Buenos Aires time"),
        ("Pacific/Auckland", "Mon 2 Mar 2026, 22:00 Auckland time"),
    ],
)
def test_a_moment_names_its_zone(zone: str, words: str) -> None:
    """By the city of the zone: an abbreviation would have several meanings."""
    assert moment(START, zone) == words


def test_the_offset_is_the_moments_own() -> None:
    """Summer time is applied by the moment that is shown, not by today."""
    summer = datetime(2026, 8, 13, 14, 5, tzinfo=UTC)
    assert moment(summer, "Europe/Berlin") == "Thu 13 Aug 2026, 16:05 Berlin time"


def in_mexico() -> World:
    """Ana, who owns cases too, works in Mexico City; a request, a case and an inbox wait."""
    world = waiting()
    many(world, 1)
    world.store.put(escalated())
    world.people.becomes(ANA, roles=("sales", "sales-ops"), hours=MEXICO)
    return world


def _request(world: World) -> str:
    return Browser(world).opens().body


def _decided(world: World) -> str:
    person = Browser(world)
    person.opens()
    person.posts(person.filled())
    return person.opens().body


def _inbox(world: World) -> str:
    return MemberBrowser(world).signs_in(ANA.address).opens().body


def _case(world: World) -> str:
    return MemberBrowser(world).signs_in(ANA.address).opens("/approvals/cases/j-case").body


def _job(world: World) -> str:
    return MemberBrowser(world).signs_in(ANA.address).opens(f"/approvals/jobs/{JOB}").body


@pytest.mark.parametrize("page", [_request, _decided, _inbox, _case, _job])
def test_every_page_tells_the_time_of_who_reads(page: Callable[[World], str]) -> None:
    """No page of somebody whose zone is known shows UTC."""
    shown = page(in_mexico())
    assert HERE in shown
    assert " UTC" not in shown
