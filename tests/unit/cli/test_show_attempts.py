"""`countersign show` and the job's page tell each attempt of an action, and why it had no end."""

from __future__ import annotations

from contextlib import suppress

from countersign.domain.errors import Unavailable
from countersign.domain.jobs.attempts import BROKEN_OFF
from countersign.entrypoints.tick import tick
from countersign.portal.case_view import job as job_page
from infra.cli.job_view import as_dict
from tests.fakes.journey import Journey
from tests.fakes.store import Crash
from tests.fakes.world import World
from tests.unit.steps import refunds
from tests.unit.steps.refunds import begin, ended
from workflows import WORKFLOWS


def told(journey: Journey) -> list[tuple[str, str]]:
    """Name and end of the refund's attempts."""
    first = as_dict(journey.record, WORKFLOWS)["actions"][:1]
    return [(one["name"], one["ended"]) for held in first for one in held["attempts"]]


def goes_on(world: World, journey: Journey) -> None:
    """Its due time comes."""
    world.clock.passes(minutes=3)
    tick(world.deps)
    journey.goes()
    assert ended(journey) == "COMPLETED"


def test_a_lost_answer_is_told_and_then_the_attempt_that_found_it() -> None:
    """Two attempts, each with its time and its end; the page says the same."""
    world = refunds.world()
    world.payments.loses_the_answer()
    journey = begin(world)
    goes_on(world, journey)
    first, *_, last = told(journey)
    assert first[0] == "attempt 1"
    assert "the answer was lost" in first[1]
    assert (last[1], last[0] != first[0]) == ("verified read back", True)
    page = job_page(journey.record, WORKFLOWS["refund_request"], world.clock.now())
    shown = "".join(piece.text for piece in page.effects[0].attempts[0])
    assert shown.startswith("attempt 1: claimed ")


def test_why_a_provider_could_not_be_asked_is_told() -> None:
    """The target has keys and is away: the reason stands at the attempt, not only at the job."""
    world = refunds.world()
    world.payments.refuses_writes_with(Unavailable("the provider is away"), times=2)
    journey = begin(world)
    goes_on(world, journey)
    assert told(journey)[0] == ("attempt 1", "the provider is away")
    assert told(journey)[-1][1] == "verified read back"


def cut_off(number: int) -> Journey:
    """A job whose process died before its so-many-th write."""
    world = refunds.world()
    journey = refunds.arrives(world)
    world.store.crashes_before_write(number)
    with suppress(Crash):
        journey.goes()
    return journey


def test_control_a_worker_that_is_killed_can_tell_no_reason() -> None:
    """Claimed, and nobody wrote down how it ended: the next attempt stands beside it."""
    journey = next(one for n in range(1, 10) if told(one := cut_off(n)) == [("attempt 1", "")])
    journey.goes()
    assert told(journey) == [("attempt 1", BROKEN_OFF), ("attempt 2", "verified read back")]
