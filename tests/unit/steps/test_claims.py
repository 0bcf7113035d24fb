"""A claim whose answer was lost: it meets itself, and knows itself by its attempt."""

from __future__ import annotations

import pytest

from countersign.domain.approvals.approval import Choice
from tests.fakes.journey import Journey, accept, form
from tests.fakes.world import World
from tests.unit.steps.test_journeys import SENDER, ends, offline


def signed(world: World) -> Journey:
    """A form's job whose reply was approved, and not sent yet."""
    journey = Journey(world, accept(world, form()))
    journey.goes()
    journey.is_decided(Choice.APPROVE)
    return journey


def test_a_claim_that_comes_back_as_a_conflict_is_ours_by_its_attempt() -> None:
    """The mail has no key: without that, nobody would know and nobody would send."""
    world = World(offline)
    journey = signed(world)
    world.store.loses_the_answer_to("claimed")
    assert journey.answered() == "Close"
    assert ends(journey) == ("COMPLETED", "")
    assert len(world.mail.to(SENDER)) == 1


@pytest.mark.control
def test_control_a_claim_of_somebody_else_stays_a_conflict() -> None:
    """Another worker claimed first, under its own attempt: this one sends nothing."""
    world = World(offline)
    journey = signed(world)
    world.store.refuses("claimed")
    assert journey.answered() == "Park"
    assert journey.statuses()["email.send_reply"] == "authorised"
    assert world.mail.to(SENDER) == []
