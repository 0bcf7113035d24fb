"""Killed anywhere on the way over a second plan, a job goes on: nothing happens twice."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest

from countersign.domain.planning.replan import Observations
from countersign.domain.policy.proposal import Proposal
from tests.fakes.crm import FakeCrm
from tests.fakes.journey import Journey, accept, form
from tests.fakes.keyless_crm import KeylessCrm
from tests.fakes.store import Crash
from tests.fakes.trimming_crm import TrimmingCrm
from tests.fakes.world import World
from tests.unit.steps.replans import LEAD, ONCE, SENDER, asked, attentive, decides, made
from tests.unit.steps.test_journeys import ends

WRITES = 20
"""What the way from the first signature to the end takes, a few less or more."""


def driven(world: World, journey: Journey, *, redriven: bool, state: str = "Look") -> None:
    """To the end, with every request approved. A killed state is entered again, or a new execution
    begins at Prepare."""
    while True:
        try:
            if journey.goes(state) != "Ask":
                return
            state = "Look"
            decides(world, journey)
        except Crash:
            world.deps = world.deps_again()
            waits = journey.visited[-1] == "Ask"
            state = "Prepare" if redriven and not waits else journey.visited[-1]
            journey = Journey(world, journey.job_id)


def killed_before(number: int, crm: FakeCrm, *, redriven: bool = False) -> tuple[World, Journey]:
    """A signed job whose process dies before a write on its way over the second plan to the end."""
    world = attentive(crm)
    journey = asked(world)
    decides(world, journey)
    world.store.crashes_before_write(number)
    driven(world, journey, redriven=redriven)
    return world, journey


def each_once(world: World, journey: Journey) -> None:
    """One round, one effect of each kind, one mail."""
    assert made(world) == ONCE
    assert len(world.mail.to(SENDER)) == 1
    assert ends(journey)[0] == "COMPLETED"
    assert len(journey.record.results["observations"].as_(Observations).rounds) == 1


def kills(numbers: range) -> list[Any]:
    """Each kill once, entered again or redriven in turn; the long form has both for each."""
    return [
        pytest.param(number, redriven, marks=[pytest.mark.soak] * (number % 2 == redriven))
        for number in numbers
        for redriven in (False, True)
    ]


UNKNOWN_AT = 17
"""A kill after the mail left and before that was written: nobody knows, and a person gets it."""


@pytest.mark.parametrize(("number", "redriven"), kills(range(1, WRITES)))
def test_killed_before_any_write_the_new_plan_is_made_once(number: int, redriven: bool) -> None:
    """The same execution enters the state again, or a new one begins: nothing happens twice, and
    the model is asked once more at most."""
    world, journey = killed_before(number, FakeCrm(), redriven=redriven)
    assert len(world.model.asked) <= 3
    assert made(world) == ONCE
    assert len(world.mail.to(SENDER)) == 1
    if number != UNKNOWN_AT:
        each_once(world, journey)


@pytest.mark.parametrize(("number", "redriven"), kills(range(1, 24)))
def test_killed_anywhere_what_was_left_is_undone_once_and_made_once(
    number: int, redriven: bool
) -> None:
    """A deal that lost its amount is made, undone and made again, however often we die: there is
    one deal, one contact, one task and one mail in the end."""
    crm = TrimmingCrm()
    world = attentive(crm)
    crm.drops("amount")
    journey = Journey(world, accept(world, form()))
    world.store.crashes_before_write(number)
    driven(world, journey, redriven=redriven, state="Prepare")
    kinds = [len(world.crm.all(kind)) for kind in ("contacts", "deals", "tasks")]
    assert kinds == [1, 1, 1]
    assert made(world)["deals"] == 2
    assert len(world.mail.to(SENDER)) == 1
    undone = [held.status for held in journey.record.ledger if held.action == LEAD]
    assert undone == ["undone", "verified"]


def cut_off(before_write: int) -> tuple[TrimmingCrm, World, Journey]:
    """A job whose lead fails its check, killed before one of its writes."""
    crm = TrimmingCrm()
    world = attentive(crm)
    crm.drops("amount")
    journey = Journey(world, accept(world, form()))
    world.store.crashes_before_write(before_write)
    with suppress(Crash):
        journey.goes()
    return crm, world, journey


def test_what_a_colleague_changed_before_it_was_undone_goes_to_a_person() -> None:
    """The undo refuses, so no new plan is made: nobody's work is thrown away."""
    kills = map(cut_off, range(2, 30))
    crm, world, journey = next(one for one in kills if "undo" in one[2].statuses().values())
    (deal,) = world.crm.all("deals")
    crm.somebody_edits(deal.id, dealname="Anna, renamed")
    assert Journey(world, journey.job_id).goes("Act") == "Escalate"
    assert journey.statuses()[LEAD] == "kept"
    assert [one.fields["dealname"] for one in world.crm.all("deals")] == ["Anna, renamed"]
    assert journey.record.results["proposal"].as_(Proposal).plan == 0


def test_the_kills_cover_the_whole_way() -> None:
    """Not a loop over nothing: the last kills come after the job has ended."""
    world = attentive()
    journey = asked(world)
    decides(world, journey)
    before = world.store.writes
    driven(world, journey, redriven=False)
    assert WRITES - 2 <= world.store.writes - before <= WRITES + 2


@pytest.mark.control
def test_control_without_keys_some_kill_makes_a_second_effect() -> None:
    """The same kills on a CRM that forgets keys: the same check finds it."""
    caught = 0
    for number in range(1, WRITES):
        try:
            each_once(*killed_before(number, KeylessCrm()))
        except AssertionError:
            caught += 1
    assert caught > 1
