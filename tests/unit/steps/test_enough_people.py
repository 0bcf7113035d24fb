"""A request that too few people can sign is asked further at once, or becomes a case at once."""

from __future__ import annotations

from countersign.domain.approvals.approval import Person
from countersign.domain.approvals.directory import Away
from tests.fakes.world import World
from tests.unit.steps import refunds
from tests.unit.steps.refunds import asks_for

FOUR_EYES = 79_900
"""An amount that two different people must sign."""


def person(world: World, key: str) -> Person:
    """Somebody of the directory."""
    found = world.people.directory().member(key)
    assert found
    return found.person


def test_with_one_lead_left_four_eyes_become_a_case_that_names_what_is_missing() -> None:
    """Nobody waits for hours for a second signature that cannot come."""
    world = refunds.world()
    world.people.leaves(person(world, "sam"))
    journey = asks_for(world, "1045", FOUR_EYES)
    assert journey.visited[-1] == "Escalate"
    reason = journey.record.job.reason
    for words in ("2 different people must sign", "only ines may", "refunds-lead", "a limit"):
        assert words in reason
    assert world.mail.to("ines@countersign.example") == []


def test_where_a_later_tier_has_the_missing_person_it_is_asked_at_once() -> None:
    """One of the first tier may sign that much: the lead is asked together with him, and the
    deadline is hers."""
    world = refunds.world()
    robin = person(world, "robin")
    member = world.people.directory().member("ines")
    assert member
    world.people.becomes(robin, limits=member.limits)
    world.people.leaves(person(world, "sam"))
    journey = asks_for(world, "1045", FOUR_EYES)
    pending = journey.record.pending
    assert pending
    assert {one.id for one in pending.approvers} == {"robin", "ines"}
    assert pending.tier == 1
    assert len(world.mail.to(robin.address)) == 1
    assert len(world.mail.to("ines@countersign.example")) == 1


def test_a_deputy_who_is_there_already_does_not_count_twice() -> None:
    """Sam is away and Ines stands in for him: she is one person."""
    world = refunds.world()
    now = world.clock.now()
    gone = Away(since=now, until=now.replace(year=now.year + 1), deputy="ines")
    world.people.becomes(person(world, "sam"), away=(gone,))
    assert asks_for(world, "1045", FOUR_EYES).visited[-1] == "Escalate"
