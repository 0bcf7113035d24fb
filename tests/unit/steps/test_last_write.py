"""What a visit did is written down, even when the table is busy."""

from __future__ import annotations

from datetime import timedelta

import pytest

from countersign.domain.errors import Throttled
from countersign.domain.jobs.change import Change
from countersign.entrypoints.tick import tick
from countersign.runtime.step import COMMIT_PAUSES, Call, committed
from tests.fakes.journey import Journey
from tests.fakes.world import World
from tests.unit.steps import refunds
from tests.unit.steps.refunds import ended, texts

TRIES = len(COMMIT_PAUSES) + 1


@pytest.fixture
def world() -> World:
    return refunds.world()


def busy(world: World, times: int) -> Journey:
    """A small refund whose mail goes out while the table is throttled so many times."""
    world.store.is_busy_when_a_visit_ends("email.send_reply", times)
    return refunds.arrives(world)


def test_a_mail_that_went_out_is_recorded_when_the_table_has_time_again(world: World) -> None:
    """Three times throttled: the job completes, and nothing is unknown."""
    journey = busy(world, TRIES - 1)
    journey.goes()
    assert (ended(journey), len(texts(world))) == ("COMPLETED", 1)


@pytest.mark.control
def test_control_a_table_that_stays_busy_leaves_an_unknown_mail(world: World) -> None:
    """No try is left: the mail is not recorded, so it is unknown, and a person gets it."""
    journey = busy(world, TRIES)
    assert journey.goes() == "Park"
    world.clock.passes(minutes=3)
    tick(world.deps)
    assert journey.goes() == "Escalate"
    assert journey.statuses()["email.send_reply"] == "unknown"
    assert len(texts(world)) == 1


def test_a_first_claim_whose_answer_was_lost_is_ours(world: World) -> None:
    """By its attempt: the visit goes on."""
    world.store.loses_the_answer_to("claimed")
    assert ended(refunds.begin(world)) == "COMPLETED"


@pytest.mark.parametrize(("seconds", "tries"), [(3.0, 1), (5.5, 2), (60.0, TRIES)])
def test_a_write_is_tried_as_long_as_the_call_has_time(
    world: World, seconds: float, tries: int
) -> None:
    """No pause is made that would take the last try into the function's time-out."""
    journey = refunds.begin(world)
    world.store.fails_with(Throttled("slow down"), times=100)
    begun, record = world.clock.now(), journey.record
    call = Call(
        job_id=journey.job_id,
        execution=record.job.execution,
        state="Act",
        ends_at=begun + timedelta(seconds=seconds),
    )
    with pytest.raises(Throttled):
        committed(world.deps, call, record, Change(event="acted", actor="state:Act"))
    paused = (world.clock.now() - begun).total_seconds()
    assert paused == pytest.approx(sum(COMMIT_PAUSES[: tries - 1]))
