"""Steps under limits: slots ride in claims, breakers park jobs, asked pauses are kept."""

from __future__ import annotations

from datetime import timedelta

import pytest

from countersign.connectors.aws.secrets import missing
from countersign.domain.errors import Refused, Throttled, Unavailable
from countersign.domain.limits.circuit_breaker import MOST_FAILURES, Breaker
from countersign.domain.limits.slots import RateLimit, Slot, lease
from countersign.entrypoints.tick import tick
from countersign.runtime.deps import Deps
from countersign.runtime.retry import check_resting
from countersign.runtime.step import Call
from tests.fakes.journey import Journey, accept, form
from tests.fakes.world import START, World
from workflows import WORKFLOWS


@pytest.fixture
def world() -> World:
    return World(WORKFLOWS["lead_intake"].offline)


def begin(world: World) -> Journey:
    """A web form without mail: three actions of the CRM in one visit."""
    journey = Journey(world, accept(world, form(consent=False)))
    journey.goes()
    return journey


def unclaimed(journey: Journey) -> bool:
    """Whether nothing has been tried."""
    return set(journey.statuses().values()) <= {"authorised", "forbidden"}


def slots(world: World) -> list[Slot]:
    return list(world.limits.slots("crm"))


def full(world: World, seconds: float) -> None:
    """Arrange: every slot of the CRM is held for so long."""
    for number in range(10):
        slot = lease("crm", number, "other", world.clock.now(), seconds)
        free_at = world.clock.now() + timedelta(seconds=seconds)
        world.limits.is_held(slot.model_copy(update={"free_at": free_at}))


def rest(world: World, seconds: float) -> None:
    """Arrange: the CRM's breaker is open for so long."""
    until = world.clock.now() + timedelta(seconds=seconds)
    world.limits.rests(Breaker(connector="crm", open_until=until))


def test_a_visit_holds_one_slot_and_gives_it_back(world: World) -> None:
    """Three actions, one slot, three periods; no write beside those that Act makes anyway."""
    journey = begin(world)
    (slot,) = slots(world)
    assert journey.record.job.status == "COMPLETED"
    assert slot.free_at == slot.taken_at + timedelta(seconds=3)


def test_a_visit_that_breaks_off_gives_its_slot_back(world: World) -> None:
    """The CRM is down: the slot is free after its period, not after its lease."""
    world.crm.fails_with(Unavailable("down"), times=50)
    begin(world)
    assert all(slot.free_at <= slot.taken_at + timedelta(seconds=1) for slot in slots(world))


def test_a_full_connector_is_waited_for(world: World) -> None:
    """Slots that get free within seconds are waited for, and none is taken from anybody."""
    full(world, seconds=3)
    journey = begin(world)
    assert journey.record.job.status == "COMPLETED"
    assert any(slot.attempt != "other" for slot in slots(world))


def test_a_connector_that_stays_full_parks_the_job(world: World) -> None:
    """Beyond some seconds nothing waits inside a function; nothing was claimed either."""
    full(world, seconds=60)
    journey = begin(world)
    assert journey.record.job.status == "PARKED"
    assert unclaimed(journey)
    assert {slot.attempt for slot in slots(world)} == {"other"}


def test_one_slot_is_enough_for_one_job_after_the_other(world: World) -> None:
    """The limit is the stage's: with one slot, visits follow each other."""
    limits = {"crm": RateLimit(slots=1, seconds=1)}
    world.settings = world.settings.model_copy(update={"connector_limits": limits})
    world.deps = world.deps_again()
    begin(world)
    assert len(slots(world)) == 1


def test_an_open_breaker_parks_at_once_and_names_the_connector(world: World) -> None:
    """Nothing is asked, nothing is claimed, and the job is due when the breaker closes, not
    earlier than a first wait."""
    rest(world, seconds=300)
    asked = world.crm.reads
    journey = begin(world)
    record = journey.record
    assert (record.job.status, world.crm.reads) == ("PARKED", asked)
    assert record.job.reason.startswith("crm rests until 09:05:00 UTC")
    ends = START + timedelta(seconds=300)
    assert ends <= record.due["parked"].at <= ends + timedelta(minutes=1)


