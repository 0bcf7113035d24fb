"""Racing duplicates of an answer: one part more, one plan, one refund."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from countersign.domain.planning.joining import Later
from tests.answers import IN_THREAD, arrives, asked, goes_on, mail, shop
from tests.fakes.journey import Journey
from tests.fakes.world import World
from tests.unit.steps.refunds import amounts, ended

ANSWER = "Sorry, it is order 1042."
AT_ONCE = 8


def raced(world: World, count: int, more: str = "") -> tuple[Journey, list[Journey]]:
    """The job that asked, and its answer, delivered so many times at once; `more` makes each copy
    say something else."""
    journey = asked(world)

    def comes(number: int) -> Journey:
        answer = mail(f"{ANSWER}{more * number}", IN_THREAD, number=number if more else 2)
        return arrives(world, answer, f"e-{number}")

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return journey, list(pool.map(comes, range(2, count + 2)))


@pytest.mark.parametrize("count", [12, pytest.param(200, marks=pytest.mark.soak)])
def test_racing_duplicates_of_an_answer_are_heard_once(count: int) -> None:
    """Each delivery ends, none is lost or heard twice, and money leaves once."""
    world = shop()
    journey, answers = raced(world, count)
    goes_on(world, journey)
    assert len(journey.record.result("later", Later).words) == 1
    assert (ended(journey), amounts(world)) == ("COMPLETED", [4_590])
    assert {ended(one) for one in answers} == {"COMPLETED"}


@pytest.mark.control
def test_control_answers_that_differ_are_not_taken_for_one() -> None:
    """Each says more than the last: those that come while the first is read wait to be heard."""
    _, answers = raced(shop(), 4, more=" Please hurry.")
    assert "PARKED" in {one.record.job.status for one in answers}
