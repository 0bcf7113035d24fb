"""Nobody answers, or many at once: what becomes of a job that has asked its sender."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from countersign.domain.planning.inquiry import WAIT_FOR
from countersign.domain.planning.joining import Later
from countersign.domain.policy.proposal import Proposal
from countersign.entrypoints.tick import tick
from countersign.jobs.cases import take_out
from tests.answers import IN_THREAD, arrives, asked, goes_on, mail, shop
from tests.fakes.journey import Journey
from tests.fakes.world import World
from tests.unit.steps.refunds import ADA, amounts, ended
from workflows.refund_request.contract import RefundInput

Figure = Callable[[str, int], None]
ANSWER = "Sorry, it is order 1042."
SHORT, LONG = 40, 200


def strict_shop() -> World:
    """A shop whose workflow gives an unanswered question to a person."""
    world = shop()
    refunds = replace(world.workflows["refund_request"], after_silence="escalate")
    world.workflows = {**world.workflows, "refund_request": refunds}
    world.deps = world.deps_again()
    return world


def silent(world: World) -> Journey:
    """A job whose question nobody answered in time."""
    journey = asked(world)
    world.clock.passes(seconds=WAIT_FOR.total_seconds())
    goes_on(world, journey)
    return journey


def test_where_the_workflow_says_so_silence_is_a_persons() -> None:
    """The case says why; the question is the one thing that ran, and nobody is asked again."""
    world = strict_shop()
    journey = silent(world)
    assert journey.record.job.status == "ESCALATED"
    assert journey.record.case
    assert journey.record.case.reason == "nobody answered our question in time"
    assert journey.statuses() == {"email.ask_sender": "verified"}
    assert (len(world.mail.to(ADA)), amounts(world)) == (1, [])


@pytest.mark.control
def test_control_without_that_word_the_job_closes() -> None:
    """The same silence in a workflow that says nothing of it."""
    journey = silent(shop())
    assert (ended(journey), journey.record.case) == ("COMPLETED", None)


def test_a_person_goes_on_without_the_answer() -> None:
    """They know the order: everything is planned anew by what they say, nothing is asked again, and
    what they corrected carries their name."""
    world = strict_shop()
    journey = silent(world)
    take_out(
        world.deps, journey.job_id, "resume", by="kim", words="she called", facts={"order": "1042"}
    )
    again = Journey(world, journey.job_id)
    again.goes()
    assert again.statuses()["payments.refund"] in ("verified", "planned")
    assert [one.action for one in again.record.ledger].count("email.ask_sender") == 1
    fact = again.record.result("proposal", Proposal).facts["order"]
    assert (fact.value, fact.by) == ("1042", "kim")


def test_a_late_answer_is_heard_by_the_persons_case() -> None:
    """The case has it as a part of the message, and is due sooner; it decides nothing."""
    world = strict_shop()
    journey = silent(world)
    before = journey.record.case
    arrives(world, mail(ANSWER, IN_THREAD, number=2), "e-2")
    case = journey.record.case
    assert before
    assert case
    assert (case.due_at < before.due_at, case.resolution) == (True, None)
    assert ANSWER in journey.record.results["input"].as_(RefundInput).text
    assert amounts(world) == []


def race(world: World, texts: Sequence[str]) -> list[Journey]:
    """Answers in one thread, each delivered as an event of its own, several at the same moment;
    what had to wait for others is woken by `tick`."""

    def one(number: int) -> Journey:
        return arrives(world, mail(texts[number], IN_THREAD, number=2), f"e-{number + 2}")

    with ThreadPoolExecutor(8) as several:
        found = list(several.map(one, range(len(texts))))
    world.clock.passes(minutes=3)
    tick(world.deps)
    for journey in found:
        if journey.record.job.status == "RETRYING":
            journey.goes()
    return found


def is_joined(journey: Journey) -> bool:
    """Whether another job has what arrived."""
    return "joined" in {one.event for one in journey.record.audit}


@pytest.mark.parametrize("times", [SHORT, pytest.param(LONG, marks=pytest.mark.soak)])
def test_duplicates_of_an_answer_that_race_are_one_answer(times: int, figure: Figure) -> None:
    """Each ends joined; the job has one part more, goes on once, and refunds once."""
    world = shop()
    journey = asked(world)
    raced = race(world, [ANSWER] * times)
    assert {ended(one) for one in raced} == {"COMPLETED"}
    assert all(is_joined(one) for one in raced)
    assert journey.record.job.attempt == 2
    goes_on(world, journey)
    assert len(journey.record.result("later", Later).words) == 1
    assert journey.record.results["input"].as_(RefundInput).text.count(ANSWER) == 1
    assert (ended(journey), amounts(world)) == ("COMPLETED", [4_590])
    figure(f"{times} racing duplicates of an answer: one part, one refund", times)


@pytest.mark.control
def test_control_answers_that_differ_are_not_one() -> None:
    """The proof would see a second part: what differs is heard as it comes, or waits."""
    world = shop()
    journey = asked(world)
    raced = race(world, [f"{ANSWER} Line {number}." for number in range(4)])
    joined = [one for one in raced if is_joined(one)]
    assert len(joined) < len(raced) or len(journey.record.result("later", Later).words) > 1
