"""Who is woken: the oldest jobs, as many as the slowest key of what they wait for has time for."""

from __future__ import annotations

from datetime import timedelta

import pytest

from countersign.domain.jobs.change import Due, DueKind, DueRow
from countersign.domain.limits.circuit_breaker import Breaker
from countersign.domain.limits.pace import RateLimit
from countersign.runtime.waking import first_come, system_of
from tests.fakes.world import START, World

SLOW, FAST = (RateLimit(requests=10, seconds=10),), (RateLimit(requests=100, seconds=10),)


@pytest.fixture
def world() -> World:
    """Its CRM reads fast and writes slowly."""
    made = World(lambda _: {})
    limits = {"crm-read": FAST, "crm-write": SLOW}
    made.settings = made.settings.model_copy(update={"connector_limits": limits})
    made.deps = made.deps_again()
    return made


def rows(many: int, system: str = "crm") -> list[DueRow]:
    """Due at once, the youngest job first."""
    due = Due(kind="parked", at=START, waits_for=system)
    return [DueRow(f"j-{n}", START - timedelta(minutes=n), due) for n in range(many)]


def test_the_oldest_jobs_come_first(world: World) -> None:
    """However their rows were read."""
    woken = first_come(world.deps, "crm", rows(100))
    assert 5 < len(woken) < 100
    assert [row.job_id for row in woken] == [f"j-{99 - n}" for n in range(len(woken))]


def test_the_slowest_key_says_how_many(world: World) -> None:
    """A job that is read for and cannot be written for only waits elsewhere."""
    slow = len(first_come(world.deps, "crm", rows(1_000)))
    world.settings = world.settings.model_copy(
        update={"connector_limits": {"crm-read": FAST, "crm-write": FAST}}
    )
    assert len(first_come(world.deps_again(), "crm", rows(1_000))) > 5 * slow


def test_one_key_that_rests_stops_all(world: World) -> None:
    """Whichever it is."""
    until = START + timedelta(minutes=1)
    world.limits.rests(Breaker(key="crm-read", open_until=until))
    assert first_come(world.deps, "crm", rows(3)) == []


@pytest.mark.parametrize("system", ["model", "a connector of an earlier release"])
def test_what_has_no_row_has_a_careful_pace(world: World, system: str) -> None:
    """Nobody waits for ever for what is not known here."""
    assert 100 < len(first_come(world.deps, system, rows(2_000, system))) < 2_000


@pytest.mark.parametrize(
    ("kind", "system"), [("parked", "crm"), ("mail", "mail"), ("case", "mail"), ("approval", "")]
)
def test_a_row_says_what_it_waits_for(kind: DueKind, system: str) -> None:
    """A parked job what it was parked for; what ends in a mail, mail; a deadline nothing."""
    due = Due(kind=kind, at=START, waits_for="crm" if kind == "parked" else "")
    assert system_of(DueRow("j-1", START, due)) == system