def test_a_breaker_that_opened_while_the_job_was_decided_stops_the_claim(world: World) -> None:
    """The claim itself is refused, in its own transaction."""
    journey = Journey(world, accept(world, form(consent=False)))
    world.deps.breakers["crm"] = (world.clock.now(), Breaker(connector="crm"))
    rest(world, seconds=300)
    assert journey.goes() == "Park"
    assert unclaimed(journey)


def test_a_short_rest_is_waited_for(world: World) -> None:
    """Seconds that fit into the function are waited there."""
    rest(world, seconds=3)
    assert begin(world).record.job.status == "COMPLETED"


def test_a_parked_job_goes_on_when_the_breaker_has_closed(world: World) -> None:
    """`tick` starts a new execution, and the job ends."""
    rest(world, seconds=60)
    journey = begin(world)
    world.clock.passes(minutes=4)
    tick(world.deps)
    journey.goes()
    assert journey.record.job.status == "COMPLETED"


def test_failures_open_the_breaker(world: World) -> None:
    """Looks that meet a CRM that is down; after the fifth failure nobody asks it."""
    world.crm.fails_with(Unavailable("down"), times=1000)
    for number in range(6):
        Journey(world, accept(world, form(consent=False), event=f"evt-{number}")).goes()
    assert world.limits.breaker("crm").resting(world.clock.now())
    assert world.crm.reads == MOST_FAILURES


def test_what_the_table_refuses_is_no_failure_of_the_connector(world: World) -> None:
    """Throttled by DynamoDB: the breaker does not hear of it."""
    journey = Journey(world, accept(world, form(consent=False)))
    world.store.fails_with(Throttled("DynamoDB asks to slow down", 90.0))
    journey.goes()
    assert world.limits.breaker("crm").failures == ()


def test_refusals_are_no_failures(world: World) -> None:
    """A 4xx is about our data: the connector is well."""
    world.crm.fails_with(Refused("no"), times=1)
    begin(world)
    assert world.limits.breaker("crm").failures == ()


def test_a_pause_that_fits_is_made_within_the_function(world: World) -> None:
    """Retry-After of 2 s: the same request is made again after it, once, and the job ends."""
    world.crm.fails_with(Throttled("slow down", 2.0), times=1)
    before = world.clock.now()
    assert begin(world).record.job.status == "COMPLETED"
    assert world.clock.now() - before >= timedelta(seconds=2)


def test_a_longer_pause_opens_the_breaker(world: World) -> None:
    """Retry-After of 10 min: the job waits that long, in the table."""
    world.crm.fails_with(Throttled("slow down", 600.0), times=50)
    journey = begin(world)
    assert journey.record.job.status == "PARKED"
    assert world.limits.breaker("crm").resting(world.clock.now() + timedelta(seconds=599))


def test_look_reads_the_breaker_once_in_half_a_minute(world: World) -> None:
    """Two jobs within the time are one read, and after it there is another."""
    for number, reads in enumerate((1, 1, 2)):
        job = accept(world, form(email=f"{number}@hafenwerk.example"), event=f"evt-{number}")
        check_resting(world.deps, Call(job_id=job, execution=job, state="Look"), "crm")
        assert world.limits.reads == reads
        world.clock.passes(seconds=16)


def test_a_missing_key_parks_the_job_and_says_what_to_do(world: World) -> None:
    """The model's key: no fallback, no case; the job waits for it, with the command."""
    del world.secrets.held["model"]
    world.deps = Deps(**{**vars(world.deps), "settings": world.settings})
    world.deps.__dict__.pop("model")
    journey = begin(world)
    assert (journey.record.job.status, journey.visited[-1]) == ("PARKED", "Park")
    assert journey.record.job.reason == missing("model-key")
    assert "Fallback" not in journey.visited
